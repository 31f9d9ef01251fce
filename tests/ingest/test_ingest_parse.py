# ruff: noqa: E501 (markup and lines of text are the subject, and read better unbroken)
from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.ingest import parse
from digest.ingest.decode import LIMIT
from digest.models.story import SourceFailure, Story, from_json, to_json

NAMES = st.sampled_from(["x", "x.html", "x.xml", "x.json", "x.md", "x.txt", "x.gz", "https://n.example/a?b=.xml"])
PIECES = st.sampled_from(
    [b"<", b">", b"</", b"<h1>Title of the page</h1>", b"<p>", b"<ul><li>", b"<h2>Key takeaways</h2>", b"<script type='application/ld+json'>",
     b'{"@type":"NewsArticle","author":[{"@id":"a"}],"headline":["x"]}', b"</script>", b"<rss version='2.0'><channel>", b"<item><title>t",
     b"<pubDate>", b"<link>", b"<feed xmlns='http://www.w3.org/2005/Atom'><entry>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"&#0;",
     b"&#xD800;", b"<![CDATA[", b"]]>", b"<?xml version='1.0' encoding='utf-7'?>", b"<!--", b"-->", b"+++\n", b"title = 'x'\n",
     b"repeats = 'daily 06:40'\n", b"url = 'https://n.example/{date}'\n", b"\xff\xfe", b"\0", b"\x1f\x8b", "\u202e\u2028é".encode(),
     b'{"items":[', b'{"title":"a","content_html":"<b>"}', b"]}", b"[", b"\n\n", "• ".encode(), b"Latest\n\n", b"By ", b"2026-01-16",
     b"<meta property='og:title' content='x'>", b"<time datetime='0000-00-00'>", b"<br>", b"<template id='P:1'>", b"<div hidden id='S:1'>",
     b"<table><tr><td>", b" a few words of text that end here. ", b"<urlset><url><loc>http://", b"<html lang='x'>", b"<img src='//a'>"]
)  # fmt: skip


def check(data: bytes, name: str) -> None:
    for item in parse(data, name):
        if isinstance(item, Story):
            text = "".join((item.title, item.body, item.excerpt, *item.takeaways, *item.tags, item.author or ""))
            text.encode("utf-8")
            assert item.title
            assert "\n" not in item.title
            assert "\r" not in text
            assert "\0" not in text
            assert from_json(to_json(item)) == item
        else:
            assert item.what
            assert item.where


@given(st.binary(max_size=500), NAMES)
def test_any_bytes_give_stories_or_failures(data: bytes, name: str) -> None:
    check(data, name)


@given(st.lists(PIECES, max_size=40), NAMES)
def test_any_pieces_of_markup_give_stories_or_failures(pieces: list[bytes], name: str) -> None:
    check(b"".join(pieces), name)


@given(st.lists(PIECES, max_size=20), NAMES)
def test_the_same_bytes_give_the_same_stories(pieces: list[bytes], name: str) -> None:
    data = b"".join(pieces)
    assert parse(data, name) == parse(data, name)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty"),
        (b"  \n ", "is empty"),
        (b"x" * (LIMIT + 1), "larger than 16 MB"),
        (gzip.compress(b"\0" * 100_000_000), "larger than 16 MB"),
        (gzip.compress(b"hello")[:-4], "damaged gzip"),
        (bytes(range(1, 32)) * 50, "is not text"),
    ],
    ids=["empty", "blank", "large", "bomb", "damaged", "binary"],
)
def test_says_why_nothing_can_be_read(data: bytes, what: str) -> None:
    (found,) = parse(data, "x")
    assert isinstance(found, SourceFailure)
    assert what in found.what


def test_a_packed_page_reads_as_the_page() -> None:
    page = b"<h1>Council votes to rebuild the wall</h1><p>Text.</p>"
    assert parse(gzip.compress(page), "a.html.gz") == parse(page, "a.html.gz")


@pytest.mark.parametrize(
    "markup",
    [
        "<h2>Key takeaways</h2><ul>" + "<li>a bullet of some words" * 30_000,
        "<div class='summary'>" * 100 + "<span></span>" * 60_000,
        "<h2>Key takeaways</h2><p>some words" * 15_000,
        "<h1>Another title of a page</h1>" * 20_000,
        "<meta name='keywords' content='a,b'>" * 30_000,
        "<p class='" + "summary " * 200_000 + "'>x",
        "<script type='application/ld+json'>" + '{"@graph":[' * 20_000,
    ],
    ids=["items", "empties", "labels", "titles", "metas", "classes", "graph"],
)
def test_monstrous_pages_are_read_to_an_end(markup: str) -> None:
    (found,) = parse(f"<html><h1>Title of a page</h1>{markup}".encode(), "a.html")
    assert isinstance(found, Story | SourceFailure)
