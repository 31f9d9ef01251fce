"""Unpack an HTTP body while it arrives, never more than is asked for: a small packed body can be an endless one."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from digest.errors import SourceError

_STEP = 262_144


class _Unpacker(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]:
        """What comes out of the next packed bytes."""
        ...


class _Plain:
    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data


class _Zlib:
    """gzip (RFC 1952), and deflate with the zlib wrapper that RFC 9110 asks for, or without, as many servers send."""

    def __init__(self, wrapped: int) -> None:
        self._stream = zlib.decompressobj(wrapped) if wrapped != zlib.MAX_WBITS else None
        self._head = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._stream is None:
            self._head += data
            if len(self._head) < 2:
                return
            # the zlib header (RFC 1950): method 8, and the two bytes are a multiple of 31
            wrapped = self._head[0] & 15 == 8 and int.from_bytes(self._head[:2], "big") % 31 == 0
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
            data = self._head
        while data:
            out = self._stream.decompress(data, _STEP)
            data = self._stream.unconsumed_tail
            if out:
                yield out
            elif not data:
                return


class _Brotli:
    """Brotli (RFC 7932), with a decoder that can be told how much to give at once."""

    def __init__(self, decoder: Any) -> None:
        self._decoder = decoder

    def feed(self, data: bytes) -> Iterator[bytes]:
        while True:
            out: bytes = self._decoder.process(data, output_buffer_limit=_STEP)
            data = b""
            if not out:
                return
            yield out


def offered() -> str:
    """The packings that can be unpacked, as Accept-Encoding has them: brotli only when a decoder with an output
    bound is installed."""
    return "gzip, deflate, br" if _brotli() is not None else "gzip, deflate"


def unpacked_stream(chunks: Iterable[bytes], packing: str, limit: int) -> Iterator[bytes]:
    """The unpacked body, piece by piece.

    Raises:
        SourceError: the packing is not known, the stream is damaged, or more than `limit` bytes come out.
    """
    unpacker = _unpacker(packing.strip().lower())
    length = 0
    try:
        for chunk in chunks:
            for piece in unpacker.feed(chunk):
                length += len(piece)
                if length > limit:
                    raise SourceError(
                        f"is larger than {limit:,} bytes", hint="raise fetch.max_bytes if this is meant"
                    )
                yield piece
    except zlib.error as problem:
        raise SourceError("the packed answer is damaged") from problem


def _unpacker(packing: str) -> _Unpacker:
    if packing in ("", "identity"):
        return _Plain()
    if packing in ("gzip", "x-gzip"):
        return _Zlib(zlib.MAX_WBITS | 16)
    if packing == "deflate":
        return _Zlib(zlib.MAX_WBITS)
    decoder = _brotli() if packing == "br" else None
    if decoder is None:
        raise SourceError(f'the answer is packed as "{packing[:40]}", which was not asked for and cannot be unpacked')
    return _Brotli(decoder)


def _brotli() -> Any:
    """A brotli decoder with an output bound, or None: not installed, or older than version 1.2."""
    import importlib

    try:
        decoder = importlib.import_module("brotli").Decompressor()
        decoder.process(b"", output_buffer_limit=1)
    except (ImportError, AttributeError, TypeError):
        return None
    return decoder
