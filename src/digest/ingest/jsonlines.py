"""Stories as JSON lines: one object a line, with the fields that `digest stories list --json` prints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from digest.errors import at
from digest.ingest.context import Context
from digest.ingest.feed import MOST_ITEMS
from digest.ingest.markdown import KEYS, read_values
from digest.models.story import SourceFailure, Story

_IMAGE = ("url", "alt", "credit")


def read_json_lines(text: str, context: Context) -> tuple[Story | SourceFailure, ...]:
    """A story or a failure for each line; one bad line never stops the others. Unknown fields are passed over."""
    found: list[Story | SourceFailure] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        if len(found) >= MOST_ITEMS:
            found.append(context.failure(f"holds more than {MOST_ITEMS} lines; the first were read"))
            break
        here = context.at(at(context.where, number), context.url)
        try:
            value = json.loads(line, strict=False)
        except (ValueError, RecursionError) as problem:
            found.append(here.failure("is not well-formed JSON", str(problem)[:200]))
            continue
        if not isinstance(value, Mapping):
            found.append(here.failure("is no object"))
            continue
        found.extend(read_values(_values(value), _body(value), here))
    return tuple(found)


def _values(value: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that front matter knows too. `repeats` and `front` are an editor's words, not a record's."""
    kept = {
        key: value[key] for key in KEYS if value.get(key) not in (None, "", []) and key not in ("repeats", "front")
    }
    topics = kept.get("topics")
    if isinstance(topics, list):
        kept["topics"] = [one.get("topic") if isinstance(one, Mapping) else one for one in topics]
    if isinstance(kept.get("image"), Mapping):
        kept["image"] = {key: kept["image"][key] for key in _IMAGE if kept["image"].get(key)}
    return kept


def _body(value: Mapping[str, Any]) -> str:
    """The running text as Markdown: its headed parts under their headings, where the record has them."""
    body = value.get("body")
    text = body if isinstance(body, str) else ""
    sections = value.get("sections")
    for section in sections if isinstance(sections, list) else ():
        if isinstance(section, Mapping) and isinstance(section.get("text"), str) and section["text"] in text:
            text = text.replace(section["text"], f"## {section.get('heading')}\n\n{section['text']}", 1)
    return text
