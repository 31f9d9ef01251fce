# ruff: noqa: E501 (markup and lines of text are the subject, and read better unbroken)
from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from digest.ingest.context import Context
from digest.ingest.html.flow import flow
from digest.ingest.html.tree import parsed
from digest.ingest.metadata import Metadata, primary_language, read_metadata

TITLE = "Council votes to rebuild the old harbour wall"
TEXT = "<p>The council voted late on Tuesday to rebuild the old harbour wall, ending a dispute of three years.</p>"


def read(head: str = "", body: str = "", url: str | None = None) -> Metadata:
    tree = parsed(f"<html><head>{head}</head><body>{body or f'<h1>{TITLE}</h1>{TEXT}'}</body></html>")
    assert tree is not None
    return read_metadata(tree, flow(tree), Context(url=url))


def ld(*nodes: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(nodes[0] if len(nodes) == 1 else list(nodes))}</script>'


def article(**more: Any) -> dict[str, Any]:
    return {"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE} | more


def day(found: Metadata) -> str | None:
    return found.published.date().isoformat() if found.published else None


class TestTitle:
    def test_is_the_visible_headline_and_the_other_ones_are_short_titles(self) -> None:
        found = read(
            '<meta property="og:title" content="Harbour wall: council votes | Post"><meta property="og:site_name" content="Post">'
        )
        assert found.title == TITLE
        assert found.short_titles == ("Harbour wall: council votes",)

    def test_of_several_h1_the_one_that_the_metadata_means(self) -> None:
        found = read(
            f'<meta property="og:title" content="{TITLE}">', f"<h1>The Harbour Post</h1><h1>{TITLE}</h1>{TEXT}"
        )
        assert found.title == TITLE

    def test_without_h1_what_the_metadata_says_without_the_sites_name(self) -> None:
        assert read(f"<title>{TITLE} - The Post</title>", TEXT).title == TITLE
        assert read(ld(article()), TEXT).title == TITLE

    def test_a_hidden_h1_does_not_count(self) -> None:
        assert (
            read(f'<meta property="og:title" content="{TITLE}">', f"<h1 hidden>Other words here</h1>{TEXT}").title
            == TITLE
        )

    def test_alternative_headlines_are_kept(self) -> None:
        assert read(ld(article(alternativeHeadline="Wall to be rebuilt"))).short_titles == ("Wall to be rebuilt",)


class TestDates:
    def test_json_ld_wins_over_meta_over_address(self) -> None:
        meta = '<meta property="article:published_time" content="2026-01-15T08:00:00Z">'
        url = "https://news.example/2026/01/14/wall"
        assert day(read(ld(article(datePublished="2026-01-16T08:00:00+05:30")) + meta, url=url)) == "2026-01-16"
        assert day(read(meta, url=url)) == "2026-01-15"
        assert day(read(url=url)) == "2026-01-14"

    def test_nonsense_is_passed_over(self) -> None:
        assert (
            day(read('<meta name="date" content="2014-00-29">', url="https://news.example/2014/01/29/x"))
            == "2014-01-29"
        )

    def test_a_visible_date_near_the_headline_is_the_last_witness(self) -> None:
        assert day(read(body=f"<h1>{TITLE}</h1><p>Published Friday, January 16, 2026</p>{TEXT}")) == "2026-01-16"
        assert (
            day(read(body=f'<div><h1>{TITLE}</h1><time datetime="2026-01-16">Friday</time></div>{TEXT}'))
            == "2026-01-16"
        )

    def test_published_and_updated_are_kept_apart(self) -> None:
        found = read(ld(article(datePublished="2026-01-14", dateModified="2026-01-16")))
        assert (found.published, found.updated) == (
            datetime(2026, 1, 14, tzinfo=UTC),
            datetime(2026, 1, 16, tzinfo=UTC),
        )

    def test_a_page_that_only_says_when_it_was_changed_is_not_newer_than_that(self) -> None:
        found = read(body=f"<h1>{TITLE}</h1><p>Last updated: 16 January 2026</p>{TEXT}")
        assert (day(found), found.updated) == ("2026-01-16", None)

    def test_no_date_is_no_date(self) -> None:
        assert read().published is None

    def test_a_date_in_the_text_is_none_of_the_page(self) -> None:
        body = f"<h1>{TITLE}</h1>{TEXT}{TEXT}<p>The wall was first built after the flood of January 16, 1953, as every child knows.</p>"
        assert read(body=body).published is None


class TestAuthor:
    def test_references_inside_a_graph_are_resolved(self) -> None:
        graph = {"@graph": [article(author={"@id": "#a"}), {"@type": "Person", "@id": "#a", "name": "Ann Lee"}]}
        assert read(ld(graph)).author == "Ann Lee"

    def test_several_authors_are_all_named_and_organisations_only_without_people(self) -> None:
        both = [
            {"@type": "Person", "name": "Ann Lee"},
            {"@type": "Organization", "name": "The Post"},
            {"@type": "Person", "name": "Jo Ray"},
        ]
        assert read(ld(article(author=both))).author == "Ann Lee, Jo Ray"
        assert read(ld(article(author=both[1]))).author == "The Post"

    @pytest.mark.parametrize(
        ("line", "author"),
        [
            ('<p class="byline">By Ann Lee and Jo Ray</p>', "Ann Lee, Jo Ray"),
            ("<p>By Ann Lee | Updated 16 January 2026</p>", "Ann Lee"),
            ('<div class="author-box"><a href="/ann">Ann Lee</a> <span>5 min read</span></div>', "Ann Lee"),
            ('<a rel="author" href="/x">Ursula von der Leyen</a>', "Ursula von der Leyen"),
            ("<p>Von Jan Petersen</p>", "Jan Petersen"),
            ('<span class="author">4m read</span>', None),
            ('<span class="author">admin</span>', None),
            ("<p>By the sea there is a wall.</p>", None),
        ],
    )
    def test_reads_the_line_under_the_headline(self, line: str, author: str | None) -> None:
        assert read(body=f"<h1>{TITLE}</h1>{line}{TEXT}").author == author

    def test_a_meta_author_that_is_an_address_is_none(self) -> None:
        assert read('<meta property="article:author" content="https://social.example/post">').author is None


class TestImage:
    def test_takes_open_graph_with_alt_and_credit_of_the_figure(self) -> None:
        head = '<meta property="og:image" content="https://cdn.example/harbour-wall.jpg?w=1200"><meta property="og:image:width" content="1200">'
        figure = (
            '<figure><img src="https://cdn.example/harbour-wall.jpg?w=300" alt="The old wall">'
            "<figcaption>The wall on Tuesday. (Photo: Jo Ray)</figcaption></figure>"
        )
        image = read(head, f"<h1>{TITLE}</h1>{figure}{TEXT}").image
        assert image is not None
        assert (image.alt, image.credit, image.width) == ("The old wall", "Jo Ray", 1200)

    def test_takes_json_ld_when_there_is_no_other(self) -> None:
        node = {"@type": "ImageObject", "url": "https://cdn.example/wall.jpg", "creditText": "Jo Ray", "width": 800}
        image = read(ld(article(image=node))).image
        assert image is not None
        assert (image.url, image.credit, image.width) == ("https://cdn.example/wall.jpg", "Jo Ray", 800)

    def test_a_logo_is_no_picture_of_the_story(self) -> None:
        assert read('<meta property="og:image" content="https://cdn.example/site-logo.png">').image is None

    def test_relative_addresses_need_a_known_page(self) -> None:
        head = '<meta property="og:image" content="/wall.jpg">'
        assert read(head).image is None
        image = read(head, url="https://news.example/a").image
        assert image is not None
        assert image.url == "https://news.example/wall.jpg"


def test_section_and_tags() -> None:
    found = read(
        '<meta property="article:section" content="World"><meta property="article:tag" content="harbour"><meta property="article:tag" content="Harbour">'
        '<meta name="keywords" content="other">'
    )
    assert (found.section, found.tags) == ("World", ("harbour",))
    assert read('<meta name="keywords" content="sea, wall; town">').tags == ("sea", "wall", "town")


def test_broken_json_ld_is_forgiven_or_passed_over() -> None:
    assert read(
        f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{TITLE}","datePublished":"2026-01-16",}}</script>'
    ).published
    assert read('<script type="application/ld+json">{{{</script>').published is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("en-US", "en"),
        ("pt_BR", "pt"),
        ("DE", "de"),
        ("zh-Hans-CN", "zh"),
        ("english", None),
        ("", None),
        (None, None),
    ],
)
def test_primary_language(text: str | None, wanted: str | None) -> None:
    assert primary_language(text) == wanted
