"""Bytes to text: what the bytes say of themselves first, what they look like last.

The order is that of the WHATWG encoding sniffing algorithm (byte order mark, transport, document), but UTF-8 that
decodes is believed before a declaration that contradicts it, because pages are re-encoded more often than relabelled.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib

from digest.errors import SourceError

LIMIT = 16_000_000

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""")
# the encodings of the WHATWG Encoding Standard, by Python's names
_OF_THE_WEB = frozenset(
    [
        "utf-8",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "cp1250",
        "cp1251",
        "cp1252",
        "cp1253",
        "cp1254",
        "cp1255",
        "cp1256",
        "cp1257",
        "cp1258",
        "cp866",
        "cp874",
        "cp932",
        "cp949",
        "iso8859-2",
        "iso8859-3",
        "iso8859-4",
        "iso8859-5",
        "iso8859-6",
        "iso8859-7",
        "iso8859-8",
        "iso8859-10",
        "iso8859-13",
        "iso8859-14",
        "iso8859-15",
        "iso8859-16",
        "koi8-r",
        "koi8-u",
        "mac-roman",
        "mac-cyrillic",
        "gb18030",
        "big5",
        "big5hkscs",
        "euc_jp",
        "iso2022_jp",
    ]
)
_WIDER = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
          "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "sjis": "cp932", "euc-kr": "cp949",
          "ks_c_5601-1987": "cp949", "iso-8859-9": "cp1254", "tis-620": "cp874"}  # fmt: skip


def unpacked(data: bytes, limit: int = LIMIT) -> bytes:
    """`data`, gunzipped (RFC 1952) when it is gzip.

    Raises:
        SourceError: it is larger than `limit` bytes, packed or unpacked, or the gzip stream is damaged.
    """
    if data[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
                data = stream.read(limit + 1)
        except (OSError, EOFError, zlib.error) as problem:
            raise SourceError("is a damaged gzip file", hint="save or download it again") from problem
    if len(data) > limit:
        raise SourceError(
            f"is larger than {limit // 1_000_000} MB",
            hint="pages and feeds of this size are not read; save a smaller part",
        )
    return data


def decoded(data: bytes, charset: str | None = None) -> str:
    """`data` as text without byte order mark and NUL characters. `charset` is what the transport said.

    Never raises: bytes that fit no encoding are replaced by U+FFFD.
    """
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(marked, "replace").replace("\0", "")
    wide = _without_mark(data)
    if wide:
        return data.decode(wide, "replace").replace("\0", "")
    try:
        return data.decode("utf-8").replace("\0", "")
    except UnicodeDecodeError as problem:
        cut_at_the_end = problem.start >= len(data) - 3 and problem.reason == "unexpected end of data"
    declared = charset or _declaration(data)
    name = _known(declared)
    if name and name != "utf-8":
        return data.decode(name, "replace").replace("\0", "")
    if cut_at_the_end:
        return data.decode("utf-8", "replace").replace("\0", "")
    if name == "utf-8" and _mostly_utf8(data):
        return data.decode("utf-8", "replace").replace("\0", "")
    return data.decode(_guess(data), "replace").replace("\0", "")


def _without_mark(data: bytes) -> str | None:
    """UTF-16 without a mark shows as every other byte being zero."""
    head = data[:200]
    if len(head) < 8 or head.count(0) < len(head) // 3:
        return None
    return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"


def _declaration(data: bytes) -> str | None:
    match = _DECLARED.search(data[:4096])
    return match[1].decode("ascii") if match else None


def _known(name: str | None) -> str | None:
    """Python's name of an encoding of the web; None for all others (some of Python's are no text encodings, and UTF-7
    is dangerous)."""
    if not name:
        return None
    name = name.strip().lower()
    try:
        found = codecs.lookup(_WIDER.get(name, name)).name
    except (LookupError, ValueError):
        return None
    return found if found in _OF_THE_WEB else None


def _mostly_utf8(data: bytes) -> bool:
    """Whether a few bad bytes spoil what is otherwise UTF-8 with real multi-byte characters in it."""
    text = data[:300_000].decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for character in text if ord(character) > 127) - bad
    return good > 5 * bad


def _guess(data: bytes) -> str:
    try:
        import cchardet
    except ImportError:
        return "cp1252"
    found = _known(cchardet.detect(data[:200_000]).get("encoding"))
    return found if found and found not in ("ascii", "utf-8") else "cp1252"
