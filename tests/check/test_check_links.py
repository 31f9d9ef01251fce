"""Where links lead."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from digest.check import Finding

Found = Callable[..., dict[str, list[Finding]]]
LINK = "https://paper.news/b"


@pytest.mark.parametrize(
    "href",
    [
        "",
        "#",
        "http://paper.news/b",
        "http://localhost:8000/b",
        "https://localhost/b",
        "https://127.0.0.1/",
        "https://10.0.0.4/",
        "https://[::1]/",
        "https://cms.internal/b",
        "https://paper.news/a b",
        "https://paper.news/ä",
        "https://paper.news/{{ id }}",
        "{{no_slot}}",
        "*|LINK|*",
        "/relative",
        "ftp://paper.news/b",
        "https://[broken",
    ],
)
def test_a_link_that_cannot_arrive_blocks(found: Found, href: str) -> None:
    assert found(LINK, href)["link.valid"][0].level == "error"


@pytest.mark.parametrize(
    "href", ["mailto:desk@paper.news", "tel:+49301234", "{{browser_url}}", "https://paper.news/?a=1#b"]
)
def test_a_good_link_passes(found: Found, href: str) -> None:
    assert "link.valid" not in found(LINK, href)


def test_example_names_are_one_warning_a_site_where_mail_leaves(found: Found) -> None:
    hits = found('href="https://paper.news/', 'href="https://news.example/', leaves=True)["link.valid"]
    assert [(hit.level, "2 links" in hit.message) for hit in hits] == [("warning", True)]


def test_example_names_are_only_mentioned_while_mail_stays_here(found: Found) -> None:
    hits = found('href="https://paper.news/', 'href="https://news.example/')["link.valid"]
    assert [hit.level for hit in hits] == ["info"]


def test_a_story_without_a_link_warns_and_blocks_what_leaves(found: Found) -> None:
    bare = ('<a href="https://paper.news/b">Dockers end a strike</a>', "Dockers end a strike")
    assert found(*bare)["story.link"][0].level == "warning"
    assert found(*bare, leaves=True)["story.link"][0].level == "error"
    lead = ('<a href="https://paper.news/a">Five countries agree to share a river</a>', "Five")
    assert "story.link" in found(*lead)


def test_shortened_and_disguised_links_are_seen(found: Found) -> None:
    assert "link.shortened" in found(LINK, "https://bit.ly/x")
    assert "link.shown" in found(">Dockers end a strike<", ">www.bank.com<")
    assert "link.shown" not in found(">Dockers end a strike<", ">paper.news/b<")
    assert "link.shown" not in found(LINK, "https://www.paper.news/b")
