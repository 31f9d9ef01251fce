"""Events: the same thing told by many becomes one, and nothing else does."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.classify.clusters import Known, floor, gather
from digest.models.story import Story

START = datetime(2026, 11, 23, 6, tzinfo=UTC)
MINERALS = [
    ("US and Japan sign rare earth deal", "The two countries signed a pact on critical minerals in Tokyo."),
    ("Japan, US sign deal on rare earths", "A pact on critical minerals was signed in Tokyo by the two countries."),
    ("Rare earth deal signed by US and Japan in Tokyo", "The pact on critical minerals between the two countries."),
]
SUBJECTS = [
    one + two + three
    for one in ("mar", "ten", "lo", "gri", "sa")
    for two in ("bo", "ri", "ke", "du")
    for three in ("n", "st", "lk", "mor")
]
ACTS = ["opens", "closes", "delays", "wins", "loses", "reviews", "expands", "repairs", "doubles", "halts"]


def story(number: int, title: str, lead: str = "", *, source: str = "a", hours: float = 0.0) -> Story:
    return Story(
        id=f"s{number:04d}", title=title, excerpt=lead, source=source, published=START + timedelta(hours=hours)
    )


def unrelated(number: int, seed: int = 3, source: str = "paper") -> list[Story]:
    """Different stories of one newsroom, that share the words that its stories share."""
    chance = random.Random(seed)
    made = []
    for n in range(number):
        one, two, three, four, five = chance.sample(SUBJECTS, 5)
        title = f"City {one} {chance.choice(ACTS)} as {two} waits for {three}"
        lead = f"The city said on Monday that {four} {chance.choice(ACTS)} while the government waits for {five}."
        made.append(story(1000 + n, title, lead, source=source, hours=n / 9))
    return made


def groups(placed: dict[str, str]) -> set[frozenset[str]]:
    found: dict[str, set[str]] = {}
    for one, cluster in placed.items():
        found.setdefault(cluster, set()).add(one)
    return {frozenset(members) for members in found.values()}


def test_one_event_from_three_sources_is_one_cluster_named_by_its_first_story() -> None:
    told = [story(n, *MINERALS[n], source=f"p{n}", hours=n) for n in range(3)]
    placed, aliases = gather([*unrelated(40), *told])
    assert {placed[one.id] for one in told} == {"s0000"}
    assert aliases == {}


def test_a_few_dozen_stories_of_one_newsroom_stay_apart() -> None:
    for number in (2, 13, 50, 120):
        stories = unrelated(number)
        texts = {one.title for one in stories}
        assert len(set(gather(stories)[0].values())) >= 0.97 * len(texts)


def test_two_stories_alone_do_not_merge_for_one_common_word() -> None:
    pair = [story(1, "Iran protests spread", source="a"), story(2, "Iran evacuation flights begin", source="b")]
    assert len(set(gather(pair)[0].values())) == 2


def test_the_likeness_that_is_needed_falls_with_the_number_of_stories() -> None:
    needed = [floor(number) for number in (1, 13, 50, 200, 1000, 2000, 100_000)]
    assert needed == sorted(needed, reverse=True)
    assert needed[0] == needed[2] == 0.5
    assert needed[-1] == needed[-2] == 0.18


def test_the_same_words_days_later_are_another_event() -> None:
    early, late = story(1, *MINERALS[0], source="a"), story(2, *MINERALS[1], source="b", hours=80)
    assert len(set(gather([*unrelated(40), early, late])[0].values()) & {"s0001", "s0002"}) == 2


def test_a_daily_column_with_its_own_text_is_new_each_day() -> None:
    title = "Corporate bond risk falls"
    first = story(1, title, "The index fell 12.5 basis points to 623.5 on Monday, traders said.")
    second = story(2, title, "The index fell 4 basis points to 710.25 on Tuesday, traders said.", hours=24)
    assert len(set(gather([*unrelated(30), first, second])[0].values()) & {"s0001", "s0002"}) == 2


def test_a_source_that_repeats_the_same_story_daily_is_one_event() -> None:
    again = [story(n, "Win a trip to the sea", "Take part today.", hours=24 * n) for n in range(4)]
    placed, _ = gather([*unrelated(30), *again])
    assert {placed[one.id] for one in again} == {"s0000"}


def test_known_stories_keep_their_event_and_attract_new_ones() -> None:
    known = Known(story(0, *MINERALS[0], source="a"), "old-event")
    others = [Known(one, one.id) for one in unrelated(40)]
    placed, aliases = gather([story(1, *MINERALS[1], source="b", hours=2)], [known, *others])
    assert placed == {"s0001": "old-event"}
    assert aliases == {}


def test_a_new_revision_of_a_known_story_keeps_its_event() -> None:
    known = Known(story(0, *MINERALS[0]), "old-event")
    placed, _ = gather([story(0, "Another headline altogether")], [known])
    assert placed == {"s0000": "old-event"}


def test_a_merge_of_stored_events_keeps_the_older_id_and_says_so() -> None:
    known = [
        Known(story(0, *MINERALS[0], source="a"), "elder"),
        Known(story(1, *MINERALS[1], source="b", hours=1), "younger"),
        Known(story(2, *MINERALS[2], source="c", hours=2), "younger"),
    ]
    new = story(3, *MINERALS[2], source="d", hours=3)
    placed, aliases = gather([new], [*known, *(Known(one, one.id) for one in unrelated(40))])
    assert placed[new.id] == "elder"
    assert aliases == {"younger": "elder"}


def test_what_an_editor_split_stays_split() -> None:
    known = [
        Known(story(0, *MINERALS[0], source="a"), "elder"),
        Known(story(1, *MINERALS[1], source="b", hours=1), "younger"),
        Known(story(2, *MINERALS[2], source="c", hours=2), "younger"),
    ]
    _, aliases = gather([], known, apart={frozenset({"elder", "younger"})})
    assert aliases == {}


def test_stories_without_words_or_times_are_events_of_their_own() -> None:
    bare = [Story(id="x", title="…"), Story(id="y", title=""), Story(id="z", title="The of and")]
    assert gather(bare)[0] == {"x": "x", "y": "y", "z": "z"}
    assert gather([]) == ({}, {})


def test_an_archive_of_years_is_gathered_day_by_day() -> None:
    years = [
        story(n, f"{SUBJECTS[n % 80]} {ACTS[n % 10]} report {n}", source="paper", hours=24 * n) for n in range(400)
    ]
    assert len(groups(gather(years)[0])) == len(years)


@given(st.randoms(use_true_random=False), st.integers(0, 40))
@settings(max_examples=30, deadline=None)
def test_the_order_of_the_input_does_not_matter(chance: random.Random, number: int) -> None:
    stories = [*unrelated(number, seed=number), *(story(n, *MINERALS[n], source=f"p{n}", hours=n) for n in range(3))]
    known = [Known(one, f"c-{one.id}") for one in stories[::3]]
    rest = [one for index, one in enumerate(stories) if index % 3]
    expected = gather(rest, known)
    chance.shuffle(rest)
    chance.shuffle(known)
    assert gather(rest, known) == expected
