"""Sizes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from digest.check import Finding
from digest.check.size import CLIPPED, NEARLY_CLIPPED, full_size

Found = Callable[..., dict[str, list[Finding]]]


@pytest.mark.parametrize(
    ("size", "level"),
    [(NEARLY_CLIPPED - 1, None), (NEARLY_CLIPPED, "warning"), (CLIPPED - 1, "warning"), (CLIPPED, "error")],
)
def test_the_clip_is_judged_to_the_byte(found: Found, sound: object, size: int, level: str | None) -> None:
    room = size - full_size(sound.html)  # type: ignore[attr-defined]
    hits = found("Talks took eleven years.", "Talks took eleven years." + "ä" * (room // 2) + "x" * (room % 2))
    assert [hit.level for hit in hits.get("size.gmail-clip", [])] == ([level] if level else [])


def test_slots_count_as_what_they_will_be_filled_with() -> None:
    assert full_size('<a href="{{unsubscribe_url}}">x</a>') > len('<a href="{{unsubscribe_url}}">x</a>') + 100


@pytest.mark.parametrize(("size", "level"), [(4_000, None), (9_000, "warning"), (17_000, "error")])
def test_style_sheets_have_a_limit_of_their_own(found: Found, size: int, level: str | None) -> None:
    hits = found("<style>", f"<style>/*{'x' * size}*/").get("size.gmail-style", [])
    assert [hit.level for hit in hits] == ([level] if level else [])
