"""What the compiler refuses without a position gets one."""

from __future__ import annotations

import pytest

from digest.render.unsaid import unsaid


@pytest.mark.parametrize(
    ("source", "what", "there"),
    [
        ("<p>a\x01b</p>", "the control character U+0001 stands here", "\x01"),
        ("<p>1 < 2</p>", "a < begins no tag", "< 2"),
        ("<div><p>open</div>", "<p> is not closed", "<p>"),
        ("<div><p>open</p>", "<div> is not closed", "<div>"),
        ("<div></p></div>", "</p> closes nothing", "</p>"),
    ],
)
def test_it_says_what_and_where(source: str, what: str, there: str) -> None:
    found = unsaid(source)
    assert found is not None
    assert (found[0], source[found[1] :].startswith(there)) == (what, True)


@pytest.mark.parametrize(
    "source", ["<p>a<br>b<img src='>'></p>", "<!-- < <b> --><p/>", "<!--[if mso]><td><![endif]--><p>a</p>"]
)
def test_what_is_sound_has_nothing(source: str) -> None:
    assert unsaid(source) is None
