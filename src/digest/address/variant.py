"""A variant encoded once: fixed octets and, between them, the names of the slots where readers differ.

Personal digests are the same thing in two steps: the shell and each story's block are encoded once, and a reader's
list is put together from the encoded pieces (`with_blocks`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from digest.address.quoted import SOFT, join_static
from digest.models.edition import Rendering

SLOT_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}(?::[A-Za-z0-9_-]{1,40})?").fullmatch


@dataclass(frozen=True, slots=True)
class Piece:
    """Encoded text: `fixed` is one longer than `slots`, which stand between its items."""

    fixed: tuple[bytes, ...]
    slots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One story of a personal digest, as decoded text and encoded once, so that it may stand anywhere in a list: each
    piece begins and ends a line on the wire."""

    html: str
    text: str
    html_piece: Piece
    text_piece: Piece
    slots: tuple[str, ...]


@dataclass(frozen=True)
class Encoded:
    """A variant ready to be addressed.

    `about` is true of it in all but html and text, and in those too unless `joins` has blocks that fill its slots:
    most messages leave without anybody reading them, so what they decode to is only put together when asked for.
    """

    about: Rendering
    html: Piece
    text: Piece
    joins: Mapping[str, Sequence[Block]] = field(default_factory=dict)

    @cached_property
    def rendering(self) -> Rendering:
        """What it decodes to, apart from line ends, which are CRLF."""
        if not self.joins:
            return self.about
        names = tuple(self.joins)
        html = {name: [block.html for block in chosen] for name, chosen in self.joins.items()}
        text = {name: [block.text for block in chosen] for name, chosen in self.joins.items()}
        before = self.about
        return replace(before, html=_written(before.html, names, html), text=_written(before.text, names, text))

    @cached_property
    def plain(self) -> Encoded:
        """The text alone: no html, and the slots of the text."""
        slots = tuple(sorted({*self.text.slots}))
        return Encoded(replace(self.about, html="", slots=slots), Piece((b"",), ()), self.text, self.joins)


def encode(rendering: Rendering) -> Encoded:
    """The variant with every fixed stretch of html and text in quoted-printable, done once for all readers.

    Only names in `rendering.slots` are slots; any other `{{word}}` is text. Line ends become CRLF on the wire.

    Raises:
        ValueError: a slot has a name that no slot may have.
    """
    _check(rendering.slots)
    return Encoded(rendering, _piece(rendering.html, rendering.slots), _piece(rendering.text, rendering.slots))


def encode_block(html: str, text: str, slots: Sequence[str] = ()) -> Block:
    """One story's html and text, encoded once for every list that it will stand in.

    Raises:
        ValueError: a slot has a name that no slot may have.
    """
    names = tuple(slots)
    _check(names)
    return Block(html, text, _whole_lines(_piece(html, names)), _whole_lines(_piece(text, names)), names)


def with_blocks(
    shell: Encoded, blocks: Mapping[str, Sequence[Block]], counts: tuple[int, int, int] | None = None
) -> Encoded:
    """The shell with each named slot replaced by its blocks, in their order: a variant like any other.

    Nothing is encoded again. `counts` are the stories, minutes and words of the whole, where they change.
    """
    names = tuple(blocks)
    inner = {slot for chosen in blocks.values() for block in chosen if block.slots for slot in block.slots}
    about = _about(shell.about, names, frozenset(inner), counts)
    if not inner:
        in_html = {name: [block.html_piece.fixed[0] for block in chosen] for name, chosen in blocks.items()}
        in_text = {name: [block.text_piece.fixed[0] for block in chosen] for name, chosen in blocks.items()}
        html, text = _fill_plain(shell.html, names, in_html), _fill_plain(shell.text, names, in_text)
        return Encoded(about, html, text, blocks)
    html_blocks = {name: [block.html_piece for block in chosen] for name, chosen in blocks.items()}
    text_blocks = {name: [block.text_piece for block in chosen] for name, chosen in blocks.items()}
    return Encoded(about, _fill(shell.html, html_blocks), _fill(shell.text, text_blocks), blocks)


