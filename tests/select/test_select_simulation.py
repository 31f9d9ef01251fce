"""A month of editions for five segments: what must hold in every one of them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import Refused
from digest.models.edition import LATEST, LEAD, Plan
from digest.models.people import Segment
from digest.models.story import Kind, Story, TopicScore
from digest.select import Entry, Pooled, Sent, choose, explain, pool
from digest.select.choose import Slot
from digest.settings import Budget, Digest, Source, Span

START = datetime(2026, 10, 1, 7, tzinfo=UTC)
TOPICS = ("world", "business", "science", "sports")
DIGEST = Digest(
    segments=("a", "b", "c", "d", "e"),
    topics=TOPICS,
    limits={"world": 3},
    budget=Budget.parse("5 min"),
    max_per_source=3,
    no_repeat=Span.parse("7d"),
)
SEGMENTS = (
    Segment("a", "A", ""),
    Segment("b", "B", "", topics=("business", "science")),
    Segment("c", "C", "", languages=("de",)),
    Segment("d", "D", "", limits={"sports": 1}),
    Segment("e", "E", "", languages=("en", "de"), topics=("sports",)),
)
SOURCES = {f"p{n}": Source(f"p{n}", "feed", url="https://p.example/f", weight=1 + n / 4) for n in range(5)}
WORDS: Mapping[Slot, int] = {"lead": 150, "card": 55, "latest": 30}


def month(chance: random.Random, days: int) -> list[Entry]:
    """Stories of so many days: events that last, sources that repeat, teasers, undated and late ones."""
    made: list[Entry] = []
    for day in range(days):
        for number in range(chance.randrange(3, 40)):
            event = f"c{day - chance.choice([0, 0, 0, 0, 1, 2])}-{chance.randrange(25)}"
            published = START + timedelta(days=day, minutes=-chance.randrange(1, 1500))
            seen = published + timedelta(minutes=chance.choice([1, 5, 60, 1800]))
            teaser = chance.random() < 0.1
            story = Story(
                id=f"s{day:02d}{number:03d}",
                title=f"Title {day} {number}",
                source=f"p{chance.choice([0, 0, 0, 1, 2, 3, 4])}",
                teaser=teaser,
                language=chance.choice(["en", "en", "de", None]),
                published=None if teaser or chance.random() < 0.05 else published,
                seen=seen,
                kind=chance.choice([*[Kind.NEWS] * 12, *Kind]),
                withdrawn=chance.random() < 0.02,
            )
            topics = chance.sample(TOPICS, chance.choice([0, 1, 1, 1, 2]))
            made.append(Entry(story, 1, event, tuple(TopicScore(topic, 0.8, "match:x") for topic in topics)))
    return made


def editions(entries: list[Entry], days: int) -> list[tuple[Pooled, dict[str, Plan], dict[str, dict[str, Sent]]]]:
    """(pool, plan by segment, what each segment had got before) of every day on which there was news."""
    made = []
    got: dict[str, dict[str, Sent]] = {segment.name: {} for segment in SEGMENTS}
    previous: datetime | None = None
    by_id = {entry.story.id: entry for entry in entries}
    for day in range(days):
        cut = START + timedelta(days=day)
        name = f"daily/{cut:%Y-%m-%d}"
        found = pool(name, entries, digest=DIGEST, sources=SOURCES, cut=cut, previous_cut=previous)
        before = {
            segment: {c: sent for c, sent in mine.items() if sent.at and cut - sent.at < DIGEST.no_repeat.delta}
            for segment, mine in got.items()
        }
        common = {"digest_name": "daily", "digest": DIGEST, "topics_order": TOPICS, "language": "en"}
        options = common | {
            "words": lambda story, slot: WORDS[slot],
            "outside": found.left_out,
            "most_left_out": None,
        }
        try:
            anyone = {cluster: sent for mine in before.values() for cluster, sent in mine.items()}
            base = choose(found.pool, by_id, already=anyone, **options)  # type: ignore[arg-type]
        except Refused:
            continue
        lead = tuple(pick.story for section in base.sections if section.name == LEAD for pick in section.picks)
        plans: dict[str, Plan] = {}
        for segment in SEGMENTS:
            try:
                plan = choose(
                    found.pool,
                    by_id,
                    segment=segment,
                    already=before[segment.name],
                    lead=lead,
                    **options,  # type: ignore[arg-type]
                )
            except Refused:
                continue
            plans[segment.name] = plan
            for pick in plan.picks():
                sources = {by_id[c.story].story.source for c in found.pool.candidates if c.cluster == pick.cluster}
                got[segment.name][pick.cluster] = Sent(name, cut, len(sources))
        made.append((found, plans, before))
        previous = cut
    return made


def check(entries: list[Entry], days: int) -> int:
    """Asserts what must hold; the number of plans that were looked at."""
    by_id = {entry.story.id: entry for entry in entries}
    looked = 0
    for found, plans, before in editions(entries, days):
        cut = found.pool.cut
        for segment in SEGMENTS:
            plan = plans.get(segment.name)
            if plan is None:
                continue
            looked += 1
            picks = list(plan.picks())
            clusters = [pick.cluster for pick in picks]
            assert len(set(clusters)) == len(clusters)
            sources = [by_id[pick.story].story.source for pick in picks]
            tongues = (None, *(segment.languages or ("en",)))
            readable = [
                by_id[c.story].story for c in found.pool.candidates if by_id[c.story].story.language in tongues
            ]
            if len({story.source for story in readable}) > 1:
                assert all(sources.count(source) <= DIGEST.max_per_source for source in sources)
            for section in plan.sections:
                if section.name not in (LEAD, LATEST):
                    own = segment.limits.get(section.name, DIGEST.limits.get(section.name, 2))
                    assert len(section.picks) <= own
                    assert segment.topics is None or section.name in segment.topics
                for pick in section.picks:
                    story = by_id[pick.story].story
                    assert pick.reasons
                    assert all(pick.reasons)
                    assert not story.withdrawn
                    assert story.when is not None
                    assert timedelta() <= cut - story.when <= timedelta(hours=96)
                    assert story.language in tongues
                    told = before[segment.name].get(pick.cluster)
                    if told:
                        assert any(reason.startswith("update") for reason in pick.reasons)
                        assert told.at is not None
                        assert cut - told.at >= DIGEST.window.delta
                    if section.name == LEAD:
                        assert story.kind.leads
                        assert not story.teaser
            for entry in entries:
                assert explain(entry.story.id, plan, found).strip()
    return looked


def test_thirty_editions_for_five_segments_keep_every_promise() -> None:
    assert check(month(random.Random(4), 30), 30) >= 120


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_any_week_keeps_every_promise(seed: int) -> None:
    check(month(random.Random(seed), 7), 7)


@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_the_order_of_the_store_does_not_matter(seed: int, chance: random.Random) -> None:
    entries = month(random.Random(seed), 4)
    expected = editions(entries, 4)
    chance.shuffle(entries)
    assert editions(entries, 4) == expected
