from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from digest.ingest import parse
from digest.models.story import Kind, Section, SourceFailure, Story

DELHI = ZoneInfo("Asia/Kolkata")
NOW = datetime.fromisoformat("2026-01-16T09:00:00+05:30")

FULL = """+++
title = "Council votes to rebuild the wall"
url = "https://news.example/world/wall?utm_source=x"
published = 2026-01-15T18:00:00
author = "Ann Lee"
section = "World"
tags = ["harbour", "council"]
language = "en"
kind = "analysis"
paywalled = true
excerpt = "A dispute of three years ends."
short_titles = ["Wall to be rebuilt"]
topics = ["world"]
image = { url = "https://news.example/wall.jpg", alt = "The wall", credit = "Jo Ray" }
+++
The council voted **late** on [Tuesday](https://x.example).
It goes on.

## Key Takeaways

- One thing
- Two *things*
  in one

## A cheaper wall

- A point of the text
"""


def read(text: str, **more: object) -> tuple[Story | SourceFailure, ...]:
    return parse(text.encode(), "stories/a.md", source="desk", zone=DELHI, **more)  # type: ignore[arg-type]


def story(text: str, **more: object) -> Story:
    (found,) = read(text, **more)
    assert isinstance(found, Story), found
    return found


def failure(text: str) -> SourceFailure:
    (found,) = read(text)
    assert isinstance(found, SourceFailure)
    return found


def test_reads_all_of_the_front_matter() -> None:
    found = story(FULL, now=NOW)
    assert found.title == "Council votes to rebuild the wall"
    assert found.url == "https://news.example/world/wall"
    assert found.published == datetime.fromisoformat("2026-01-15T18:00:00+05:30")
    assert (found.author, found.section, found.tags, found.language) == (
        "Ann Lee",
        "World",
        ("harbour", "council"),
        "en",
    )
    assert (found.kind, found.paywalled, found.topics) == (Kind.ANALYSIS, True, ("world",))
    assert found.image is not None
    assert (found.image.alt, found.image.credit) == ("The wall", "Jo Ray")
    assert found.seen == NOW
    assert found.source == "desk"


def test_reads_body_sections_and_takeaways() -> None:
    found = story(FULL)
    assert found.takeaways == ("One thing", "Two things in one")
    assert found.body == "The council voted late on Tuesday. It goes on.\n\nA point of the text"
    assert found.sections == (Section("A cheaper wall", "A point of the text"),)


def test_takeaways_of_the_front_matter_win() -> None:
    found = story("+++\ntitle = 'x'\ntakeaways = ['own']\n+++\n## Summary\n- other\n")
    assert found.takeaways == ("own",)


def test_a_top_heading_is_a_title_when_there_is_no_other() -> None:
    assert story("# The title\n\nText.\n").title == "The title"


def test_front_matter_needs_no_url() -> None:
    found = story("+++\ntitle = 'A'\npublished = 2026-01-15\n+++\nText\n")
    assert found.url is None
    assert found.published == datetime.fromisoformat("2026-01-15T00:00:00+05:30")


@pytest.mark.parametrize(
    ("head", "where", "what"),
    [
        ("titl = 'x'", "stories/a.md:2", "titl: unknown key"),
        ("title = 'x'\nkind = 'gossip'", "stories/a.md:3", '"gossip" is not one of the choices'),
        ("title = 'x'\nurl = 'javascript:1'", "stories/a.md:3", "http or https"),
        ("title = 'x'\ntags = 'a'", "stories/a.md:3", "must be a list"),
        ("title = 'x'\npublished = 'soon'", "stories/a.md:3", "must be a date"),
        ("title = 'x'\nimage = { alt = 'y' }", "stories/a.md:3", "url"),
        ("title = 'x'\npaywalled = 'yes'", "stories/a.md:3", "true or false"),
        ("title = 7", "stories/a.md:2", "must be text"),
        ("author = 'x'", "stories/a.md", "title: is missing"),
        ("title = 'x'\nbroken", "stories/a.md:3", "front matter"),
    ],
)
def test_says_what_is_wrong_and_on_which_line(head: str, where: str, what: str) -> None:
    found = failure(f"+++\n{head}\n+++\nText\n")
    assert found.where == where
    assert what in found.what


def test_an_unknown_key_is_answered_with_the_nearest() -> None:
    assert failure("+++\ntitl = 'x'\n+++\n").hint == "did you mean title?"


STANDING = (
    '+++\ntitle = "Quiz"\nurl = "https://news.example/quiz/{date}"\nrepeats = "daily 06:40"\n+++\nTen questions.\n'
)


def test_a_standing_item_is_a_story_for_each_recent_day() -> None:
    found = [item for item in read(STANDING, now=NOW) if isinstance(item, Story)]
    assert [item.url for item in found] == [f"https://news.example/quiz/2026-01-{day}" for day in (13, 14, 15, 16)]
    assert found[-1].published == datetime.fromisoformat("2026-01-16T06:40:00+05:30")
    assert len({item.id for item in found}) == 4


def test_a_second_reading_the_same_day_adds_nothing_and_the_next_day_one() -> None:
    ids = {item.id for item in read(STANDING, now=NOW) if isinstance(item, Story)}
    later = {item.id for item in read(STANDING, now=NOW.replace(hour=23)) if isinstance(item, Story)}
    tomorrow = {item.id for item in read(STANDING, now=NOW.replace(day=17)) if isinstance(item, Story)}
    assert later == ids
    assert len(tomorrow - ids) == 1


def test_without_a_clock_a_standing_item_has_neither_time_nor_address() -> None:
    found = story(STANDING)
    assert (found.published, found.url) == (None, None)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (STANDING.replace("daily 06:40", "sometimes"), "repeats"),
        (STANDING.replace("/{date}", ""), "{date}"),
        (STANDING.replace("repeats", "published = 2026-01-01\nrepeats"), "published"),
    ],
)
def test_standing_items_say_what_they_need(text: str, what: str) -> None:
    (found,) = read(text, now=NOW)
    assert isinstance(found, SourceFailure)
    assert what in found.what


def test_a_front_page_place_is_a_rail() -> None:
    text = '+++\ntitle = "A"\nfront = 2\n+++\nText.\n'
    (story,) = read(text)
    assert isinstance(story, Story)
    assert (story.rails, story.rail_order) == (("Front page",), (1,))
    for wrong in ("0", "true", '"first"'):
        (failure,) = read(text.replace("front = 2", f"front = {wrong}"))
        assert isinstance(failure, SourceFailure)
        assert "place on the front page" in failure.what
