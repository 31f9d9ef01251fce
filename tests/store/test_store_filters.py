"""The SQL of a filter gives the answer of `audiences.matches`, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, StaticPool, create_engine, select

from digest.audiences import And, Compare, Has, In, IsNull, Not, Or, Tree, email_key, matches, parse_filter
from digest.audiences.tree import Operator
from digest.models.people import Consent, Frequency, Subscriber, Subscription
from digest.store.filters import compile as compile_filter
from digest.store.schema import metadata, subscribers, subscriptions

KOLKATA = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=KOLKATA)
Person = tuple[Subscriber, Subscription]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A connection with empty tables; everything done on it is rolled back."""
    if request.param == "sqlite":
        engine = create_engine("sqlite://", poolclass=StaticPool)
    else:
        server = request.getfixturevalue("postgres_server")
        engine = create_engine(f"{server}/postgres".replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as made:
        if request.param == "postgresql":
            made.exec_driver_sql("CREATE SCHEMA digest_filters_test")
            made.exec_driver_sql("SET LOCAL search_path TO digest_filters_test")
        metadata.create_all(made, tables=[subscribers, metadata.tables["consents"], subscriptions])
        yield made
        made.rollback()
    engine.dispose()


def fenced(words: Sequence[str]) -> str:
    return "," + "".join(f"{word}," for word in words)


def chosen(connection: Connection, tree: Tree, people: Sequence[Person], now: datetime = NOW) -> set[int]:
    """The ids of the people whom the database chooses."""
    with connection.begin_nested() as nested:
        for subscriber, subscription in people:
            connection.execute(
                subscribers.insert().values(
                    id=subscriber.id,
                    email=subscriber.email,
                    email_key=email_key(subscriber.email) if subscriber.email else None,
                    name=subscriber.name,
                    language=subscriber.language or None,
                    timezone=subscriber.timezone or None,
                    tags=fenced(subscriber.tags),
                    attributes=dict(subscriber.attributes),
                    joined=subscriber.joined.timestamp() if subscriber.joined else 0.0,
                    engaged=subscriber.engaged.timestamp() if subscriber.engaged else None,
                    plain=subscriber.plain,
                )
            )
            until = subscription.paused_until
            connection.execute(
                subscriptions.insert().values(
                    subscriber=subscriber.id,
                    digest=subscription.digest,
                    state=subscription.state.value,
                    paused_until=until.timestamp() if until else None,
                    frequency=subscription.frequency.value,
                    topics=fenced(subscription.topics),
                    since=subscription.since.timestamp() if subscription.since else 0.0,
                )
            )
        condition = compile_filter(tree, digest="daily", now=now, zone=KOLKATA)
        joined = subscribers.join(subscriptions, subscribers.c.id == subscriptions.c.subscriber)
        found = set(connection.execute(select(subscribers.c.id).select_from(joined).where(condition)).scalars())
        nested.rollback()
    return found


# Few values, so that people and filters meet often; among them all that text and numbers can do wrong.
WORDS = ["a", "A", "b", "ab", "Z", "é", "e\u0301", "ß", "中", "\U0001f600", "%", "_", "a'b", 'a"b', "\\", " "]
LONG_FIGURES = ["123456789012345", "0.30000000000001", "0.30000000000002"]
FIGURES = ["0", "-0", "1", "01", "1.0", "1.5", "-1.5", "10", "9", "0.1", "0.10", *LONG_FIGURES]
NO_FIGURES = ["1e3", "+1", ".5", "5.", "1,5", "٣", "1 ", "--1", "1.2.3", "1234567890123456", "0x1", "-", "1-", "1.-1"]
TEXTS = st.sampled_from(WORDS + FIGURES + NO_FIGURES) | st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=5
)
EMAILS = ["ann@example.org", "Ann@example.org", "bo@mail.example.org", "zoë@bücher.example", "x_y@example.com"]
DOMAINS = ["example.org", "mail.example.org", "example.com", "xn--bcher-kva.example", "org"]
LANGUAGES = ["en", "en-gb", "e", "eng", "pt-br", "pt"]
ZONES = ["Asia/Kolkata", "Europe/Berlin"]
SET = ["world", "wor", "world cup", "a", "%"]
TIMES = [
    NOW + timedelta(days=days, microseconds=micro) for days in (-400, -30, -7, -1, 0, 1) for micro in (-1, 0, 1)
] + [datetime(2026, 11, day, tzinfo=KOLKATA) + timedelta(seconds=s) for day in (17, 23, 24) for s in (-1, 0, 1)]
ORDER: list[Operator] = ["<", "<=", ">", ">="]
EQUAL: list[Operator] = ["=", "!="]


def numbers() -> st.SearchStrategy[Decimal]:
    return st.sampled_from([Decimal(figure) for figure in FIGURES])


