from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.ingest.dates import in_path, moment, written

DELHI = ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-01-16", "2026-01-16T00:00:00+05:30"),
        ("2026-01-16T07:05:09Z", "2026-01-16T07:05:09+00:00"),
        ("2026-01-16 07:05:09.123 +0200", "2026-01-16T07:05:09+02:00"),
        ("2026-01-16T07:05", "2026-01-16T07:05:00+05:30"),
        ("Fri, 16 Jan 2026 10:00:00 GMT", "2026-01-16T10:00:00+00:00"),
        ("Fri, 16 Jan 2026 10:00 EST", "2026-01-16T10:00:00-05:00"),
        ("20260116T070509Z", "2026-01-16T07:05:09+00:00"),
        ("Friday, January 16, 2026", "2026-01-16T00:00:00+05:30"),
        ("16. Januar 2026, 07:40 Uhr", "2026-01-16T07:40:00+05:30"),
        ("le 16 janvier 2026 à 7:40", "2026-01-16T07:40:00+05:30"),
        ("16 de enero de 2026", "2026-01-16T00:00:00+05:30"),
        ("January 16 2026 at 3:15 p.m.", "2026-01-16T15:15:00+05:30"),
        ("Nov 20 20194:29 AM", "2019-11-20T04:29:00+05:30"),
    ],
)
def test_reads_the_forms_that_sources_write(text: str, wanted: str) -> None:
    found = moment(text, DELHI)
    assert found is not None
    assert found.isoformat() == wanted


@pytest.mark.parametrize(
    "text", [None, "", "soon", "2014-00-29", "2026-02-30", "0001-01-01", "2999-01-01", "10", "May"]
)
def test_nonsense_is_no_date(text: str | None) -> None:
    assert moment(text, DELHI) is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://news.example/2010/08/13/story", "2010-08-13"),
        ("https://news.example/2010/sport/football/10/15/story/index.html", "2010-10-15"),
        ("https://news.example/world/2026/jan/16/story", "2026-01-16"),
        ("https://news.example/news-2026-01-16.html", "2026-01-16"),
        ("https://news.example/20260116/story", "2026-01-16"),
        ("https://news.example/what-changes-in-2026-1", None),
        ("https://news.example/2026/99/99/x", None),
        (None, None),
    ],
)
def test_reads_the_day_in_an_address(url: str | None, day: str | None) -> None:
    found = in_path(url, UTC)
    assert (found.date().isoformat() if found else None) == day


@given(st.text(max_size=60))
def test_never_raises_and_always_has_a_zone(text: str) -> None:
    for found in (moment(text, UTC), written(text, UTC), in_path(f"https://x.example/{text}", UTC)):
        assert found is None or found.tzinfo is not None
