"""Addresses in a mail: only safe ones, `utm` values once."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render import safe_url, tag
from digest.settings import Links

LINKS = Links(utm_source="digest")


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://news.example/a?b=c&d=e#f", "https://news.example/a?b=c&d=e#f"),
        ("HTTPS://News.Example/Ä b", "https://news.example/%C3%84%20b"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://news.example/%20already", "https://news.example/%20already"),
        ('https://news.example/"onclick=x', "https://news.example/%22onclick=x"),
        ("https://news.example/{{name}}", "https://news.example/%7B%7Bname%7D%7D"),
        ("http://[2001:db8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
        ("https://news.example/a\r\nBcc: x", "https://news.example/aBcc:%20x"),
    ],
)
def test_an_address_becomes_plain_ascii(url: str, safe: str) -> None:
    assert safe_url(url) == safe


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "//news.example/x",
        "/relative",
        "https://",
        "https://user:pass@news.example/",
        "https://news.example:port/",
        "ftp://news.example/",
        "https://a b.example/",
        "https://news.example/" + "x" * 3000,
        "java\nscript:alert(1)",
    ],
)
def test_what_a_mail_may_not_link_is_none(url: str | None) -> None:
    assert safe_url(url) is None


@given(st.text(max_size=80))
def test_any_text_gives_none_or_a_clean_https_address(text: str) -> None:
    safe = safe_url(f"https://news.example/{text}")
    assert safe is not None
    assert safe.isascii()
    assert not set(safe) & set("\"'<> {}\\\r\n\t")
    assert safe_url(safe) == safe


def test_utm_values_are_added_behind_what_is_there() -> None:
    assert tag("https://news.example/a", LINKS, "daily") == (
        "https://news.example/a?utm_source=digest&utm_medium=email&utm_campaign=daily"
    )
    assert tag("https://news.example/a?x=%20y&x=2#top", LINKS, "daily") == (
        "https://news.example/a?x=%20y&x=2&utm_source=digest&utm_medium=email&utm_campaign=daily#top"
    )


def test_a_parameter_that_is_there_is_never_doubled_or_changed() -> None:
    once = tag("https://news.example/a?utm_source=partner", LINKS, "daily")
    assert once.count("utm_source") == 1
    assert "utm_source=partner" in once
    assert tag(once, LINKS, "daily") == once


def test_nothing_is_added_without_a_source_and_the_campaign_can_be_named() -> None:
    assert tag("https://news.example/a", Links(), "daily") == "https://news.example/a"
    named = tag("https://news.example/a", Links(utm_source="d", utm_medium=None, utm_campaign="a b"), "daily")
    assert parse_qsl(urlsplit(named).query) == [("utm_source", "d"), ("utm_campaign", "a b")]