@lru_cache(maxsize=1024)
def _about(
    before: Rendering, filled: tuple[str, ...], inner: frozenset[str], counts: tuple[int, int, int] | None
) -> Rendering:
    slots = _left(before.slots, filled)
    if inner:
        slots = tuple(sorted(inner.union(slots)))
    stories, minutes, words = counts or (before.stories, before.minutes, before.words)
    return replace(before, slots=slots, stories=stories, minutes=minutes, words=words)


def _check(slots: Sequence[str]) -> None:
    for name in slots:
        if not SLOT_NAME(name):
            raise ValueError(f"{name!r} is no name of a slot")


def _piece(source: str, slots: Sequence[str]) -> Piece:
    parts = _placeholders(slots).split(source) if slots else [source]
    return Piece(tuple(join_static(parts[::2])), tuple(parts[1::2]))


def _whole_lines(piece: Piece) -> Piece:
    last = piece.fixed[-1]
    if last.endswith(b"\r\n") or (not last and not piece.slots):
        return piece
    return Piece((*piece.fixed[:-1], last + SOFT), piece.slots)


@lru_cache(maxsize=64)
def _left(slots: tuple[str, ...], filled: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(slots).difference(filled)))


@lru_cache(maxsize=64)
def _apart(source: str, slots: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_placeholders(slots).split(source)) if slots else (source,)


def _placeholders(slots: Collection[str]) -> re.Pattern[str]:
    return re.compile(r"\{\{(" + "|".join(sorted(map(re.escape, slots))) + r")\}\}")


def _written(source: str, names: tuple[str, ...], values: Mapping[str, Sequence[str]]) -> str:
    before, *rest = _apart(source, names)
    run = [before]
    for name, after in zip(rest[::2], rest[1::2], strict=True):
        run += values[name]
        run.append(after)
    return "".join(run)


def _fill(shell: Piece, blocks: Mapping[str, Sequence[Piece]]) -> Piece:
    fixed: list[bytes] = []
    slots: list[str] = []
    run: list[bytes] = [shell.fixed[0]]
    for name, after in zip(shell.slots, shell.fixed[1:], strict=True):
        if name not in blocks:
            fixed.append(b"".join(run))
            slots.append(name)
            run = [after]
            continue
        for block in blocks[name]:
            run.append(block.fixed[0])
            for inner, octets in zip(block.slots, block.fixed[1:], strict=True):
                fixed.append(b"".join(run))
                slots.append(inner)
                run = [octets]
        # The soft break that would follow a value: a block ends its own line.
        run.append(after.removeprefix(SOFT))
    fixed.append(b"".join(run))
    return Piece(tuple(fixed), tuple(slots))


@dataclass(frozen=True, slots=True)
class _Frame:
    """A shell taken apart at its blocks: `fixed` with what holds blocks left empty; there, `holes` has for each such
    place the octets before, and after each block slot that stands in it, in turn with the slots' names."""

    fixed: tuple[bytes, ...]
    slots: tuple[str, ...]
    holes: tuple[tuple[int, bytes, tuple[tuple[str, bytes], ...]], ...]


@lru_cache(maxsize=64)
def _frame(shell: Piece, names: tuple[str, ...]) -> _Frame:
    fixed: list[bytes] = [shell.fixed[0]]
    slots: list[str] = []
    holes: dict[int, list[tuple[str, bytes]]] = {}
    for name, after in zip(shell.slots, shell.fixed[1:], strict=True):
        if name in names:
            holes.setdefault(len(fixed) - 1, []).append((name, after.removeprefix(SOFT)))
        else:
            slots.append(name)
            fixed.append(after)
    made = tuple((index, fixed[index], tuple(inner)) for index, inner in holes.items())
    return _Frame(tuple(fixed), tuple(slots), made)


def _fill_plain(shell: Piece, names: tuple[str, ...], blocks: Mapping[str, Sequence[bytes]]) -> Piece:
    """As `_fill`, for blocks without slots of their own."""
    frame = _frame(shell, names)
    fixed = list(frame.fixed)
    for index, before, inner in frame.holes:
        run = [before]
        for name, after in inner:
            run += blocks[name]
            run.append(after)
        fixed[index] = b"".join(run)
    return Piece(tuple(fixed), frame.slots)
