"""A story as a value: its id, its hash, and its way through JSON and back."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from digest.models.story import Image, Kind, Section, Story, from_json, normalise_title, story_id, to_json

MOMENT = st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
WORDS = st.lists(st.text(max_size=20), max_size=3).map(tuple)
STORIES = st.builds(
    Story,
    id=st.text(min_size=1, max_size=16),
    title=st.text(max_size=60),
    url=st.none() | st.text(max_size=40),
    takeaways=WORDS,
    tags=WORDS,
    sections=st.lists(st.builds(Section, st.text(max_size=9), st.text(max_size=9)), max_size=2).map(tuple),
    image=st.none() | st.builds(Image, st.text(max_size=9), width=st.none() | st.integers(1, 9999)),
    rails=WORDS,
    rail_order=st.lists(st.integers(0, 99), max_size=3).map(tuple),
    published=MOMENT,
    updated=MOMENT,
    seen=MOMENT,
    kind=st.sampled_from(Kind),
    paywalled=st.booleans(),
)


@given(STORIES)
def test_a_story_comes_back_from_json_as_it_was(story: Story) -> None:
    assert from_json(json.loads(json.dumps(to_json(story)))) == story


@given(STORIES)
def test_when_it_was_seen_and_where_does_not_make_a_revision(story: Story) -> None:
    elsewhere = replace(story, seen=datetime(2026, 1, 1, tzinfo=UTC), rails=("Latest",), rail_order=(1,), source="x")
    assert elsewhere.content_hash == story.content_hash
    assert replace(story, title=story.title + "!").content_hash != story.content_hash


def test_an_id_is_base32_of_sha256_of_the_address_else_of_source_and_title() -> None:
    url = "https://news.example/a"
    wanted = base64.b32encode(hashlib.sha256(url.encode()).digest()).decode().lower()[:16]
    assert story_id(url, "desk", "Any title") == wanted
    assert story_id(None, "desk", "A  Title!") == story_id(None, "desk", "a title")
    assert story_id(None, "desk", "a title") != story_id(None, "wire", "a title")


def test_titles_are_compared_by_their_words() -> None:
    assert normalise_title("  “Straße” – at LAST… ") == normalise_title("strasse at last")
    assert normalise_title("भारत में बाढ़") == "भारत में बाढ़"
