"""JSON lines: what we print ourselves is read back, and one bad line never stops the others."""

from __future__ import annotations

import json
from datetime import datetime

from digest.ingest import parse
from digest.models.story import SourceFailure, Story, to_json

NOW = datetime.fromisoformat("2026-11-24T07:00:00+05:30")
MARKDOWN = """+++
title = "Council votes to rebuild the wall"
url = "https://news.example/wall"
published = 2026-11-23T18:00:00+05:30
author = "Ann Lee"
tags = ["harbour"]
takeaways = ["The wall will be rebuilt", "Work begins in May"]
image = { url = "https://news.example/w.jpg", alt = "The wall", credit = "Jo Ray" }
+++
The council voted on Monday.

## A cheaper wall

It will cost 2 million euros.
"""


def test_what_is_printed_is_read_back() -> None:
    (first,) = parse(MARKDOWN.encode(), "a.md", now=NOW)
    assert isinstance(first, Story)
    line = json.dumps(
        to_json(first) | {"cluster": "x", "topics": [{"topic": "world", "confidence": 1.0, "rule": "r"}]}
    )
    (again,) = parse(line.encode(), "a.jsonl", now=NOW)
    assert isinstance(again, Story)
    assert again.topics == ("world",)
    for name in ("id", "title", "url", "published", "author", "tags", "takeaways", "image", "body", "sections"):
        assert getattr(again, name) == getattr(first, name), name


def test_bad_lines_are_failures_with_their_number() -> None:
    lines = ('{"title": "One", "url": "https://n.example/1"}', "{broken", "[]", "", '{"url": "https://n.example/2"}')
    text = "\n".join((*lines, '{"title": "Two"}'))
    found = parse(text.encode(), "s.ndjson", now=NOW)
    assert [type(item) for item in found] == [Story, SourceFailure, SourceFailure, SourceFailure, Story]
    assert [item.where for item in found if isinstance(item, SourceFailure)] == [
        "s.ndjson:2",
        "s.ndjson:3",
        "s.ndjson:5",
    ]
