# ruff: noqa: E501 (markup and lines of text are the subject, and read better unbroken)
from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from digest.ingest import parse
from digest.models.story import SourceFailure, Story


def read(data: Any) -> list[Story | SourceFailure]:
    return list(parse(json.dumps(data).encode(), "feed.json", source="wire", url="https://news.example/feed.json"))


def test_reads_json_feed() -> None:
    (found,) = read(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "language": "en-US",
            "authors": [{"name": "The Desk"}],
            "items": [
                {
                    "id": "1",
                    "url": "/wall#top",
                    "title": "A wall &amp; a sea",
                    "content_html": "<p>Text here.</p><h3>Key points</h3><ul><li>One thing is so</li><li>Two are not so</li></ul>",
                    "summary": "Short.",
                    "image": "https://news.example/a.jpg",
                    "date_published": "2026-01-16T10:00:00+01:00",
                    "date_modified": "2026-01-17T10:00:00+01:00",
                    "tags": ["harbour", "harbour", 7],
                }
            ],
        }
    )
    assert isinstance(found, Story)
    assert (found.title, found.url, found.author, found.language) == (
        "A wall & a sea",
        "https://news.example/wall",
        "The Desk",
        "en",
    )
    assert found.takeaways == ("One thing is so", "Two are not so")
    assert (found.excerpt, found.tags) == ("Short.", ("harbour",))
    assert found.published == datetime.fromisoformat("2026-01-16T10:00:00+01:00")
    assert found.updated == datetime.fromisoformat("2026-01-17T10:00:00+01:00")


def test_reads_plain_text_content_and_an_id_that_is_an_address() -> None:
    (found,) = read({"items": [{"id": "https://news.example/7", "title": "x", "content_text": "One.\n\nTwo."}]})
    assert isinstance(found, Story)
    assert (found.url, found.body) == ("https://news.example/7", "One.\n\nTwo.")


def test_reads_wordpress_posts_with_what_is_embedded() -> None:
    (found,) = read(
        [
            {
                "link": "https://news.example/wall",
                "title": {"rendered": "A wall &#8211; rebuilt"},
                "excerpt": {"rendered": "<p>Short. [&hellip;]</p>"},
                "content": {"rendered": "<p>Text.</p>"},
                "date": "2026-01-16T11:00:00",
                "date_gmt": "2026-01-16T10:00:00",
                "modified_gmt": "2026-01-16T10:00:00",
                "_embedded": {
                    "author": [{"name": "Ann Lee"}],
                    "wp:featuredmedia": [{"source_url": "https://news.example/a.jpg", "alt_text": "The wall"}],
                    "wp:term": [
                        [{"taxonomy": "category", "name": "World"}],
                        [{"taxonomy": "post_tag", "name": "sea"}],
                    ],
                },
            }
        ]
    )
    assert isinstance(found, Story)
    assert (found.title, found.author, found.section, found.tags) == (
        "A wall – rebuilt",
        "Ann Lee",
        "World",
        ("World", "sea"),
    )
    assert found.published == datetime.fromisoformat("2026-01-16T10:00:00+00:00")
    assert found.updated is None
    assert found.image is not None
    assert found.image.alt == "The wall"


def test_bad_items_are_failures() -> None:
    found = read({"items": [{"title": ""}, 7, {"title": "good"}]})
    assert [type(item) for item in found] == [SourceFailure, SourceFailure, Story]


@pytest.mark.parametrize("data", [{}, {"a": 1}, [1, 2], "words", {"items": "no"}])
def test_other_json_is_said_to_be_other(data: Any) -> None:
    found = parse(json.dumps(data).encode(), "x.json")
    assert all(isinstance(item, SourceFailure) for item in found)
    assert found


def test_broken_json_is_said_to_be_broken() -> None:
    (found,) = parse(b'{"items": [', "x.json")
    assert isinstance(found, SourceFailure)
    assert found.what == "is not well-formed JSON"


def test_an_empty_list_of_posts_is_no_failure() -> None:
    assert read([]) == []
