"""The rooms are cheap to enter: heavy libraries are imported when something is rendered or checked."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("room", ["digest.render", "digest.check"])
def test_entering_imports_nothing_heavy(room: str) -> None:
    heavy = ("jinja2", "mjml", "premailer", "cssutils", "requests", "lxml", "babel")
    code = f"import sys, {room}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
