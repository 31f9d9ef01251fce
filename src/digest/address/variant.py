"""A variant encoded once: fixed octets and, between them, the names of the slots where readers differ.

Personal digests are the same thing in two steps: the shell and each story's block are encoded once, and a reader's
list is put together from the encoded pieces (`with_blocks`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

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
    """One story of a personal digest, as decoded text and encoded once. It stands wherever the list wants it."""

    html: str
    text: str
    html_piece: Piece
    text_piece: Piece
    slots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Encoded:
    """A variant ready to be addressed. `rendering` is what it decodes to, apart from line ends, which are CRLF."""

    rendering: Rendering
    html: Piece
    text: Piece


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
    return Block(html, text, _piece(html, names), _piece(text, names), names)


def with_blocks(shell: Encoded, blocks: Mapping[str, Sequence[Block]]) -> Encoded:
    """The shell with each named slot replaced by its blocks, in their order: a variant like any other.

    Nothing is encoded again. `rendering` becomes what the whole decodes to.
    """
    before = shell.rendering
    names = {name for name in before.slots if name not in blocks}
    for chosen in blocks.values():
        names.update(slot for block in chosen for slot in block.slots)
    html = _written(before.html, {name: "".join(block.html for block in chosen) for name, chosen in blocks.items()})
    text = _written(before.text, {name: "".join(block.text for block in chosen) for name, chosen in blocks.items()})
    whole = replace(before, html=html, text=text, slots=tuple(sorted(names)))
    html_blocks = {name: [block.html_piece for block in chosen] for name, chosen in blocks.items()}
    text_blocks = {name: [block.text_piece for block in chosen] for name, chosen in blocks.items()}
    return Encoded(whole, _fill(shell.html, html_blocks), _fill(shell.text, text_blocks))


def _check(slots: Sequence[str]) -> None:
    for name in slots:
        if not SLOT_NAME(name):
            raise ValueError(f"{name!r} is no name of a slot")


def _piece(source: str, slots: Sequence[str]) -> Piece:
    parts = _placeholders(slots).split(source) if slots else [source]
    return Piece(tuple(join_static(parts[::2])), tuple(parts[1::2]))


def _placeholders(slots: Collection[str]) -> re.Pattern[str]:
    return re.compile(r"\{\{(" + "|".join(sorted(map(re.escape, slots))) + r")\}\}")


def _written(source: str, blocks: Mapping[str, str]) -> str:
    return _placeholders(blocks).sub(lambda match: blocks[match[1]], source) if blocks else source


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
            for index, octets in enumerate(block.fixed):
                run.append(octets)
                if index < len(block.slots):
                    fixed.append(b"".join(run))
                    slots.append(block.slots[index])
                    run = []
            if not _at_line_start(run, fixed):
                run.append(SOFT)
        run.append(after.removeprefix(SOFT) if _at_line_start(run, fixed) else after)
    fixed.append(b"".join(run))
    return Piece(tuple(fixed), tuple(slots))


def _at_line_start(run: Sequence[bytes], fixed: Sequence[bytes]) -> bool:
    latest = next((octets for octets in reversed(run) if octets), None)
    return latest.endswith(b"\r\n") if latest is not None else not fixed
