"""What the tests of the preview know of their sample publication."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from re import sub
from typing import Any

import tomlkit

from digest.pipeline.project import Project, open_project
from digest.settings import load_settings

NOW = datetime.fromisoformat("2026-11-24T07:00:00+05:30")
TOKEN = "a-token-for-one-browser"
PORT = 8025
LABEL = "The Ledger, every morning"
PAGE = "/e/daily@2026-11-24"

# Opens a preview: visit(project), or visit(project, inside=False) to stand before the door.
Visit = Callable[..., Any]


def opened(folder: Path, clock: Callable[[], datetime] = lambda: NOW) -> Project:
    """The publication in `folder`, at a fixed time."""
    return open_project(load_settings(folder, {}), clock, {})


def write_story(folder: Path, title: str, takeaways: Sequence[str] = ()) -> None:
    """One more story of the last minutes, in the folder that the sample publication reads."""
    facts = {
        "title": title,
        "url": "https://ledger.example/late",
        "published": NOW - timedelta(minutes=2),
        "section": "World",
        "topics": ["world"],
        "language": "en",
        "takeaways": list(takeaways),
    }
    text = f"+++\n{tomlkit.dumps(facts)}+++\n\nMinisters of four countries met in the night and said so afterwards.\n"
    (folder / "sample" / "stories" / "late.md").write_text(text, encoding="utf-8")


def words(html: str) -> str:
    """What a page says, without its tags."""
    return " ".join(unescape(sub(r"<[^>]+>", " ", html)).split())
