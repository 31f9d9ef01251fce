"""The items of one TOML array as they stand in a text, each with the comments that belong to it, so that a single
item can be moved or taken out without touching a word of the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# TOML 1.0, "String": the triple forms first, since each begins like its short form.
_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
_COMMENT = re.compile(r"#[^\n]*")


@dataclass(frozen=True, slots=True)
class Item:
    """One item: where it begins in the text, comment lines that stand before it, itself, the comment behind it."""

    start: int
    before: str
    text: str
    comment: str


@dataclass(frozen=True, slots=True)
class ArrayText:
    """An array in a text: where its bracket opens and closes, its items, and comments after the last one."""

    start: int
    end: int
    items: tuple[Item, ...]
    after: str


def array_at(text: str, start: int) -> ArrayText:
    """The array whose `[` stands at `start` of a text that is well-formed TOML.

    Raises:
        ValueError: there is no whole array.
    """
    items: list[Item] = []
    at, before = start + 1, ""
    while at < len(text):
        character = text[at]
        if character == "]":
            return ArrayText(start, at + 1, tuple(items), before)
        if match := _COMMENT.match(text, at):
            before += f"{match[0]}\n"
            at = match.end()
        elif character.isspace() or character == ",":
            at += 1
        else:
            end = _value_end(text, at)
            comment, following = _comment_behind(text, end)
            items.append(Item(at, before, text[at:end].rstrip(), comment))
            at, before = following, ""
    raise ValueError("the array is not closed")


def array_text(items: Sequence[Item], after: str = "") -> str:
    """An array written with one item a line; each keeps its comments."""
    if not items and not after:
        return "[]"
    lines = []
    for item in items:
        lines += [f"  {line}" for line in item.before.splitlines()]
        lines.append(f"  {item.text}," + (f"  {item.comment}" if item.comment else ""))
    lines += [f"  {line}" for line in after.splitlines()]
    return "\n".join(["[", *lines, "]"])


def _value_end(text: str, at: int) -> int:
    """Where a value ends: before the comma, bracket or comment that follows it."""
    depth = 0
    while at < len(text):
        character = text[at]
        if match := _STRING.match(text, at):
            at = match.end()
            continue
        if depth and (match := _COMMENT.match(text, at)):
            at = match.end()
            continue
        if character in "[{":
            depth += 1
        elif character in "]}":
            if not depth:
                return at
            depth -= 1
        elif not depth and character in ",#\n":
            return at
        at += 1
    raise ValueError("the array is not closed")


def _comment_behind(text: str, end: int) -> tuple[str, int]:
    """The comment on the same line behind an item (also behind its comma), and where to go on."""
    match = re.compile(r"[ \t]*,?[ \t]*(#[^\n]*)?").match(text, end)
    return (match[1] or "", match.end()) if match else ("", end)
