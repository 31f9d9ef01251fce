# ruff: noqa: E501 (markup and lines of text are the subject, and read better unbroken)
from __future__ import annotations

from datetime import UTC, datetime

from digest.ingest.context import Context
from digest.ingest.sitemap import read_places, read_sitemap
from digest.models.story import SourceFailure, Story

NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://news.example/opinion/old</loc><lastmod>2026-01-14</lastmod></url>
<url><loc>https://news.example/wall?utm_source=x</loc><news:news><news:publication><news:name>Post</news:name>
<news:language>en</news:language></news:publication><news:publication_date>2026-01-16T10:00:00Z</news:publication_date>
<news:title>Council votes to rebuild the wall</news:title><news:keywords>harbour, council</news:keywords></news:news></url>
<url><loc>javascript:alert(1)</loc></url>
</urlset>"""
HERE = Context(source="map", where="sitemap.xml")


def test_reads_news_entries_as_stories_and_names_the_rest() -> None:
    found = read_sitemap(NEWS, HERE)
    story = found[0]
    assert isinstance(story, Story)
    assert (story.title, story.url) == ("Council votes to rebuild the wall", "https://news.example/wall")
    assert (story.tags, story.language) == (("harbour", "council"), "en")
    assert story.published == datetime(2026, 1, 16, 10, tzinfo=UTC)
    assert isinstance(found[1], SourceFailure)
    assert found[1].what.startswith("1 addresses")


def test_puts_the_newest_first_and_tells_indexes_apart() -> None:
    places = read_places(NEWS, HERE)
    assert not isinstance(places, SourceFailure)
    assert [place.url for place in places] == ["https://news.example/wall", "https://news.example/opinion/old"]
    index = read_places("<sitemapindex><sitemap><loc>https://news.example/a.xml</loc></sitemap></sitemapindex>", HERE)
    assert not isinstance(index, SourceFailure)
    assert index[0].is_map


def test_other_xml_and_entity_bombs_are_failures() -> None:
    for text in ("<a/>", "<urlset", "", '<!DOCTYPE u [<!ENTITY x SYSTEM "file:///x">]><urlset/>'):
        assert isinstance(read_places(text, HERE), SourceFailure)
