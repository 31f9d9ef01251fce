"""The words of an edition file: written anew for a fresh selection, and changed in single places afterwards, so that
an editor's own comments and spacing stay as they are. Lines that begin with `#:` are ours and are renewed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import tomlkit

from digest.errors import UsageError
from digest.models.edition import LeftOut
from digest.pipeline.edition_file import EditionFile
from digest.pipeline.edition_lines import find_array
from digest.pipeline.toml_array import Item, array_text
from digest.settings.load import locate

OURS = "#:"
WIDTH = 90
SHOWN_LEFT_OUT = 8

_HOW_TO = """\
# {publication} · {digest} · {date}
#
# This edition as it will go out, yours to change until it does. `digest preview {digest}` shows the result.
#
#   order      move a story's line up or down; the lead opens the edition
#   move       put the line into another section
#   take out   delete the line: the story stays out of this edition, for every audience
#   bring in   copy a line from the end of this file; `digest stories list` has more ids
#   headline   {{ id = "…", title = "Your headline" }},
#   words      {{ id = "…", lines = ["Your first line.", "Your second."] }},
#   keep out   write an id into drop
#
# `digest select {digest}` says what changed since and leaves this file alone; with --refresh it takes the news for
# every section that you have not touched. Lines that begin with #: are renewed then; your comments stay.
"""


@dataclass(frozen=True, slots=True)
class Words:
    """What the comments say: the headline of each story by id, further subjects, and the best that were left out."""

    headlines: Mapping[str, str]
    subjects: Sequence[str] = ()
    left_out: Sequence[LeftOut] = ()


def new_text(
    file: EditionFile, words: Words, *, publication: str, digest: str, date: str, topics: Iterable[str] = ()
) -> str:
    """The whole text of a new edition file; `topics` are named where the sections are."""
    lines = [_HOW_TO.format(publication=_plain(publication), digest=digest, date=date)]
    lines.append(f"edition = {_value(file.edition)}")
    lines.append(f"cut = {_moment(file.cut)}  # stories up to here")
    lines.append(f"base = {_value(file.base)}  # what this was written from; leave it as it is\n")
    lines.append(f"subject = {_value(file.subject)}")
    lines.append(f"preheader = {_value(file.preheader)}\n")
    lines.append("drop = []\n")
    lines.append(f"{OURS} Sections: lead, {''.join(f'{name}, ' for name in topics)}latest.")
    for section in file.sections:
        items = [_item(story.id, words) for story in section.stories]
        lines.append(f"[[sections]]\nname = {_value(section.name)}\nstories = {array_text(items)}\n")
    return _with_ours("\n".join(lines), words)


@dataclass(frozen=True, slots=True)
class Revision:
    """What a file is to say from now on; `sections` are all of them, in order."""

    cut: datetime
    base: str
    subject: str
    preheader: str
    sections: Mapping[str, tuple[str, ...]]
    drop: tuple[str, ...] = ()


def revised(text: str, file: EditionFile, change: Revision, words: Words) -> str:
    """The text of a file with these changes, and nothing else touched.

    Raises:
        UsageError: stories are written as tables of their own, which cannot be rearranged.
    """
    document = tomlkit.parse(text)
    document["base"] = change.base
    if file.cut != change.cut:
        document["cut"] = tomlkit.parse(f"x = {_moment(change.cut)}")["x"]
    for key in ("subject", "preheader"):
        if getattr(change, key) != getattr(file, key):
            document[key] = getattr(change, key)
    text = tomlkit.dumps(document)
    places = {section.name: number for number, section in enumerate(file.sections)}
    for name, ids in change.sections.items():
        if name in places:
            text = _with_list(text, file, places[name], ids, words)
    for name, ids in reversed(list(change.sections.items())):
        if name not in places and ids:
            text = _with_section(text, name, ids, list(change.sections), words)
    if change.drop != file.drop:
        text = _with_drop(text, file, change.drop, words)
    return _with_ours(text, words)


def _with_list(text: str, file: EditionFile, number: int, ids: tuple[str, ...], words: Words) -> str:
    """The text with the stories of one section; a line that stays keeps every word of it."""
    section = file.sections[number]
    if tuple(one.id for one in section.stories) == ids:
        return text
    path = ("sections", str(number), "stories")
    array = find_array(text, path)
    if array is None or len(array.items) != len(section.stories):
        raise UsageError(
            f"the stories of {section.name} are not written as a list in brackets, and cannot be rearranged for you",
            where=file.edition,
            hint='write stories = [ { id = "…" }, … ]',
        )
    known = {one.id: item for one, item in zip(section.stories, array.items, strict=True)}
    elsewhere = _items(text, file)
    items = [known.get(story) or elsewhere.get(story) or _item(story, words) for story in ids]
    return text[: array.start] + array_text(items, array.after) + text[array.end :]


def _items(text: str, file: EditionFile) -> dict[str, Item]:
    """Every story's line wherever it stands, for one that moves to another section with an editor's words."""
    found: dict[str, Item] = {}
    for number, section in enumerate(file.sections):
        array = find_array(text, ("sections", str(number), "stories"))
        for item in array.items if array else ():
            key = _id(item.text)
            for one in section.stories:
                if key and one.id.startswith(key.lower()):
                    found.setdefault(one.id, item)
    return found


def _id(item: str) -> str | None:
    value: Any = tomllib.loads(f"x = {item}")["x"]
    key = value.get("id") if isinstance(value, dict) else None
    return key if isinstance(key, str) else None


def _with_section(text: str, name: str, ids: tuple[str, ...], order: list[str], words: Words) -> str:
    """The text with a new section, before the next one in order that is there already, else behind the last."""
    block = f"[[sections]]\nname = {_value(name)}\nstories = {array_text([_item(story, words) for story in ids])}\n"
    there = [section["name"] for section in tomllib.loads(text).get("sections", ())]
    following = next((other for other in order[order.index(name) + 1 :] if other in there), None)
    if following is not None:
        line = locate(text, ("sections", str(there.index(following)))) or 1
        rows = text.split("\n")
        at = line - 1
        while at and rows[at - 1].startswith("#"):
            at -= 1
        return "\n".join([*rows[:at], block, *rows[at:]])
    return f"{text.rstrip()}\n\n{block}"


def _with_drop(text: str, file: EditionFile, drop: tuple[str, ...], words: Words) -> str:
    array = find_array(text, ("drop",))
    known = dict(zip(file.drop, array.items, strict=False)) if array else {}
    items = [known.get(story) or _dropped(story, words) for story in drop]
    if array:
        return text[: array.start] + array_text(items, array.after) + text[array.end :]
    # A key without a table must stand before the first table.
    rows = text.split("\n")
    line = locate(text, ("base",)) or 1
    return "\n".join([*rows[:line], f"drop = {array_text(items)}", *rows[line:]])


def _dropped(story: str, words: Words) -> Item:
    title = words.headlines.get(story)
    return Item(0, "", _value(story), f"# {_clipped(title)}" if title else "")


def _with_ours(text: str, words: Words) -> str:
    """The text with our own comments renewed: further subjects under the subject, what was left out at the end."""
    rows = [row for row in text.rstrip().split("\n") if not _renewed(row)]
    line = locate("\n".join(rows), ("subject",))
    if line and rows[line - 1].lstrip().startswith("subject"):
        rows[line:line] = [f"{OURS} or {_value(_plain(other))}" for other in words.subjects[1:]]
    rows = "\n".join(rows).rstrip().split("\n")
    if words.left_out:
        rows += ["", f"{OURS} Left out, best first. To bring one in, copy its line from the brace on into a section."]
    for left in words.left_out[:SHOWN_LEFT_OUT]:
        rows.append(f"{OURS}   {{ id = {_value(left.story)} }},  # {_clipped(left.title)} ({_plain(left.reason)})")
    return "\n".join(rows) + "\n"


def _renewed(row: str) -> bool:
    return row.startswith(OURS) and not row.startswith(f"{OURS} Sections")


def _item(story: str, words: Words) -> Item:
    title = words.headlines.get(story)
    return Item(0, "", f"{{ id = {_value(story)} }}", f"# {_clipped(title)}" if title else "")


def _value(text: str) -> str:
    return tomlkit.item(_plain(text)).as_string()


def _moment(moment: datetime) -> str:
    return moment.isoformat()


def _plain(text: str) -> str:
    """One line without control characters, which TOML 1.0 allows in no comment."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _clipped(text: str) -> str:
    text = _plain(text)
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1].rstrip()}…"
