"""The line on which something stands in an edition file, for errors that editors can jump to."""

from __future__ import annotations

import re

from digest.pipeline.toml_array import ArrayText, array_at
from digest.settings.load import locate


def line_of(text: str, path: tuple[str, ...]) -> int | None:
    """The line (from 1) of a key, also of one inside an item of an array; of its nearest parent when it is not
    written by itself."""
    for length in range(len(path) - 1, 0, -1):
        if path[length].isdigit() and not path[length - 1].isdigit():
            array = find_array(text, path[:length])
            number = int(path[length])
            if array and number < len(array.items):
                item = array.items[number]
                key = path[length + 1] if len(path) > length + 1 else None
                inner = re.search(rf"[{{,]\s*{re.escape(key)}\s*=", item.text) if key else None
                offset = item.start + (inner.end() - len(key or "") if inner else 0)
                return text.count("\n", 0, offset) + 1
    return locate(text, path) or (_table_item(text, path))


def find_array(text: str, path: tuple[str, ...]) -> ArrayText | None:
    """The array that is the value of this key, written in brackets; None when it is written otherwise or absent."""
    number = locate(text, path)
    if number is None or not path:
        return None
    start = sum(len(line) + 1 for line in text.split("\n")[: number - 1])
    match = re.compile(rf"\s*[\"']?{re.escape(path[-1])}[\"']?\s*=\s*(?=\[)").match(text, start)
    if not match:
        return None
    try:
        return array_at(text, match.end())
    except ValueError:
        return None


def _table_item(text: str, path: tuple[str, ...]) -> int | None:
    return next((number for number, line in enumerate(text.splitlines(), 1) if path and path[0] in line), None)
