"""What makes filters suspicious is said, and a newspaper's front page is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from digest.check import Finding

Found = Callable[..., dict[str, list[Finding]]]
STORY = "<p>" + "The council met on Tuesday and agreed on the budget after nine hours. " * 12 + "</p>"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<h1>", '<div style="display:none">cheap pills for everyone</div><h1>', "text is hidden"),
        ("<h1>", '<span style="font-size:0">cheap pills</span><h1>', "text is hidden"),
        ("<h1>", "<p>BUY THIS NOW AND SAVE ALL YOUR MONEY TODAY</p><h1>", "all capitals"),
        ("<h1>", "<p>Act now, it is risk-free</p><h1>", "is what spam says"),
        ("<h1>", '<img src="https://img.news/b.jpg" alt="" width="600" height="3000"><h1>' + STORY, "large for"),
    ],
)
def test_a_sign_of_spam(found: Found, old: str, new: str, said: str) -> None:
    assert any(said in finding.message for finding in found(old, new)["spam.signals"])


def test_a_picture_with_hardly_any_text(found: Found) -> None:
    (finding,) = found("The council met on Tuesday and agreed on the budget after nine hours. " * 8, "")[
        "spam.signals"
    ]
    assert "1 pictures stand beside only" in finding.message


def test_a_front_page_has_none(found: Found) -> None:
    assert "spam.signals" not in found("<h1>", f"{STORY}<h1>")


def test_the_preheader_may_be_hidden_with_what_pads_it(found: Found) -> None:
    padded = "Dockers go back to work, and rates stay where they are" + "\u2007\u034f" * 50
    assert "spam.signals" not in found(
        "Dockers go back to work, and rates stay where they are</div>", f"{padded}</div>{STORY}"
    )
