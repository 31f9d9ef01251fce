"""The topics that a new publication starts with: dated lists that a newsroom takes over and makes its own."""

from __future__ import annotations

import tomllib
from pathlib import Path

from digest.settings import Topic

FILE = Path(__file__).with_name("default_topics.toml")


def default_topics() -> dict[str, Topic]:
    """The shipped topics by id, in their order; `FILE` is the same as commented text for a `digest.toml`."""
    tables = tomllib.loads(FILE.read_text(encoding="utf-8"))["topics"]
    return {
        name: Topic(table["label"], match=tuple(table["match"]), sections=tuple(table["sections"]))
        for name, table in tables.items()
    }
