"""Backends by name: ours, anyone's, or words about what is known."""

from __future__ import annotations

import pytest

from digest.backends import resolve
from digest.errors import ConfigError

KNOWN = ("folder", "memory")


def test_ours_and_anyones() -> None:
    from digest.send import memory

    assert resolve("send", "memory", KNOWN, "open", "x") is memory.open
    assert resolve("send", "json:dumps", KNOWN, "open", "x").__name__ == "dumps"


@pytest.mark.parametrize(
    ("name", "says"),
    [("foldr", "did you mean folder"), ("zzz", "known: folder, memory"), ("no.such:Thing", "cannot")],
)
def test_what_cannot_be_found_is_said(name: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        resolve("send", name, KNOWN, "open", "[delivery] transport")
