"""The fields of a form that was posted as multipart/form-data (RFC 7578), bounded; files are passed over."""

from __future__ import annotations

import re
from typing import Final

MAX_FIELDS: Final = 100
_BOUNDARY = re.compile(r'boundary=(?:"([^"\r\n]{1,70})"|([^\s;",]{1,70}))', re.IGNORECASE)
_NAME = re.compile(r'(?:^|[;\s])name="([^"\r\n]{0,100})"', re.IGNORECASE)
_FILE = re.compile(r"(?:^|[;\s])filename\*?=", re.IGNORECASE)


class BadForm(ValueError):
    """A body that is no such form; the text says why."""


def fields(content_type: str, body: bytes) -> dict[str, bytes]:
    """The fields by name, the first of each name.

    Raises:
        BadForm: the type is another, or there are more than 100 parts.
    """
    kind, _, parameters = content_type.partition(";")
    match = _BOUNDARY.search(parameters)
    if kind.strip().lower() != "multipart/form-data" or not match:
        raise BadForm("no multipart/form-data")
    line = b"--" + (match[1] or match[2]).encode("latin-1", "replace")
    if body.count(line) > MAX_FIELDS + 1:
        raise BadForm(f"more than {MAX_FIELDS} parts")
    found: dict[str, bytes] = {}
    for part in (b"\r\n" + body).split(b"\r\n" + line)[1:]:
        if part.startswith(b"--"):
            break
        head, blank, content = part.partition(b"\r\n\r\n")
        if not blank:
            continue
        said = head[:2000].decode("utf-8", "replace")
        name = _NAME.search(said)
        if name and not _FILE.search(said):
            found.setdefault(name[1], content)
    return found
