"""One fixed edition, byte for byte. `DIGEST_GOLDEN=write pytest tests/render/test_render_golden.py` rewrites it:
read the difference before you commit it, it is what readers will see."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from render_sample import edition

from digest.render import render
from digest.settings import Theme

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"


@pytest.mark.parametrize("part", ["html", "txt"])
def test_the_sample_edition_is_what_it_was(part: str) -> None:
    made = render(edition(), templates=(ROOT / "templates",), theme=Theme(), language="en")
    now = made.html if part == "html" else made.text
    file = GOLDEN / f"daily.{part}"
    if os.environ.get("DIGEST_GOLDEN") == "write":
        file.write_text(now, encoding="utf-8", newline="")
    assert now.encode() == file.read_bytes(), "DIGEST_GOLDEN=write rewrites tests/golden after a wanted change"
