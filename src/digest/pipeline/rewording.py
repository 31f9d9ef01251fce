"""The text of an edition file with an editor's words put into it: one value changes, and every comment stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.items import AoT

from digest.errors import UsageError
from digest.pipeline.edition_file import EditionFile
from digest.pipeline.edition_lines import find_array


def with_words(text: str, file: EditionFile, story: str, title: str | None, lines: Sequence[str] | None) -> str:
    """The text with this headline and these lines of a story, wherever it stands in the edition; None takes the
    editor's own away.

    Raises:
        UsageError: the story stands nowhere in the edition.
    """
    places = [
        (number, place)
        for number, section in enumerate(file.sections)
        for place, one in enumerate(section.stories)
        if one.id == story
    ]
    if not places:
        raise UsageError("the story stands nowhere in the edition any more", where=file.edition)
    for number, place in places:
        text = _with_entry(text, number, place, {"title": title, "lines": None if lines is None else list(lines)})
    return text


def _with_entry(text: str, number: int, place: int, words: Mapping[str, object]) -> str:
    """The text with these words in one story's entry; an entry in braces stays on its line, in the usual spacing."""
    document: Any = tomlkit.parse(text)
    entry = document["sections"][number]["stories"][place]
    known = {key: value for key, value in entry.unwrap().items() if key not in words}
    wanted = known | {key: value for key, value in words.items() if value is not None}
    if wanted == entry.unwrap():
        return text
    array = find_array(text, ("sections", str(number), "stories"))
    if array is not None and place < len(array.items):
        item = array.items[place]
        pairs = ", ".join(f"{key} = {tomlkit.item(value).as_string()}" for key, value in wanted.items())
        return f"{text[: item.start]}{{ {pairs} }}{text[item.start + len(item.text) :]}"
    for key, value in words.items():
        if value is not None:
            entry[key] = value
        elif key in entry:
            del entry[key]
    return tomlkit.dumps(document)


def with_row(text: str, subject: str, preheader: str) -> str:
    """The text with this subject and preheader; an empty one is made from the stories."""
    document: Any = tomlkit.parse(text)
    for key, value in (("subject", subject), ("preheader", preheader)):
        if document.get(key, "") != value:
            document[key] = value
    return tomlkit.dumps(document)


def with_ignore(text: str, rule: str, reason: str, by: str) -> str:
    """The text with one more ignored rule; one that is ignored already gets the new reason."""
    document: Any = tomlkit.parse(without_ignore(text, rule))
    entry: Any = tomlkit.table() if isinstance(document.get("ignore", tomlkit.aot()), AoT) else tomlkit.inline_table()
    entry.update({"rule": rule, "reason": reason, "by": by})
    if "ignore" in document:
        document["ignore"].append(entry)
    else:
        several = tomlkit.aot()
        several.append(entry)
        document.append("ignore", several)
    return _spaced(tomlkit.dumps(document))


def without_ignore(text: str, rule: str) -> str:
    """The text without the entry that ignores a rule."""
    document: Any = tomlkit.parse(text)
    entries = document.get("ignore", ())
    for number in reversed(range(len(entries))):
        if entries[number].get("rule") == rule:
            del entries[number]
    if "ignore" in document and not len(document["ignore"]):
        del document["ignore"]
        return tomlkit.dumps(document).rstrip() + "\n"
    return tomlkit.dumps(document)


def _spaced(text: str) -> str:
    """A blank line before a table that was put directly behind other words."""
    lines = text.split("\n")
    for number in range(len(lines) - 1, 0, -1):
        if lines[number] == "[[ignore]]" and lines[number - 1].strip():
            lines.insert(number, "")
    return "\n".join(lines)
