"""A file of subscribers becomes rows and reasons, one for each line."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import UsageError
from digest.models.people import Consent, Frequency
from digest.readers import Row, RowError, RowSubscription, clean, normalise, read

KOLKATA = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=KOLKATA)


def rows(text: str, default: str | None = "daily", status: Consent = Consent.ACTIVE) -> list[Row | RowError]:
    return list(
        read(
            io.StringIO(text),
            zone=KOLKATA,
            now=NOW,
            known_topics={"world", "business"},
            known_digests={"daily", "weekly"},
            default_digest=default,
            default_status=status,
        )
    )


def row(text: str) -> Row:
    (found,) = rows(text)
    assert isinstance(found, Row)
    return found


def refused(text: str) -> RowError:
    (found,) = rows(text)
    assert isinstance(found, RowError)
    return found


def test_a_full_line() -> None:
    found = row(
        "Email,Name,Language,Timezone,Topics,Tags,Digests,Status,Frequency,Consent,Joined,City,Plan\n"
        'Ann@Example.ORG," Ann  Lee ",en_GB,asia/kolkata,World;business,"VIP, press",daily;weekly,active,weekly,'
        "2026-01-05 form,2026-01-04,New Delhi,\n"
    )
    assert found == Row(
        line=2,
        address="Ann@example.org",
        key="ann@example.org",
        name="Ann Lee",
        language="en-gb",
        timezone="Asia/Kolkata",
        attributes={"city": "New Delhi"},
        tags=("vip", "press"),
        joined=datetime(2026, 1, 4, tzinfo=KOLKATA),
        subscriptions=(
            RowSubscription("daily", Consent.ACTIVE, ("world", "business"), Frequency.WEEKLY),
            RowSubscription("weekly", Consent.ACTIVE, ("world", "business"), Frequency.WEEKLY),
        ),
        consent="form",
        consented=datetime(2026, 1, 5, tzinfo=KOLKATA),
    )


def test_a_bare_list_of_addresses() -> None:
    found = rows("email\nann@example.org\n\nbo@example.org\n")
    assert found == [
        Row(2, "ann@example.org", "ann@example.org", subscriptions=(RowSubscription("daily", Consent.ACTIVE),)),
        Row(4, "bo@example.org", "bo@example.org", subscriptions=(RowSubscription("daily", Consent.ACTIVE),)),
    ]


def test_what_the_caller_decides_when_the_file_does_not() -> None:
    (found,) = rows("email\na@example.org", default=None)
    assert isinstance(found, Row)
    assert found.subscriptions == ()
    (found,) = rows("email\na@example.org", status=Consent.PENDING)
    assert isinstance(found, Row)
    assert found.subscriptions[0].state is Consent.PENDING
    assert row("email,digests\na@example.org,none").subscriptions == ()


@pytest.mark.parametrize(
    ("status", "state", "suppression"),
    [
        ("", Consent.ACTIVE, None),
        ("PENDING", Consent.PENDING, None),
        ("paused", Consent.PAUSED, None),
        ("left", Consent.LEFT, None),
        ("Unsubscribed", Consent.LEFT, None),
        ("cleaned", Consent.LEFT, "bounced"),
        ("bounced", Consent.LEFT, "bounced"),
        ("complained", Consent.LEFT, "complained"),
    ],
)
def test_statuses(status: str, state: Consent, suppression: str | None) -> None:
    found = row(f"email,status\na@example.org,{status}")
    assert found.subscriptions[0].state is state
    assert found.suppression == suppression


def test_a_pause_has_an_end() -> None:
    found = row("email,status,paused_until\na@example.org,paused,2026-12-24")
    assert found.subscriptions[0].paused_until == datetime(2026, 12, 24, tzinfo=KOLKATA)
    assert found.warnings == ()
    found = row("email,status,paused_until\na@example.org,active,2026-12-24")
    assert found.subscriptions[0].paused_until is None
    assert "not paused" in found.warnings[0]


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("email\nann", "no @", None),
        ("email,name\n,Ann", "empty", None),
        ("email,topics\na@example.org,world;wrld", 'no topic "wrld"', "did you mean world?"),
        ("email,digests\na@example.org,dayly", 'no digest "dayly"', "did you mean daily?"),
        ("email,status\na@example.org,actve", 'no status "actve"', "did you mean active?"),
        ("email,frequency\na@example.org,hourly", 'no frequency "hourly"', "daily"),
        ("email,status,paused_until\na@example.org,paused,soon", "paused_until is no date", "2026-11-24"),
        ("email,name\na@example.org,Lee, Ann", "3 cells, the heading 2", "in quotes"),
        ('email,name\na@example.org,"Ann', "opened and not closed", "close"),
        ("email\na@example.org\0", "zero byte", "UTF-8"),
    ],
)
def test_lines_that_are_not_taken(text: str, what: str, hint: str | None) -> None:
    found = refused(text)
    assert found.line == 2
    assert what in found.what
    assert hint is None or hint in (found.hint or "")


def test_a_refused_line_says_whose_it_is() -> None:
    assert refused("name,email\nAnn,ann@example\x1b[31m").email == "ann@example[31m"
    assert refused("email,status\na@example.org,x").email == "a@example.org"
    assert len(refused(f"email\n{'a' * 10_000}").email) == 80


def test_one_bad_line_stops_nothing() -> None:
    found = rows('email,name\na@example.org,A\nbad\nb@example.org,"B\nc@example.org,C\n' + "x" * 70_000 + "\nd@e.org")
    assert [(type(one), one.line) for one in found] == [
        (Row, 2),
        (RowError, 3),
        (RowError, 4),
        (Row, 5),
        (RowError, 6),
        (Row, 7),
    ]


@pytest.mark.parametrize("status", ["left", "bounced", "complained"])
def test_whoever_wants_no_mail_is_not_refused_over_a_misspelling(status: str) -> None:
    found = row(f"email,status,topics,frequency,tags\na@example.org,{status},world;wrld,hourly,{'x' * 99}")
    assert found.subscriptions == (RowSubscription("daily", Consent.LEFT, ("world",)),)
    assert len(found.warnings) == 3


def test_a_suppressed_address_is_kept_even_when_its_digest_is_unknown() -> None:
    found = row("email,status,digests\na@example.org,complained,monthly")
    assert (found.subscriptions, found.suppression) == ((), "complained")
    assert refused("email,status,digests\na@example.org,left,monthly").what == 'there is no digest "monthly"'


@pytest.mark.parametrize(
    ("heading", "cell", "field", "warning"),
    [
        ("language", "English", "language", '"English" is no language code'),
        ("timezone", "Mars/Olympus", "timezone", '"Mars/Olympus" is no IANA time zone'),
        ("joined", "11/24/2025", "joined", "joined is no date"),
        ("joined", "2027-01-01", "joined", "in the future"),
        ("tags", "x" * 61, "tags", "too long"),
        ("tags", "a\u202eb", "tags", "invisible"),
    ],
)
def test_what_is_unreadable_is_left_out_with_a_warning(heading: str, cell: str, field: str, warning: str) -> None:
    for found in rows(f"email,{heading}\na@example.org,{cell}\nb@example.org,{cell}"):
        assert isinstance(found, Row)
        assert not getattr(found, field)
        assert warning in found.warnings[0]


def test_attributes_are_clean_and_bounded() -> None:
    found = row("email,Straße,Note,Note 2\na@example.org, Haupt\u202estr. ,'=1+1," + "x" * 600)
    assert found.attributes == {"strasse": "Hauptstr.", "note": "=1+1", "note_2": "x" * 500}
    assert found.warnings == ("attr.note_2 is cut at 500 characters",)


def test_remarks_on_the_heading_come_with_the_first_row() -> None:
    bad, first, second = rows("email,statsu\nbad,x\na@example.org,x\nb@example.org,y")
    assert isinstance(bad, RowError)
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    assert "did you mean status?" in first.warnings[0]
    assert second.warnings == ()


def test_an_address_beyond_ascii_is_remarked_on() -> None:
    found = row("email\nzoë@bücher.example")
    assert found.address == "zoë@xn--bcher-kva.example"
    assert "SMTPUTF8" in found.warnings[0]


def test_a_stream_in_another_encoding_is_refused_as_a_whole() -> None:
    stream = io.TextIOWrapper(io.BytesIO(b"email\n\xff"), encoding="utf-8")
    with stream, pytest.raises(UsageError, match="cannot be read as utf-8"):
        list(read(stream, zone=KOLKATA, now=NOW, known_topics=(), known_digests=(), default_digest=None))


def test_an_address_that_occurs_twice_is_given_twice() -> None:
    found = rows("email,name\nAnn@example.org,Ann\nann@EXAMPLE.org,Lee")
    assert [one.key for one in found if isinstance(one, Row)] == ["ann@example.org"] * 2


@pytest.mark.parametrize(
    ("text", "what"), [("", "is empty"), ("\n\n", "is empty"), ("name\nAnn", "no column"), ('"email\n', "not closed")]
)
def test_files_that_are_none(text: str, what: str) -> None:
    with pytest.raises(UsageError, match=what) as caught:
        rows(text)
    assert caught.value.exit_code == 2


def test_files_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(b"email;name\r\na@example.org;Zo\xeb\r\nb@example.org;Bo\r\n")

    def again(name: Path) -> Iterator[Row | RowError]:
        return read(name, zone=KOLKATA, now=NOW, known_topics=(), known_digests=(), default_digest=None)

    first, second = again(path)
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    assert (first.name, first.warnings) == ("Zoë", ("not UTF-8, read as Windows-1252",))
    assert (second.name, second.warnings) == ("Bo", ())
    next(started := again(path))
    started.close()  # type: ignore[attr-defined]
    with pytest.raises(UsageError, match="cannot be read") as caught:
        list(again(tmp_path / "none.csv"))
    assert caught.value.where == str(tmp_path / "none.csv")


class Endless(io.TextIOBase):
    """A stream of `count` lines that are never in memory together, each with cells of its own."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.made = -1

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        self.made += 1
        if self.made == 0:
            return "email,name,tags,consent,joined,city\n"
        if self.made > self.count:
            return ""
        n = self.made
        return f"a{n}@example.org,Name {n},tag{n},form {n},2026-01-01 00:00:{n % 60:02}.{n:06},City {n}\n"


def peak(count: int) -> int:
    """Bytes that reading so many lines takes at most."""
    tracemalloc.start()
    try:
        source = cast(IO[str], Endless(count))
        stream = read(source, zone=KOLKATA, now=NOW, known_topics=(), known_digests=(), default_digest=None)
        assert sum(isinstance(one, Row) for one in stream) == count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_file() -> None:
    assert peak(30_000) < peak(10_000) + 500_000


PIECES = ["a@example.org", "bad", ",", ";", '"', "\n", "world", "active", "left", "2026-01-01", "\0", "é", "'=", " "]
LINES = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=80)


@given(LINES)
def test_any_body_gives_rows_and_reasons_in_order(body: str) -> None:
    found = rows("email,name,status,topics,joined,city\n" + body)
    numbers = [one.line for one in found]
    assert numbers == sorted(set(numbers))
    for one in found:
        if isinstance(one, RowError):
            assert one.what
            assert clean(one.email) == one.email
        else:
            assert normalise(one.address).key == one.key
            assert clean(one.name) == one.name
