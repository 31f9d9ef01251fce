"""Pages, feeds and the sitemap of the archive, made from hostile words too."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

import digest.archive
from digest.archive import (
    Correction,
    Entry,
    Issue,
    Paper,
    Part,
    Piece,
    Places,
    TopicEntry,
    atom,
    gone_page,
    issue_page,
    list_page,
    rss,
    sheet,
    sitemap,
    topic_page,
)
from digest.models.story import Image
from digest.settings import Theme

HOSTILE = '</script><script>alert(1)</script> "quoted" & \x0b <b>bold</b>'
SENT = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
PLACES = Places("https://news.example/paper/", "/paper")
WORDS = Path(digest.archive.__file__).parent / "words"


def say(key: str, **values: object) -> str:
    return " ".join([key, *map(str, values.values())])


PAPER = Paper(
    "The Ledger", "https://news.example", "en", "ltr", "1 Press Lane", Theme(), say, lambda at: f"{at:%d %b}",
    join="/paper/join", agree="Yes, send it.", topics={"world": "World"},
)  # fmt: skip
ENTRY = Entry("daily/2026-11-24", "daily", "Every morning", "2026-11-24", "Five countries agree", SENT)
PIECE = Piece(
    "abc", "Five countries agree to share a river", "https://news.example/a?x=1&y=2",
    takeaways=("It was signed on Monday.",), paragraphs=(), labels=("Opinion",), author="Ada",
    image=Image("https://img.example/a.jpg", "A bridge", "The Wire", 1600, 900),
)  # fmt: skip
ISSUE = Issue(
    ENTRY, "And a second story", "2 stories · 1 min",
    (Part("lead", "", (PIECE,)), Part("world", "World", (replace(PIECE, id="def", url=None, image=None),))),
)  # fmt: skip


def hostile(text: str) -> Issue:
    piece = replace(PIECE, headline=text, takeaways=(text,), paragraphs=(text,), labels=(text,), author=text)
    return Issue(replace(ENTRY, title=text), text, text, (Part("world", text, (piece,)),))


def test_an_issue_has_everything_that_machines_look_for() -> None:
    older, newer = replace(ENTRY, id="daily/2026-11-23"), replace(ENTRY, id="daily/2026-11-25")
    tree = html.fromstring(issue_page(PAPER, PLACES, ISSUE, older=older, newer=newer))
    url = "https://news.example/paper/archive/daily/2026-11-24/"
    assert tree.xpath("//link[@rel='canonical']/@href") == [url]
    assert tree.xpath("//meta[@property='og:url']/@content") == [url]
    assert tree.xpath("//meta[@property='og:image']/@content") == ["https://img.example/a.jpg"]
    assert tree.xpath("//link[@rel='prev']/@href") == ["/paper/archive/daily/2026-11-23/"]
    assert tree.xpath("//link[@rel='next']/@href") == ["/paper/archive/daily/2026-11-25/"]
    data = json.loads(tree.xpath("//script/text()")[0])
    assert data["@type"] == "NewsArticle"
    assert data["datePublished"] == "2026-11-24T01:30:00+00:00"
    assert data["mentions"][0]["headline"] == PIECE.headline
    assert [element.tag for element in tree.iter("h1", "h2", "h3")] == ["h1", "h2", "h2", "h3", "h2"]
    assert tree.xpath("//form/@action") == ["/paper/join"]
    assert tree.xpath("//input[@name='digest']/@value") == ["daily"]


def test_corrections_stand_on_top_and_in_the_data() -> None:
    corrected = replace(ISSUE, entry=replace(ENTRY, corrections=(Correction("It is 41.", SENT),)))
    page = issue_page(PAPER, PLACES, corrected)
    assert page.index("It is 41.") < page.index(PIECE.headline)
    assert '"correction": ["It is 41."]' in page
    assert "It is 41." in atom(PAPER, PLACES, [corrected])


@pytest.mark.parametrize("make", [atom, rss])
def test_feeds_are_read_by_others_with_full_text(make: object) -> None:
    read = feedparser.parse(make(PAPER, PLACES, [ISSUE]))  # type: ignore[operator]
    assert not read.bozo
    [entry] = read.entries
    assert entry.title == "Five countries agree"
    assert entry.link == "https://news.example/paper/archive/daily/2026-11-24/"
    assert "It was signed on Monday." in entry.content[0].value
    assert entry.published_parsed[:5] == (2026, 11, 24, 1, 30)


def test_an_empty_archive_is_valid_too() -> None:
    assert not feedparser.parse(atom(PAPER, PLACES, [])).bozo
    assert not feedparser.parse(rss(PAPER, PLACES, [])).bozo
    assert "none" in list_page(PAPER, PLACES, [])
    etree.fromstring(sitemap(PLACES, [], []).encode())


def test_the_sitemap_leaves_out_what_was_withdrawn() -> None:
    gone = replace(ENTRY, id="daily/2026-11-23", withdrawn="Wrong.")
    text = sitemap(PLACES, [ENTRY, gone], ["world"])
    assert "daily/2026-11-24/" in text
    assert "archive/topic/world/" in text
    assert "2026-11-23" not in text
    etree.fromstring(text.encode())


def test_a_withdrawn_edition_is_named_and_not_linked() -> None:
    gone = replace(ENTRY, withdrawn="Its lead was wrong.")
    assert "archive/daily/2026-11-24/" not in list_page(PAPER, PLACES, [gone])
    page = gone_page(PAPER, PLACES, gone)
    assert "Its lead was wrong." in page
    assert "noindex" in page


def test_a_topic_leads_to_the_very_story() -> None:
    page = topic_page(PAPER, PLACES, "world", [TopicEntry("abc", "A river", ENTRY)])
    assert "/paper/archive/daily/2026-11-24/#s-abc" in page


@given(st.just(HOSTILE) | st.text(st.characters(codec="utf-8"), max_size=60))
def test_no_words_become_markup(text: str) -> None:
    issue = hostile(text)
    page = issue_page(PAPER, PLACES, issue)
    assert len(re.findall(r"<script", page)) == 1
    json.loads(html.fromstring(page).xpath("//script/text()")[0])
    for feed in (atom(PAPER, PLACES, [issue]), rss(PAPER, PLACES, [issue])):
        etree.fromstring(feed.encode())
    for other in (list_page(PAPER, PLACES, [issue.entry]), gone_page(PAPER, PLACES, issue.entry)):
        assert "<script" not in other


def test_without_a_sign_up_there_is_no_form() -> None:
    assert "<form" not in issue_page(replace(PAPER, join=""), PLACES, ISSUE)


def test_the_sheet_has_the_papers_colours() -> None:
    assert Theme().accent in sheet(PAPER)
    assert Theme().accent_dark in sheet(PAPER)


def test_every_language_has_the_same_words() -> None:
    english = tomllib.loads((WORDS / "en.toml").read_text(encoding="utf-8"))
    for file in sorted(WORDS.glob("*.toml")):
        words = tomllib.loads(file.read_text(encoding="utf-8"))
        assert list(words) == list(english), file.name
        for key, phrase in words.items():
            if key != "day":
                assert set(re.findall(r"\{\w+\}", phrase)) == set(re.findall(r"\{\w+\}", english[key])), key