def moments() -> st.SearchStrategy[datetime | timedelta]:
    naive = [time.astimezone(KOLKATA).replace(tzinfo=None) for time in TIMES]
    spans = [timedelta(days=days) for days in (1, 7, 30, 400)]
    return st.sampled_from(TIMES) | st.sampled_from(naive) | st.sampled_from(spans)


def leaves() -> st.SearchStrategy[Tree]:
    days = st.sampled_from([time.astimezone(KOLKATA).date() for time in TIMES])
    plain = {
        "email": st.sampled_from([email_key(email) for email in EMAILS]),
        "domain": st.sampled_from(DOMAINS),
        "name": TEXTS,
        "language": st.sampled_from(LANGUAGES),
        "timezone": st.sampled_from(ZONES),
        "status": st.sampled_from([state.value for state in Consent]),
        "frequency": st.sampled_from([often.value for often in Frequency]),
        "text_only": st.sampled_from(["yes", "no"]),
        "joined": days,
        "since": days,
        "engaged": days,
        "attr.x": TEXTS | numbers(),
    }
    equal = [st.builds(Compare, st.just(field), st.sampled_from(EQUAL), values) for field, values in plain.items()]
    listed = [
        st.builds(In, st.just(field), st.lists(values, min_size=1, max_size=3).map(tuple))
        for field, values in plain.items()
    ]
    times = st.builds(
        Compare, st.sampled_from(["joined", "since", "engaged"]), st.sampled_from(ORDER), moments() | days
    )
    ordered = st.builds(Compare, st.just("attr.x"), st.sampled_from(ORDER), TEXTS | numbers())
    has = st.builds(Has, st.sampled_from(["topics", "tags"]), st.sampled_from(SET))
    null = st.builds(IsNull, st.sampled_from([*plain, "attr.y", "topics", "tags"]))
    return st.one_of(*equal, *listed, times, ordered, ordered, has, null)


def trees() -> st.SearchStrategy[Tree]:
    def grow(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, inner)

    return st.recursive(leaves(), grow, max_leaves=8)


@st.composite
def groups(draw: st.DrawFn) -> list[Person]:
    """Up to six people with different addresses, each with a subscription to the digest or to another."""
    emails = draw(st.lists(st.none() | st.sampled_from(EMAILS), max_size=6, unique_by=_identity))
    made: list[Person] = []
    for number, email in enumerate(emails, 1):
        attributes = draw(st.fixed_dictionaries({}, optional={"x": TEXTS | st.just(""), "y": TEXTS}))
        subscriber = Subscriber(
            id=number,
            email=email,
            name=draw(st.just("") | TEXTS),
            language=draw(st.just("") | st.sampled_from(LANGUAGES)),
            timezone=draw(st.just("") | st.sampled_from(ZONES)),
            attributes=attributes,
            tags=draw(st.lists(st.sampled_from(SET), unique=True, max_size=3).map(tuple)),
            joined=draw(st.sampled_from(TIMES)),
            engaged=draw(st.none() | st.sampled_from(TIMES)),
            plain=draw(st.booleans()),
        )
        subscription = Subscription(
            subscriber=number,
            digest=draw(st.sampled_from(["daily", "daily", "daily", "weekly"])),
            state=draw(st.sampled_from(Consent)),
            frequency=draw(st.sampled_from(Frequency)),
            topics=draw(st.lists(st.sampled_from(SET), unique=True, max_size=3).map(tuple)),
            paused_until=draw(st.none() | st.sampled_from(TIMES)),
            since=draw(st.sampled_from(TIMES)),
        )
        made.append((subscriber, subscription))
    return made


def _identity(email: str | None) -> object:
    return email_key(email) if email else object()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tree=trees(), people=groups())
def test_the_database_chooses_whom_matches_chooses(connection: Connection, tree: Tree, people: list[Person]) -> None:
    expected = {
        subscriber.id
        for subscriber, subscription in people
        if subscription.digest == "daily" and matches(tree, subscriber, subscription, NOW, KOLKATA)
    }
    assert chosen(connection, tree, people) == expected


def person(number: int, **fields: object) -> Person:
    """Someone who gets the digest, with these fields of subscriber or subscription."""
    about = {name: value for name, value in fields.items() if name in Subscriber.__slots__}
    agreed = {name: value for name, value in fields.items() if name not in Subscriber.__slots__}
    subscriber = Subscriber(**{"id": number, "email": f"p{number}@example.org", "joined": NOW} | about)  # type: ignore[arg-type]
    base = {"subscriber": number, "digest": "daily", "state": Consent.ACTIVE, "since": NOW}
    return subscriber, Subscription(**base | agreed)  # type: ignore[arg-type]


