"""What is exported is what is imported."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from digest.models.people import Consent, Frequency
from digest.readers import Row, RowError, RowSubscription, clean, read, write

KOLKATA = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=KOLKATA)
ATTRIBUTES = ["city", "status", "x_1"]


def written(*rows: Row) -> str:
    out = io.StringIO(newline="")
    assert write(rows, out, attributes=ATTRIBUTES) == len(rows)
    return out.getvalue()


def back(text: str) -> list[Row | RowError]:
    return list(
        read(
            io.StringIO(text),
            zone=KOLKATA,
            now=NOW,
            known_topics={"world", "business"},
            known_digests={"daily", "weekly", "extra"},
            default_digest="daily",
        )
    )


def test_the_file() -> None:
    ann = Row(
        0,
        "ann@example.org",
        "ann@example.org",
        name="Lee, Ann",
        language="en",
        tags=("press", "vip"),
        attributes={"city": "Delhi", "status": "gold", "other": "not asked for"},
        joined=datetime(2026, 1, 4, tzinfo=UTC),
        subscriptions=(
            RowSubscription("daily", Consent.ACTIVE, ("world",)),
            RowSubscription("weekly", Consent.LEFT),
            RowSubscription("extra", Consent.ACTIVE, ("world",)),
        ),
        consent="form",
        consented=datetime(2026, 1, 5, tzinfo=UTC),
    )
    person = 'ann@example.org,"Lee, Ann",en,,'
    rest = "2026-01-05T00:00:00+00:00 form,2026-01-04T00:00:00+00:00,,,,Delhi,gold,"
    assert written(ann).split("\r\n") == [
        "email,name,language,timezone,topics,tags,digests,status,frequency,paused_until,consent,joined,status_since,status_reason,text_only,city,attr.status,x_1",
        f"{person}world,press;vip,daily;extra,active,daily,,{rest}",
        f"{person},press;vip,weekly,left,daily,,{rest}",
        "",
    ]


def test_someone_without_a_digest_gets_none_on_the_way_back() -> None:
    bo = Row(2, "bo@example.org", "bo@example.org")
    assert back(written(bo)) == [bo]


def test_someone_suppressed_stays_so() -> None:
    bo = Row(2, "bo@example.org", "bo@example.org", subscriptions=(RowSubscription("daily", Consent.LEFT),))
    assert back(written(replace(bo, suppression="complained"))) == [replace(bo, suppression="complained")]


def test_no_cell_begins_like_a_formula() -> None:
    row = Row(2, "=cmd@example.org", "=cmd@example.org", name="@SUM(A1)", attributes={"city": "+1", "x_1": "-2"})
    (_, cells) = csv.reader(io.StringIO(written(row)))
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]
    assert back(written(row)) == [row]


TEXT = st.text(max_size=12).map(clean)
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2026, 11, 23), timezones=st.just(KOLKATA))  # noqa: DTZ001
CONSENTS = st.sampled_from(["", "form on the front page", "=1+1", "-", "by phone, 5 pm"])


@st.composite
def people(draw: st.DrawFn) -> Row:
    """A row as an import gives it, with one state, frequency and choice of topics for all digests."""
    state = draw(st.sampled_from(Consent))
    terms = RowSubscription(
        digest="",
        state=state,
        topics=draw(st.lists(st.sampled_from(["world", "business"]), unique=True).map(tuple)),
        frequency=draw(st.sampled_from(Frequency)),
        paused_until=draw(st.none() | MOMENTS) if state is Consent.PAUSED else None,
    )
    digests = draw(st.lists(st.sampled_from(["daily", "weekly", "extra"]), unique=True))
    values = draw(st.fixed_dictionaries({}, optional=dict.fromkeys(ATTRIBUTES, TEXT)))
    address = draw(st.sampled_from(["ann@example.org", "+bo@example.org", "O'Neil@example.org", "zoë@example.org"]))
    return Row(
        line=2,
        address=address,
        key=address.lower(),
        name=draw(TEXT),
        language=draw(st.sampled_from(["", "en", "pt-br"])),
        timezone=draw(st.sampled_from(["", "Asia/Kolkata"])),
        attributes={name: value for name, value in values.items() if value},
        tags=draw(st.lists(st.sampled_from(["vip", "new york", "=x", "-", "'"]), unique=True).map(tuple)),
        joined=draw(st.none() | MOMENTS),
        subscriptions=tuple(replace(terms, digest=digest) for digest in digests),
        consent=draw(CONSENTS),
        consented=draw(st.none() | MOMENTS),
        text_only=draw(st.sampled_from([None, True, False])),
        suppression=draw(st.sampled_from([None, "bounced"])) if state is Consent.LEFT else None,
    )


@given(people())
def test_every_row_comes_back_as_it_was(row: Row) -> None:
    (found,) = back(written(row))
    assert isinstance(found, Row)
    assert replace(found, warnings=()) == row
