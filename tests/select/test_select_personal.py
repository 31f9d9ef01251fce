"""Personal lists: the lead, the chosen sections in order, nothing twice, and as fast as bits are."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.models.people import Segment
from digest.models.story import Story, TopicScore
from digest.select import Entry, Shelves, arrange, choose, pick, pool, shelve
from digest.settings import Budget, Digest

CUT = datetime(2026, 11, 24, 7, tzinfo=UTC)
TOPICS = ("world", "business", "science", "sports")


def stories(number: int, seed: int = 1) -> list[Entry]:
    chance = random.Random(seed)
    return [
        Entry(
            Story(
                id=f"s{n:03d}",
                title=f"Title {n}",
                source=f"p{chance.randrange(4)}",
                language=chance.choice(["en", "en", "en", "de", None]),
                published=CUT - timedelta(minutes=chance.randrange(1400)),
                teaser=chance.random() < 0.1,
            ),
            1,
            f"c{chance.randrange(number)}",
            tuple(TopicScore(topic, 0.9, "source") for topic in chance.sample(TOPICS, chance.choice([1, 1, 2]))),
        )
        for n in range(number)
    ]


def words(story: Story, slot: str) -> int:
    return 100 if slot == "lead" else 50


def shelves(
    entries: list[Entry], *, budget: str = "60 min", most: int = 3, limit: int = 2, latest: int = 0
) -> Shelves:
    digest = Digest(
        segments=(),
        topics=TOPICS,
        budget=Budget.parse(budget),
        max_per_source=most,
        limits=dict.fromkeys(TOPICS, limit),
        min_stories=1,
        latest=latest,
    )
    by_id = {entry.story.id: entry for entry in entries}
    found = pool("daily/2026-11-24", entries, digest=digest, sources={}, cut=CUT).pool
    plans = {
        language: choose(
            found,
            by_id,
            digest_name="daily",
            digest=digest,
            topics_order=TOPICS,
            segment=Segment("x", "X", "", languages=(language,)),
        )
        for language in ("en", "de")
    }
    return shelve(found, by_id, plans, digest=digest, topics_order=TOPICS, language="en", words=words)


ENTRIES = stories(120)
BY_ID = {entry.story.id: entry for entry in ENTRIES}
READY = shelves(ENTRIES)


@given(st.sets(st.sampled_from(TOPICS)), st.integers(0, 50))
def test_the_rail_is_the_newest_of_the_readers_own_topics(chosen: set[str], seed: int) -> None:
    entries = [*ENTRIES, Entry(Story(id="bare", title="Bare", source="p9", published=CUT), 1, "bare")]
    by_id = {entry.story.id: entry for entry in entries}
    ready = shelves(entries, latest=3, most=100)
    got = sum(random.Random(seed).sample(sorted(ready.events.values()), 20))
    listed = dict(arrange(ready, ready.choice(chosen), "en", got))
    rail = listed.pop("latest")
    others = {by_id[story].cluster for mine in listed.values() for story in mine}
    assert len(rail) == 3
    for story in rail:
        topics = {score.topic for score in by_id[story].topics}
        assert not topics or not chosen or topics & chosen
        assert by_id[story].cluster not in others
        assert not ready.events[by_id[story].cluster] & got
    if not ready.events["bare"] & got:
        assert "bare" in rail


def test_a_reader_of_every_topic_reads_the_plan() -> None:
    digest = Digest(segments=(), topics=TOPICS, latest=0, min_stories=1)
    found = pool("daily/2026-11-24", ENTRIES, digest=digest, sources={}, cut=CUT).pool
    plan = choose(found, BY_ID, digest_name="daily", digest=digest, topics_order=TOPICS, language="en")
    expected = [(section.name, [one.story for one in section.picks]) for section in plan.sections]
    assert arrange(READY, READY.choice(()), "en-GB") == expected


def test_only_the_chosen_topics_come_in_the_editions_order() -> None:
    names = [name for name, _ in arrange(READY, READY.choice(("sports", "business")), "en")]
    assert names == ["lead", "business", "sports"]


def test_a_language_without_a_plan_reads_the_publications() -> None:
    assert pick(READY, READY.choice(()), "fr") == pick(READY, READY.choice(()), "en")
    assert pick(READY, READY.choice(()), "de") != pick(READY, READY.choice(()), "en")


def test_what_falls_out_of_the_reading_time_ranks_lowest() -> None:
    short = shelves(ENTRIES, budget="1 min", most=200)
    everything = shelves(ENTRIES, most=200)
    lead, *rest = pick(short, short.choice(()), "en")
    first, *others = pick(everything, everything.choice(()), "en")
    assert lead == first
    assert len(rest) == 2
    assert set(rest) <= set(others)


def test_events_of_no_list_do_not_matter() -> None:
    assert READY.got(["unheard of"]) == 0
    assert READY.got([]) == 0


@given(
    st.sets(st.sampled_from(TOPICS)),
    st.sampled_from(["en", "de", "fr"]),
    st.sets(st.sampled_from(sorted({entry.cluster for entry in ENTRIES}))),
    st.sampled_from([READY, shelves(ENTRIES, budget="2 min"), shelves(ENTRIES, most=1), shelves(ENTRIES, limit=4)]),
)
def test_every_list_keeps_its_bounds(topics: set[str], language: str, got: set[str], ready: Shelves) -> None:
    chosen = topics or set(TOPICS)
    arranged = arrange(ready, ready.choice(topics), language, ready.got(got))
    assert pick(ready, ready.choice(topics), language, ready.got(got)) == tuple(
        s for _, names in arranged for s in names
    )
    picked = [story for _, names in arranged for story in names]
    clusters = [BY_ID[story].cluster for story in picked]
    assert len(set(clusters)) == len(clusters)
    assert not set(clusters[1:]) & got
    sources = [BY_ID[story].story.source for story in picked]
    assert all(sources.count(source) <= ready.per_source for source in sources)
    assert all(BY_ID[story].story.language in (None, "de" if language == "de" else "en") for story in picked)
    for name, names in arranged[1:]:
        assert name in chosen
        assert all(name in [score.topic for score in BY_ID[story].topics] for story in names)
    assert 100 + 50 * (len(picked) - 1) <= ready.budget or len(picked) == 1