def test_only_the_digest_asked_for_counts(connection: Connection) -> None:
    people = [person(1), person(2, digest="weekly")]
    assert chosen(connection, parse_filter("status = active"), people) == {1}


def test_a_column_without_a_number_is_unknown_not_zero(connection: Connection) -> None:
    held = ["5", "05.0", "4", "many", "", "5x", "5000000000000000"]
    people = [person(n, attributes={"score": text}) for n, text in enumerate(held, 1)]
    assert chosen(connection, parse_filter("attr.score = 5"), people) == {1, 2}
    assert chosen(connection, parse_filter("attr.score != 5"), people) == {3}
    assert chosen(connection, parse_filter("not attr.score >= 5"), people) == {3}
    assert chosen(connection, parse_filter('attr.score = "5"'), people) == {1}


def test_text_is_ordered_by_code_point_whatever_the_collation(connection: Connection) -> None:
    people = [person(n, attributes={"code": text}) for n, text in enumerate(["a", "B", "b", "é"], 1)]
    assert chosen(connection, parse_filter("attr.code < a"), people) == {2}
    assert chosen(connection, parse_filter("attr.code > b"), people) == {4}


def test_signs_of_patterns_are_plain_characters(connection: Connection) -> None:
    people = [person(1, tags=("10%",)), person(2, tags=("100",)), person(3, tags=("a_b",)), person(4, tags=("axb",))]
    assert chosen(connection, parse_filter('tags has "10%"'), people) == {1}
    assert chosen(connection, parse_filter("tags has a_b"), people) == {3}


def test_a_member_is_the_whole_word(connection: Connection) -> None:
    people = [person(1, topics=("world",)), person(2, topics=("world cup",)), person(3)]
    assert chosen(connection, parse_filter("topics has world"), people) == {1}
    assert chosen(connection, parse_filter("not topics has world"), people) == {2, 3}
    assert chosen(connection, parse_filter("topics is null"), people) == {3}


def test_a_whole_day_begins_and_ends_in_the_zone(connection: Connection) -> None:
    instants = [
        datetime(2026, 11, 23, 18, 29, 59, tzinfo=UTC),
        datetime(2026, 11, 23, 18, 30, tzinfo=UTC),
        datetime(2026, 11, 24, 18, 29, 59, tzinfo=UTC),
        datetime(2026, 11, 24, 18, 30, tzinfo=UTC),
    ]
    people = [person(n, joined=instant) for n, instant in enumerate(instants, 1)]
    assert chosen(connection, parse_filter("joined = 2026-11-24"), people) == {2, 3}
    assert chosen(connection, parse_filter("joined > 2026-11-24"), people) == {4}
    assert chosen(connection, Compare("joined", "!=", date(2026, 11, 24)), people) == {1, 4}


def test_an_ended_pause_is_active(connection: Connection) -> None:
    people = [
        person(1, state=Consent.PAUSED, paused_until=NOW),
        person(2, state=Consent.PAUSED, paused_until=NOW + timedelta(seconds=1)),
        person(3, state=Consent.PAUSED),
        person(4, state=Consent.LEFT, paused_until=NOW),
    ]
    assert chosen(connection, parse_filter("status = active"), people) == {1}
    assert chosen(connection, parse_filter("status = paused"), people) == {2, 3}


def test_hostile_values_are_only_values(connection: Connection) -> None:
    people = [person(1, name="x' OR '1'='1"), person(2, name="other")]
    assert chosen(connection, parse_filter("""name = "x' OR '1'='1" """), people) == {1}
    assert chosen(connection, parse_filter("""attr.x = "'; DROP TABLE subscribers; --" """), people) == set()


def test_the_longest_filter_still_runs(connection: Connection) -> None:
    figures = ", ".join(str(n) for n in range(100))
    texts = " or ".join(f"language = {'en' if n % 2 else 'de'}" for n in range(99))
    tree = parse_filter(f"attr.x in ({figures}) or {texts} or name = a")
    assert chosen(connection, tree, [person(1, attributes={"x": "7.0"}), person(2, language="fr")]) == {1}


def test_no_value_of_the_filter_is_in_the_text_of_the_statement() -> None:
    tree = parse_filter('name = "needle" and attr.x > 424242 and topics has needle and domain in (needle.example)')
    statement = str(compile_filter(tree, digest="daily", now=NOW, zone=KOLKATA).compile(create_engine("sqlite://")))
    assert "needle" not in statement
    assert "424242" not in statement


def test_who_wants_text_only_is_known_of_everyone(connection: Connection) -> None:
    people = [person(1, plain=True), person(2)]
    assert chosen(connection, parse_filter("text_only = yes"), people) == {1}
    assert chosen(connection, parse_filter("text_only != true"), people) == {2}
    assert chosen(connection, parse_filter("text_only is null"), people) == set()
