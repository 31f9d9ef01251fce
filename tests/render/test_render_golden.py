"""One fixed edition by each template, byte for byte. `DIGEST_GOLDEN=write pytest tests/render` writes them anew: read
the difference before you commit it, it is what readers will see."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from render_sample import of_template

from digest.render import render
from digest.settings import Theme

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"


@pytest.mark.parametrize("part", ["html", "txt"])
@pytest.mark.parametrize("template", ["daily", "weekly", "breaking", "personal"])
def test_the_sample_edition_is_what_it_was(template: str, part: str) -> None:
    made = render(
        of_template(template), templates=(ROOT / "templates",), template=template, theme=Theme(), language="en"
    )
    now = made.html if part == "html" else made.text
    file = GOLDEN / f"{template}.{part}"
    if os.environ.get("DIGEST_GOLDEN") == "write":
        file.write_text(now, encoding="utf-8", newline="")
    assert now.encode() == file.read_bytes(), "DIGEST_GOLDEN=write rewrites tests/golden after a wanted change"
