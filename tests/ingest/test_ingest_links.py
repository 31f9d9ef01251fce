# ruff: noqa: E501 (markup and lines of text are the subject, and read better unbroken)
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.ingest.links import canonical, is_web


@pytest.mark.parametrize(
    ("given_url", "wanted"),
    [
        ("HTTP://News.Example:80/a?utm_source=x&b=1&a=2#top", "http://news.example/a?b=1&a=2"),
        ("https://news.example:443", "https://news.example/"),
        ("https://news.example:8443/x", "https://news.example:8443/x"),
        ("https://me:secret@news.example/x", "https://news.example/x"),
        ("https://news.example/a b", "https://news.example/a%20b"),
        ("https://news.example/%7Ea", "https://news.example/%7Ea"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        ("https://news.example/#!/story/7", "https://news.example/#!/story/7"),
        ("https://news.example/a?fbclid=1&gclid=2", "https://news.example/a"),
        ("https://news.example/?id=7&page=2", "https://news.example/?id=7&page=2"),
        ("https://[2001:DB8::1]/x", "https://[2001:db8::1]/x"),
    ],
)
def test_keeps_what_names_the_story_and_drops_what_tracks(given_url: str, wanted: str) -> None:
    assert canonical(given_url) == wanted


@pytest.mark.parametrize(
    "url",
    [None, "", "/story", "//news.example/x", "javascript:alert(1)", "ftp://news.example/x", "mailto:a@b.example",
     "https://", "http://[bad/x", "https://news.example:99999/x", "http://exa mple/x", "https://a.example/" + "x" * 3000],
)  # fmt: skip
def test_refuses_what_is_no_address(url: str | None) -> None:
    assert canonical(url) is None


def test_makes_a_relative_address_absolute() -> None:
    assert canonical("../b?x=1", "https://news.example/world/a") == "https://news.example/b?x=1"


@given(st.text(max_size=80))
def test_never_raises_and_is_its_own_canonical_form(text: str) -> None:
    for url in (text, f"https://news.example/{text}", f"https://{text}/x"):
        made = canonical(url)
        if made is not None:
            assert is_web(made)
            assert canonical(made) == made
            assert made.isprintable()
            assert " " not in made


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/world/wall",
        "https://news.example/world/wall/",
        "https://m.news.example/world/wall",
        "https://amp.news.example/world/wall/",
        "https://news.example/world/wall/amp",
        "https://news.example/world/wall/amp/",
        "https://news.example/amp/world/wall",
        "https://news.example/world/wall?amp=1",
        "https://news.example/world/wall?outputType=amp",
    ],
)
def test_the_forms_of_one_address_are_one_story(url: str) -> None:
    from digest.ingest.links import folded

    assert folded(url) == "https://news.example/world/wall"


@pytest.mark.parametrize(
    "url",
    ["https://news.example/", "https://m.example/a", "https://news.example/camp", "https://news.example/a?id=amp"],
)
def test_what_only_looks_like_a_form_stays(url: str) -> None:
    from digest.ingest.links import folded

    assert folded(url) == url
