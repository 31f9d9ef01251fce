"""Pictures."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from digest.check import Finding

Found = Callable[..., dict[str, list[Finding]]]
IMAGE = '<img src="https://img.news/a.jpg" alt="A bridge" width="560">'


@pytest.mark.parametrize(
    ("image", "rule", "level"),
    [
        ('<img src="https://img.news/a.jpg" width="560">', "img.alt", "error"),
        ('<img src="https://img.news/a.jpg" alt="a_b-1.JPG" width="560">', "img.alt", "warning"),
        ('<a href="https://a.news/"><img src="https://img.news/a.jpg" alt="" width="5"></a>', "img.alt", "error"),
        ('<img src="https://img.news/a.jpg" alt="A">', "outlook.img-width", "error"),
        ('<img src="https://img.news/a.jpg" alt="A" width="100%">', "outlook.img-width", "error"),
        ('<img src="https://img.news/a.jpg" alt="A" width="268px">', "outlook.img-width", "error"),
        ('<img src="http://img.news/a.jpg" alt="A" width="5">', "img.https", "error"),
        ('<img alt="A" width="5">', "img.https", "error"),
        ('<img src="data:image/png;base64,x" alt="A" width="5">', "img.format", "warning"),
        ('<img src="https://img.news/a.svg?x=1" alt="A" width="5">', "img.format", "warning"),
    ],
)
def test_a_picture_that_is_not_seen_or_not_read(found: Found, image: str, rule: str, level: str) -> None:
    assert found(IMAGE, image)[rule][0].level == level


@pytest.mark.parametrize(
    "image",
    ['<img src="https://img.news/a.jpg" alt="" width="560">', '<img src="cid:logo" alt="The Ledger" width="9">'],
)
def test_a_decorating_or_attached_picture_passes(found: Found, image: str) -> None:
    assert not any(rule.startswith(("img.", "outlook.")) for rule in found(IMAGE, image))
