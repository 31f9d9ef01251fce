"""The picture by which opens are counted: where it stands, and where it never does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digest.address import OPENED, encode
from digest.models.edition import Rendering
from digest.pipeline.opens import PIXEL, unwatched, watched

PAGE = "<html><body><p>Hello {{name}}</p></body></html>"
PLAIN = Rendering(
    "daily/2026-11-24", "everyone", "en", "daily", "Rents", "", PAGE, "Hello {{name}}", ("name",), 1, 1, 1
)


@pytest.mark.parametrize("page", [PAGE, "<p>No body {{name}}", "<body>one</body> in text</body>", ""])
def test_the_picture_ends_the_html_and_comes_off_again(page: str) -> None:
    before = replace(PLAIN, html=page)
    after = watched(before)
    assert after.html.removesuffix("</html>").removesuffix("</body>").endswith(PIXEL)
    assert after.html.count(PIXEL) == 1
    assert (after.text, after.slots) == (before.text, ("name", OPENED))
    assert watched(after) == after
    assert unwatched(after) == before
    assert unwatched(before) == before


def test_text_only_never_has_it() -> None:
    alone = encode(watched(PLAIN)).plain
    assert alone.rendering.slots == ("name",)
    assert OPENED not in alone.rendering.html + alone.rendering.text
