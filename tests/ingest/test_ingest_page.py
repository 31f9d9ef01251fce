# ruff: noqa: E501 (markup and lines of text are the subject, and read better unbroken)
from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from digest.ingest.context import Context
from digest.ingest.page import PAGE_LIMIT, read_page
from digest.models.story import Kind, SourceFailure, Story

BODY = (
    "<p>"
    + "The council voted late on Tuesday to rebuild the old harbour wall, which ends a long dispute. " * 2
    + "</p>"
)
DELHI = ZoneInfo("Asia/Kolkata")


def story(markup: str, **more: object) -> Story:
    (found,) = read_page(markup, Context(source="desk", where="a.html", zone=DELHI, **more))  # type: ignore[arg-type]
    assert isinstance(found, Story), found
    return found


def page(head: str = "", body: str = BODY, title: str = "Council votes to rebuild the harbour wall") -> str:
    return f"<html lang='en-GB'><head>{head}</head><body><article><h1>{title}</h1>{body}</article></body></html>"


def test_names_itself_by_canonical_link_else_og_url() -> None:
    both = '<link rel="canonical" href="https://news.example/a?utm_source=x"><meta property="og:url" content="https://news.example/b">'
    assert story(page(both)).url == "https://news.example/a"
    assert story(page('<meta property="og:url" content="https://news.example/b">')).url == "https://news.example/b"
    assert story(page('<link rel="canonical" href="/a">')).url is None


def test_the_known_address_wins() -> None:
    link = '<link rel="canonical" href="https://other.example/a">'
    assert story(page(link), url="https://news.example/a").url == "https://news.example/a"


def test_language_is_the_sources_own_else_that_of_the_page() -> None:
    assert story(page()).language == "en"
    assert story(page(), language="de").language == "de"
    assert story("<h1>Council votes to rebuild</h1>" + BODY).language is None


def test_default_topics_and_time_of_seeing_come_from_the_source() -> None:
    now = datetime.fromisoformat("2026-01-16T07:00:00+05:30")
    found = story(page(), topics=("world",), now=now)
    assert (found.topics, found.seen, found.source) == (("world",), now, "desk")


@pytest.mark.parametrize(
    ("head", "paywalled"),
    [
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","headline":"x","isAccessibleForFree":false}</script>',
            True,
        ),
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","headline":"x","isAccessibleForFree":"False"}</script>',
            True,
        ),
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","headline":"x","isAccessibleForFree":true}</script>',
            False,
        ),
        ('<meta property="article:content_tier" content="locked">', True),
        ('<meta property="article:content_tier" content="free">', False),
        ("", False),
    ],
)
def test_knows_what_is_for_subscribers(head: str, paywalled: bool) -> None:
    assert story(page(head)).paywalled is paywalled


def test_kind_comes_with_evidence() -> None:
    found = story(page('<script type="application/ld+json">{"@type":"OpinionNewsArticle","headline":"x"}</script>'))
    assert (found.kind, found.kind_evidence) == (Kind.OPINION, "type OpinionNewsArticle")


def test_an_excerpt_that_repeats_the_title_is_none() -> None:
    assert story(page('<meta name="description" content="Council votes to rebuild the harbour wall">')).excerpt == ""
    assert story(page('<meta name="description" content="A dispute ends.">')).excerpt == "A dispute ends."


@pytest.mark.parametrize(
    ("markup", "what"),
    [
        ("<html><body><p>words</p></body></html>", "has no headline"),
        ("<!-- -->", "empty"),
        ("<h1>A title of some words</h1>" + "<div>" * 5_000, "deeply nested"),
        ("<h1>A title of some words</h1><p>" + "a" * 10_500_000, "larger"),
        ("x" * (PAGE_LIMIT + 1), "million characters"),
    ],
)
def test_says_why_there_is_no_story(markup: str, what: str) -> None:
    (found,) = read_page(markup, Context(where="a.html"))
    assert isinstance(found, SourceFailure)
    assert what in found.what
