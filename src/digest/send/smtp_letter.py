"""A message made ready for the wire: checked against smuggled commands, dots doubled, its octets counted.

Messages of one variant share their fixed chunks, so these are looked at once; of each message only what differs is.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from digest.models.mail import Delivery, Message, State

_REMEMBERED = 64


@dataclass(slots=True)
class Letter:
    """One message on its way. `fixed` are octets that the letters of a variant share, one and the same tuple, and
    `values` what stands between them; `size` is their length before dots were doubled; `tries` counts the connections
    that were lost with it."""

    id: str
    sender: str
    to: str
    domain: str
    fixed: tuple[bytes, ...]
    values: Sequence[bytes]
    size: int
    seven_bit: bool
    tries: int = 0

    @property
    def parts(self) -> Sequence[bytes]:
        """Joined, what stands between DATA's 354 and the final dot, CRLF at its end."""
        if not self.values:
            return self.fixed
        woven = [b""] * (len(self.fixed) + len(self.values))
        woven[::2], woven[1::2] = self.fixed, self.values
        return tuple(woven)


@dataclass(frozen=True, slots=True)
class _Fixed:
    """The chunks at even places, and what is known of them. `plain` when nothing in or between them needs care."""

    chunks: tuple[bytes, ...]
    length: int
    plain: bool


class Desk:
    """Turns messages into letters; remembers the fixed chunks of the variants that it saw last."""

    def __init__(self) -> None:
        self._seen: OrderedDict[int, _Fixed] = OrderedDict()

    def letter(self, message: Message) -> Letter | Delivery:
        """The letter, or a rejection when the envelope or the octets could be taken for a second command or a
        second message."""
        for address in (message.envelope_from, message.to):
            if not address.isprintable() or "<" in address or ">" in address:
                reason = "not possible: the address holds signs that no address may"
                return Delivery(message.id, State.REJECTED, reason)
        made = self._spliced(message) or _whole(message)
        if made is None:
            reason = "not possible: the message has a line end that is not CRLF"
            return Delivery(message.id, State.REJECTED, reason)
        return made

    def _spliced(self, message: Message) -> Letter | None:
        """The letter of a message of which neither the fixed chunks nor the values need care; else None."""
        chunks = message.chunks
        fixed = self._fixed(chunks[::2])
        if not fixed.plain or len(chunks) % 2 == 0:
            return None
        # Between line ends, a value that begins with a dot or breaks a line end shows.
        between = chunks[1::2]
        values = b"\r\n".join(between)
        ends = values.count(b"\r\n")
        if b"\r\n." in values or values[:1] in (b".", b"\n") or values.count(b"\n") != ends:
            return None
        if values.count(b"\r") != ends or values[-1:] == b"\r" or not values.isascii():
            return None
        size = fixed.length + len(values) - max(len(between) - 1, 0) * 2
        return _letter(message, fixed.chunks, between, size, True)

    def _fixed(self, chunks: tuple[bytes, ...]) -> _Fixed:
        # The longest chunk is of this variant alone; a match is then by identity, chunk for chunk.
        key = id(chunks[len(chunks) // 2]) if chunks else 0
        known = self._seen.get(key)
        if known is not None and known.chunks == chunks:
            return known
        known = self._seen[key] = _look(chunks)
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return known


def _look(chunks: tuple[bytes, ...]) -> _Fixed:
    plain = bool(chunks) and chunks[-1].endswith(b"\r\n") and not chunks[0].startswith(b".")
    for index, chunk in enumerate(chunks):
        plain &= chunk.isascii() and b"\r\n." not in chunk and _lawful(chunk)
        plain &= index == 0 or not chunk.startswith((b".", b"\n"))
    return _Fixed(chunks, sum(map(len, chunks)), plain)


def _whole(message: Message) -> Letter | None:
    octets = message.raw
    if not _lawful(octets):
        return None
    stuffed = octets
    if octets.startswith(b".") or b"\r\n." in octets:
        stuffed = (b"\r\n" + octets).replace(b"\r\n.", b"\r\n..").removeprefix(b"\r\n")
    if not stuffed.endswith(b"\r\n"):
        stuffed += b"\r\n"
    return _letter(message, (stuffed,), (), len(octets), octets.isascii())


def _lawful(octets: bytes) -> bool:
    return octets.count(b"\r\n") == octets.count(b"\n") == octets.count(b"\r")


def _letter(
    message: Message, fixed: tuple[bytes, ...], values: Sequence[bytes], size: int, seven_bit: bool
) -> Letter:
    domain = message.to.rpartition("@")[2].lower()
    return Letter(message.id, message.envelope_from, message.to, domain, fixed, values, size, seven_bit)
