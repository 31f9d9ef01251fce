from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.ingest import parse
from digest.ingest.capture import captured
from digest.models.story import Story

PAGE = "<html><body><h1>Council votes to rebuild the wall</h1></body></html>"
SINGLE_FILE = """<!DOCTYPE html> <html><!--
 Page saved with SingleFile
 url: https://news.example/wall?utm_source=x
 saved date: Fri Jan 16 2026 10:00:00 GMT+0530 (India Standard Time)
-->"""


@pytest.mark.parametrize(
    ("text", "url", "seen"),
    [
        (SINGLE_FILE + PAGE, "https://news.example/wall", "2026-01-16T10:00:00+05:30"),
        ("<!-- saved from url=(0025)https://news.example/wall -->" + PAGE, "https://news.example/wall", None),
        ("<!-- saved from url=(0014)about:internet -->" + PAGE, None, None),
        (PAGE + "<!-- FILE ARCHIVED ON 07:08:09 Jan 16, 2026 AND RETRIEVED -->", None, "2026-01-16T07:08:00+00:00"),
        (PAGE, None, None),
    ],
)
def test_reads_what_savers_write(text: str, url: str | None, seen: str | None) -> None:
    found = captured(text, UTC)
    assert (found.url, found.seen.isoformat() if found.seen else None) == (url, seen)


def test_a_saved_page_is_a_story_of_its_address_seen_when_it_was_saved() -> None:
    (story,) = parse((SINGLE_FILE + PAGE).encode(), "saved.html")
    assert isinstance(story, Story)
    assert story.url == "https://news.example/wall"
    assert story.seen is not None
    assert story.seen.isoformat() == "2026-01-16T10:00:00+05:30"


@given(st.text(alphabet="<!->savedfromurl=(0)GMT+-:JanFri 2026\n", max_size=200))
def test_never_raises(text: str) -> None:
    captured(f"<!--\n Page saved with SingleFile\n url: {text}\n saved date: {text}\n-->", UTC)
