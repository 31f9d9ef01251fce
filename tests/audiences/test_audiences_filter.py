"""The filter language: what it reads, and where and how it complains."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.audiences import And, Compare, Has, In, IsNull, Not, Or, Tree, parse_filter
from digest.audiences.filter import MAX_DEPTH, MAX_LENGTH, MAX_VALUES
from digest.errors import ConfigError

ACTIVE = Compare("status", "=", "active")
ENGLISH = Compare("language", "=", "en")
VIP = Has("tags", "vip")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("status = active", ACTIVE),
        ("STATUS = Active", ACTIVE),
        ("(((status=active)))", ACTIVE),
        ("status = active and language = en and tags has vip", And((ACTIVE, ENGLISH, VIP))),
        ("status = active or language = en and tags has VIP", Or((ACTIVE, And((ENGLISH, VIP))))),
        ("(status = active or language = EN) and tags has vip", And((Or((ACTIVE, ENGLISH)), VIP))),
        ("not status = active and language = en", And((Not(ACTIVE), ENGLISH))),
        ("not (status = active and language = en)", Not(And((ACTIVE, ENGLISH)))),
        ("NOT not tags has vip", Not(Not(VIP))),
        ("language in (en, 'de', \"pt_BR\")", In("language", ("en", "de", "pt-br"))),
        ("name is null", IsNull("name")),
        ("topics is not null", Not(IsNull("topics"))),
        ("status=active\n  and\tlanguage=en", And((ACTIVE, ENGLISH))),
    ],
)
def test_grammar(text: str, tree: Tree) -> None:
    assert parse_filter(text) == tree


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("email = Ann@Example.ORG", "ann@example.org"),
        ("domain = @Bücher.example", "xn--bcher-kva.example"),
        ("name = Ann", "Ann"),
        ('name = "Ann ""the pen"" Lee"', 'Ann "the pen" Lee'),
        ("name = 'and'", "and"),
        ("name = 'Zoe\u0308'", "Zo\u00eb"),
        ("name = 'می\u200cخواهم'", "می\u200cخواهم"),
        ("timezone = asia/kolkata", "Asia/Kolkata"),
        ("frequency != weekly", "weekly"),
        ("joined > -30d", timedelta(days=30)),
        ("since <= -2w", timedelta(weeks=2)),
        ("joined = 2026-11-24", date(2026, 11, 24)),
        ("joined = '2026-11-24'", date(2026, 11, 24)),
        ("joined < 2026-11-24T07:30", datetime(2026, 11, 24, 7, 30)),  # noqa: DTZ001 - local to the zone given later
        ("joined < 2026-11-24T07:30Z", datetime(2026, 11, 24, 7, 30, tzinfo=UTC)),
        ("attr.city = Delhi", "Delhi"),
        ("attr.score >= 10", Decimal(10)),
        ("attr.score >= -1.50", Decimal("-1.5")),
        ('attr.zip = "01234"', "01234"),
        ("attr.renewed < 2026-11-24", "2026-11-24"),
    ],
)
def test_values_take_the_kind_of_their_field(text: str, value: object) -> None:
    tree = parse_filter(text)
    assert isinstance(tree, Compare)
    assert tree.value == value
    assert type(tree.value) is type(value)


def test_attribute_names_are_written_one_way() -> None:
    assert parse_filter("attr.First-Name is null") == IsNull("attr.first_name")


@pytest.mark.parametrize(
    ("text", "column", "what", "hint"),
    [
        ("", 1, "empty", "status = active"),
        ("   ", 1, "empty", "status = active"),
        ("langauge = en", 1, 'no field "langauge"', "did you mean language?"),
        ("status = active and wibble = 1", 21, "wibble", "attr.NAME"),
        ("attr.città = Roma", 1, "names no column", "Latin"),
        ("status = actve", 10, "actve", "did you mean active?"),
        ("frequency = hourly", 13, "hourly", "daily, weekdays, weekly, big"),
        ("timezone = Asia/Calcuta", 12, "time zone", "Asia/Calcutta"),
        ("language = english", 12, "no language", "pt-br"),
        ("language < en", 10, "no order", "use =, != or in"),
        ("language has en", 10, "not a set", "language = "),
        ("topics = world", 8, "set of words", "topics has"),
        ("topics in (world)", 8, "set of words", "topics has"),
        ("topics has 'a,b'", 12, "member", "without commas"),
        ("email = ann", 9, "no email address", "domain = example.org"),
        ("domain = exa_mple.org", 10, "no domain", None),
        ("joined > yesterday", 10, "no time", "-30d"),
        ("joined > 30d", 10, "no time", "write -30d"),
        ("joined > 24.11.2026", 10, "no time", "2026-11-24"),
        ("joined = -30d", 10, "whole day", "use < or >"),
        ("joined in (-30d)", 12, "whole day", "use < or >"),
        ("joined > 0001-01-01", 10, "out of reach", "1900"),
        ("attr.renewed > -30d", 16, "distance", "quotes"),
        ("attr.x = 12345678901234567", 10, "15 digits", "quotes"),
        ("name = ''", 8, "empty value", "is null"),
        ("name = null", 8, "word of the filter", "is null"),
        ("name = and", 8, "word of the filter", '"and"'),
        ("attr.city = New Delhi", 17, "and, or", '"New Delhi"'),
        ("status", 7, "comparison after status", "status ="),
        ("status active", 8, "comparison after status", None),
        ("language not in (en)", 10, "comparison", "write not language in"),
        ("language in en", 13, "list in brackets", None),
        ("language in ()", 14, "a value", None),
        ("language in (en, de", 20, "closing )", None),
        ("(status = active", 17, "closing )", None),
        ("status = active)", 16, "the end", None),
        ("status = active and", 20, "a field", None),
        ("name is nul", 9, "null", None),
        ("status == active", 9, "a value", None),
        ("status = active && tags has vip", 17, "cannot stand here", "write and"),
        ("name ~ 'a.*'", 6, "cannot stand here", "no patterns"),
        ('name = "Ann', 8, "not closed", "close it"),
        ("name = “Ann”", 8, "typographic quote", "straight"),
        ("name = 'a\x07b'", 8, "control character", None),
    ],
)
def test_complaints_say_what_where_and_what_next(text: str, column: int, what: str, hint: str | None) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_filter(text, path="audiences/a.toml", line=3)
    assert caught.value.where == f"audiences/a.toml:3:{column}"
    assert what in caught.value.what
    assert hint is None or hint in (caught.value.hint or "")
    assert caught.value.exit_code == 2


def test_complaints_count_lines_and_columns_from_where_the_text_begins() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_filter("status = activ", path="a.toml", line=2, column=11)
    assert caught.value.where == "a.toml:2:20"
    with pytest.raises(ConfigError) as caught:
        parse_filter("status = active\n and\n  nope = 1", path="a.toml", line=2, column=11)
    assert caught.value.where == "a.toml:4:3"


def test_topics_are_checked_when_they_are_known() -> None:
    with pytest.raises(ConfigError, match="wrld") as caught:
        parse_filter("topics has wrld", topics={"world", "business"})
    assert caught.value.hint == "did you mean world?"
    assert parse_filter("topics has World", topics={"world"}) == Has("topics", "world")
    assert parse_filter("tags has wrld", topics={"world"}) == Has("tags", "wrld")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("(" * (MAX_DEPTH + 1) + "status = active" + ")" * (MAX_DEPTH + 1), "deep"),
        ("not " * 5_000 + "name = a", "at most 10000 characters"),
        ("not " * 2_000 + "name = a", "deep"),
        ("language in (" + ", ".join(["en"] * (MAX_VALUES + 1)) + ")", "at most 200 values"),
        (" or ".join(["name is null"] * (MAX_VALUES + 1)), "at most 200 values"),
        ("name = '" + "a" * MAX_LENGTH + "'", "at most 10000 characters"),
    ],
)
def test_size_and_depth_are_bounded(text: str, what: str) -> None:
    with pytest.raises(ConfigError, match=what):
        parse_filter(text)


def test_what_is_within_bounds_is_read() -> None:
    tree = parse_filter("(" * MAX_DEPTH + "status = active" + ")" * MAX_DEPTH)
    assert tree == ACTIVE


SIGNS = ["(", ")", ",", "=", "!=", "<", '"', "\n"]
KEYS = ["and", "or", "not", "in", "has", "is", "null"]
WORDS = [
    "status",
    "active",
    "attr.x",
    "joined",
    "-30d",
    "2026-11-24",
    "'a b'",
    "topics",
    "email",
    "a@b.org",
    "1",
    "é",
]
PIECES = st.sampled_from([*SIGNS, *KEYS, *WORDS])


@given(st.lists(PIECES, max_size=25).map(" ".join) | st.text(max_size=60))
def test_any_text_is_a_tree_or_a_complaint_at_its_place(text: str) -> None:
    try:
        tree = parse_filter(text, path="a.toml")
    except ConfigError as problem:
        path, line, column = (problem.where or "").split(":")
        assert path == "a.toml"
        assert 1 <= int(line) <= text.count("\n") + 1
        assert 1 <= int(column) <= len(text) + 1
    else:
        assert isinstance(tree, And | Or | Not | Compare | In | Has | IsNull)
