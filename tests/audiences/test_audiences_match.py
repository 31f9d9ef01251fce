"""Whether one person stands in an audience."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.audiences import And, Not, Or, Tree, matches, parse_filter
from digest.models.people import Consent, Frequency, Subscriber, Subscription

KOLKATA = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=KOLKATA)
ANN = Subscriber(
    id=1,
    email="Ann@mail.example.org",
    name="Ann",
    language="en-gb",
    timezone="Asia/Kolkata",
    attributes={"city": "Delhi", "score": "7", "plan": "gold"},
    tags=("vip",),
    joined=NOW - timedelta(days=10),
)
HERS = Subscription(1, "daily", Consent.ACTIVE, topics=("world",), since=NOW - timedelta(days=3))
NOBODY = Subscriber(id=2, email=None)
BARE = Subscription(2, "daily", Consent.LEFT)


def holds(text: str, subscriber: Subscriber = ANN, subscription: Subscription = HERS, now: datetime = NOW) -> bool:
    return matches(parse_filter(text), subscriber, subscription, now, KOLKATA)


@pytest.mark.parametrize(
    "text",
    [
        "email = ann@MAIL.example.org",
        "domain = mail.example.org",
        "name = Ann",
        "language = en",
        "language = en-GB",
        "language in (de, en)",
        "timezone = Asia/Kolkata",
        "status = active",
        "frequency = daily",
        "text_only = no and text_only != yes and text_only is not null",
        "joined > -30d and joined < -9d",
        "since >= 2026-11-21 and since <= 2026-11-21 and since = 2026-11-21",
        "since > 2026-11-21T06:00 and since < 2026-11-21T06:00Z",
        "since != 2026-11-20",
        "topics has World and tags has VIP",
        "attr.city = Delhi and attr.CITY != delhi",
        "attr.score > 6.5 and attr.score = 07 and attr.score != 8",
        'attr.score < "8"',
        "attr.plan in (silver, gold)",
        "attr.missing is null and attr.city is not null",
        "not (name = Bo)",
        "name = Bo or (status = active and not tags has trial)",
    ],
)
def test_yes(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "domain = example.org",
        "name = ann",
        "language = eng",
        "text_only = TRUE",
        "language = en-us",
        "language != en",
        "joined < -30d",
        "topics has wor",
        "attr.city = 7",
        "attr.city != 7",
        "attr.score in (1, 2)",
        "tags is null",
    ],
)
def test_no(text: str) -> None:
    assert not holds(text)


FIELDS = ["email = a@b.org", "domain = b.org", "name = a", "language = en", "timezone = UTC", "joined > -30d"]
FIELDS += ["since > -30d", "attr.x = a", "attr.x = 5"]


@pytest.mark.parametrize("text", FIELDS)
def test_what_is_missing_is_in_no_comparison_nor_in_its_opposite(text: str) -> None:
    assert not holds(text, NOBODY, BARE)
    assert not holds(f"not ({text})", NOBODY, BARE)
    assert not holds(text.replace("=", "!=", 1) if ">" not in text else text.replace(">", "<="), NOBODY, BARE)
    assert holds(f"{text.split(maxsplit=1)[0]} is null", NOBODY, BARE)
    assert holds(f"{text} or status = left", NOBODY, BARE)
    assert not holds(f"{text} and status = left", NOBODY, BARE)
    assert holds(f"not ({text} and status = active)", NOBODY, BARE)


def test_an_empty_set_has_no_members_and_is_null() -> None:
    assert holds("not topics has world", NOBODY, BARE)
    assert holds("topics is null and tags is null", NOBODY, BARE)


def test_a_pause_ends_by_itself() -> None:
    paused = Subscription(1, "daily", Consent.PAUSED, Frequency.WEEKLY, paused_until=NOW)
    assert holds("status = active", subscription=paused)
    assert holds("status = paused", subscription=paused, now=NOW - timedelta(seconds=1))
    assert holds("status = paused", subscription=Subscription(1, "daily", Consent.PAUSED))


def test_a_day_may_be_shorter_than_24_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    late = Subscriber(1, "a@b.org", joined=datetime(2026, 3, 29, 21, 59, tzinfo=UTC))
    next_day = Subscriber(2, "b@b.org", joined=datetime(2026, 3, 29, 22, 0, tzinfo=UTC))
    tree = parse_filter("joined = 2026-03-29")
    assert matches(tree, late, HERS, NOW, berlin)
    assert not matches(tree, next_day, HERS, NOW, berlin)


def test_an_address_that_no_import_would_take_does_no_harm() -> None:
    odd = Subscriber(3, "not an address")
    assert not holds("email = a@b.org", odd)
    assert holds("domain is null", odd)


ATOMS = st.sampled_from(["name = Ann", "name = Bo", "attr.missing = 1", "tags has vip", "language is null"]).map(
    parse_filter
)


PEOPLE = [(ANN, HERS), (NOBODY, BARE)]


@given(ATOMS, ATOMS, st.sampled_from(PEOPLE))
def test_the_laws_of_de_morgan_hold_with_unknown_too(
    left: Tree, right: Tree, person: tuple[Subscriber, Subscription]
) -> None:
    def answer(tree: Tree) -> bool:
        return matches(tree, *person, NOW, KOLKATA)

    assert answer(Not(And((left, right)))) == answer(Or((Not(left), Not(right))))
    assert answer(Not(Or((left, right)))) == answer(And((Not(left), Not(right))))
