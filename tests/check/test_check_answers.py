"""What addresses answered is judged without asking anybody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digest.check import Seen, check, check_answers, to_ask
from digest.models.edition import Rendering

A, B, PICTURE = "https://paper.news/a", "https://paper.news/b", "https://img.news/a.jpg"


def test_every_link_and_picture_is_asked_once_and_no_slot(sound: Rendering) -> None:
    assert to_ask(sound) == (A, PICTURE, B)
    twice = replace(sound, html=sound.html.replace("<h2>World</h2>", f'<h2>World</h2><a href="{A}">Again</a>'))
    assert to_ask(twice) == (A, PICTURE, B)


@pytest.mark.parametrize(
    ("url", "seen", "rule", "level"),
    [
        (A, Seen(404), "link.dead", "error"),
        (A, Seen(410), "link.dead", "error"),
        (A, Seen(400), "link.dead", "error"),
        (A, Seen(503), "link.dead", "warning"),
        (A, Seen(403), "link.dead", "info"),
        (A, Seen(None, problem="the server cannot be reached"), "link.dead", "warning"),
        (A, Seen(200, final="https://other.news/a"), "link.moved", "warning"),
        (A, Seen(200, final="https://paper.news/elsewhere"), "link.moved", "info"),
        (PICTURE, Seen(404), "img.bytes", "error"),
        (PICTURE, Seen(200, kind="text/html"), "img.bytes", "error"),
        (PICTURE, Seen(200, size=300_000, kind="image/jpeg"), "img.bytes", "warning"),
        (PICTURE, Seen(200, size=2_000_000, kind="image/jpeg"), "img.bytes", "error"),
        (PICTURE, Seen(None, problem="no answer"), "img.bytes", "warning"),
    ],
)
def test_an_answer_that_readers_would_mind(sound: Rendering, url: str, seen: Seen, rule: str, level: str) -> None:
    assert [(finding.id, finding.level) for finding in check_answers(sound, {url: seen})] == [(rule, level)]


@pytest.mark.parametrize(
    "seen",
    [
        Seen(200, final=A),
        Seen(200, final="http://www.paper.news/a/"),
        Seen(304),
        Seen(200, final=f"{A}#top", size=9**9),
    ],
)
def test_an_answer_that_is_fine(sound: Rendering, seen: Seen) -> None:
    assert check_answers(sound, {A: seen}) == ()


def test_nothing_asked_is_nothing_found(sound: Rendering) -> None:
    assert check_answers(sound, {}) == ()
    assert not [finding for finding in check(sound) if finding.id in ("link.dead", "link.moved", "img.bytes")]
