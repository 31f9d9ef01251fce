"""Which element a finding is about, and the mark round it."""

from __future__ import annotations

import pytest

from digest.web.preview.pointing import Spot, marked, spot_of

MAIL = """<html><head><style>a{}</style></head><body><!-- <a href="x">no</a> --><h1>Top</h1>
<a href="https://one.example/">One</a><p>Small words here<br>and more</p><a id="own" href="https://two.example/a?b=c">Two</a>
<h3>A headline</h3><img src="https://pic.example/1.png"></body></html>"""


@pytest.mark.parametrize(
    ("where", "spot"),
    [
        ('html: the link "Two"', Spot("a", 1)),
        ('html: the link "One" to https://one.example/', Spot("a", 0)),
        ("html: the link to https://two.example/a?b=c", Spot("a", 1)),
        ('html: the headline "A headline"', Spot("h3", 0)),
        ("html: the picture https://pic.example/1.png", Spot("img", 0)),
        ('html: "Small words here and more"', Spot("p", 0)),
        ("html: <h1>", Spot("h1", 0)),
        ("html: <style>", None),
        ("html: <blink>", None),
        ('html: the link "Three"', None),
        ("subject", None),
        ("html", None),
    ],
)
def test_the_element_is_found(where: str, spot: Spot | None) -> None:
    assert spot_of(MAIL, where) == spot


def test_the_mark_stands_at_the_element() -> None:
    html, name = marked(MAIL, Spot("a", 0))
    assert f'<a id="{name}" data-digest-mark href="https://one.example/">' in html
    assert html.count("data-digest-mark") == 2
    assert marked(MAIL, Spot("a", 1))[1] == "own"
    assert marked(MAIL, Spot("a", 7)) == (MAIL, "")
