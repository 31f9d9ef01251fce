from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from digest.ingest import Answer, CannedFetcher, SourceReport, SourceState, ingest
from digest.models.story import story_id
from digest.settings import Source

NOW = datetime(2026, 1, 16, 7, tzinfo=UTC)
PROSE = (
    "The council voted late on Tuesday to rebuild the old harbour wall, ending a dispute of almost three years. " * 2
)


def feed(*titles: str) -> bytes:
    items = "".join(f"<item><title>{t}</title><link>https://n.example/{t}?utm_source=x</link></item>" for t in titles)
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


def run(
    root: Path,
    sources: list[Source],
    answers: Mapping[str, Answer],
    states: Mapping[str, SourceState] | None = None,
    most: int = 500,
) -> list[SourceReport]:
    return list(
        ingest(sources, root=root, fetch=CannedFetcher(answers), now=NOW, zone=UTC, states=states or {}, most=most)
    )


def test_gives_one_report_a_source_in_their_order_whatever_happens(tmp_path: Path) -> None:
    (tmp_path / "stories").mkdir()
    (tmp_path / "stories/a.md").write_text("+++\ntitle = 'A'\n+++\nText\n")
    sources = [
        Source("gone", "feed", url="https://n.example/gone"),
        Source("desk", "folder", path="stories"),
        Source("wire", "feed", url="https://n.example/feed", topics=("world",), language="en"),
        Source("none", "page", url="https://nobody.example/"),
    ]
    reports = run(
        tmp_path,
        sources,
        {"https://n.example/feed": Answer(body=feed("x", "y")), "https://n.example/gone": Answer(410)},
    )
    assert [report.source for report in reports] == ["gone", "desk", "wire", "none"]
    assert [len(report.stories) for report in reports] == [0, 1, 2, 0]
    assert [len(report.failures) for report in reports] == [1, 0, 0, 1]
    assert reports[0].failures[0].what == "is gone for good (HTTP 410)"


def test_every_story_gets_what_its_source_says(tmp_path: Path) -> None:
    source = Source("wire", "feed", url="https://n.example/feed", topics=("world",), language="de")
    (report,) = run(tmp_path, [source], {"https://n.example/feed": Answer(body=feed("x"))})
    (story,) = report.stories
    assert (story.source, story.topics, story.language, story.seen) == ("wire", ("world",), "de", NOW)
    assert story.url == "https://n.example/x"
    assert story.id == story_id("https://n.example/x", "wire", "x")


def test_asks_conditionally_and_says_when_nothing_changed(tmp_path: Path) -> None:
    source = Source("wire", "feed", url="https://n.example/feed")
    answers = {"https://n.example/feed": Answer(body=feed("x"), headers={"etag": "7", "last-modified": "then"})}
    (first,) = run(tmp_path, [source], answers)
    assert (first.etag, first.last_modified, first.unchanged) == ("7", "then", False)
    (second,) = run(tmp_path, [source], answers, {"wire": SourceState(first.etag, first.last_modified)})
    assert (second.stories, second.unchanged, second.etag) == ((), True, "7")


def test_an_answer_that_cannot_be_read_is_asked_for_again_in_full(tmp_path: Path) -> None:
    source = Source("wire", "feed", url="https://n.example/feed")
    (report,) = run(
        tmp_path, [source], {"https://n.example/feed": Answer(body=b"<rss>" + b"<" * 9, headers={"etag": "7"})}
    )
    assert report.failures
    assert report.etag is None


def test_the_same_story_twice_is_one(tmp_path: Path) -> None:
    source = Source("wire", "feed", url="https://n.example/feed")
    (report,) = run(tmp_path, [source], {"https://n.example/feed": Answer(body=feed("x", "x", "y"))})
    assert [story.title for story in report.stories] == ["x", "y"]


def test_more_than_the_most_is_said_not_hidden(tmp_path: Path) -> None:
    source = Source("wire", "feed", url="https://n.example/feed")
    (report,) = run(tmp_path, [source], {"https://n.example/feed": Answer(body=feed("a", "b", "c"))}, most=2)
    assert len(report.stories) == 2
    assert "1 stories more" in report.failures[0].what


def test_reads_a_page_with_the_charset_of_its_answer(tmp_path: Path) -> None:
    page = f"<h1>Grądy i łąki nad rzeką</h1><p>{PROSE}</p>".encode("iso-8859-2")
    answers = {"https://n.example/a": Answer(body=page, headers={"content-type": "text/html; charset=iso-8859-2"})}
    (report,) = run(tmp_path, [Source("page", "page", url="https://n.example/a")], answers)
    assert report.stories[0].title == "Grądy i łąki nad rzeką"
    assert report.stories[0].url == "https://n.example/a"


def test_a_wordpress_site_is_asked_for_its_posts(tmp_path: Path) -> None:
    posts = b'[{"title": {"rendered": "A"}, "link": "https://n.example/a"}]'
    answers = {"https://n.example/wp-json/wp/v2/posts?per_page=50&_embed=1": Answer(body=posts)}
    (report,) = run(tmp_path, [Source("site", "wordpress", url="https://n.example/")], answers)
    assert [story.title for story in report.stories] == ["A"]


def test_a_sitemap_leads_to_its_pages(tmp_path: Path) -> None:
    answers = {
        "https://n.example/map.xml": Answer(
            body=b"<sitemapindex><sitemap><loc>https://n.example/day.xml</loc></sitemap></sitemapindex>"
        ),
        "https://n.example/day.xml": Answer(
            body=b"<urlset><url><loc>https://n.example/a</loc></url><url><loc>https://n.example/b</loc></url></urlset>"
        ),
        "https://n.example/a": Answer(body=f"<h1>A page with a title</h1><p>{PROSE}</p>".encode()),
        "https://n.example/b": Answer(404),
    }
    (report,) = run(tmp_path, [Source("map", "sitemap", url="https://n.example/map.xml")], answers)
    assert [story.title for story in report.stories] == ["A page with a title"]
    assert [failure.where for failure in report.failures] == ["https://n.example/b"]


def test_pages_that_robots_may_not_read_are_named_not_fetched(tmp_path: Path) -> None:
    answers = {
        "https://n.example/map.xml": Answer(
            body=b"<urlset><url><loc>https://n.example/a</loc></url><url><loc>https://n.example/b</loc></url></urlset>"
        ),
        "https://n.example/robots.txt": Answer(body=b"User-agent: digest\nDisallow: /b\nDisallow: /map.xml"),
        "https://n.example/a": Answer(body=f"<h1>A page with a title</h1><p>{PROSE}</p>".encode()),
        "https://n.example/b": Answer(body=f"<h1>A page apart</h1><p>{PROSE}</p>".encode()),
    }
    (report,) = run(tmp_path, [Source("map", "sitemap", url="https://n.example/map.xml")], answers)
    assert [story.title for story in report.stories] == ["A page with a title"]
    assert [failure.where for failure in report.failures] == ["https://n.example/b"]
    assert "robots.txt" in report.failures[0].what


def test_reading_starts_no_heavy_library() -> None:
    heavy = "{'lxml', 'httpx', 'feedparser', 'idna', 'cchardet'}"
    code = f"import sys, digest.ingest; sys.exit(len({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
