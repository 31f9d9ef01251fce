"""Many readers' values as JSON at once: each kind of value is one column, encoded in one go and cut again."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.models.mail import Message

RESERVED = frozenset(
    {"x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding"}
    | {"to", "from", "subject", "reply-to", "cc", "bcc"}
)
THEIRS = RESERVED | {"date", "message-id", "mime-version", "return-path"}

_CUT = "\x1f"
_CUT_IN_JSON = "\\u001f"
_MARKUP = "&<>\"'"
# What stands in JSON as it is: printable ASCII but for two signs.
_AS_IT_IS = bytes(code for code in range(0x20, 0x7F) if code not in b'"\\')


@dataclass(frozen=True, slots=True)
class Fields:
    """Header fields of many messages: those that all have alike, and what is each reader's own.

    `own` are columns, each behind the piece of JSON that comes before its values; `end` comes behind the last.
    """

    shared: Mapping[str, str]
    own: Sequence[tuple[str, Sequence[str]]]
    end: str


def encoded(column: Sequence[str], together: str | None = None) -> Sequence[str]:
    """Each value as the inside of a JSON string, in ASCII. `together` are the values in one piece, if at hand."""
    together = "".join(column) if together is None else together
    # Written out and compared it would take five times as long.
    if together.isascii() and not together.encode().translate(None, _AS_IT_IS):
        return column
    pieces = json.dumps(_CUT.join(column))[1:-1].split(_CUT_IN_JSON)
    # More pieces than values: one of them holds the sign at which we cut.
    return pieces if len(pieces) == len(column) else [json.dumps(value)[1:-1] for value in column]


def escaped(column: Sequence[str]) -> list[str]:
    """Each value escaped for HTML."""
    pieces = html.escape(_CUT.join(column)).split(_CUT)
    return pieces if len(pieces) == len(column) else [html.escape(value) for value in column]


def has_markup(text: str) -> bool:
    """Whether a text differs between plain text and HTML."""
    return any(sign in text for sign in _MARKUP)


def alike(column: Sequence[object]) -> bool:
    """Whether all values are the same."""
    return column[0] == column[-1] and column.count(column[0]) == len(column)


def prefix(column: Sequence[str]) -> int:
    """How many characters all values have alike at their beginning, so that they stand once in the content."""
    first, last = min(column), max(column)
    if first == last:
        return len(first)
    return next((place for place, sign in enumerate(first) if sign != last[place]), len(first))


def mailboxes(batch: Sequence[Message]) -> list[tuple[str, Sequence[str]]]:
    """The inside of each reader's mailbox object as columns, each behind the JSON that comes before its values.
    SendGrid takes no comma and no semicolon in a name."""
    names = [message.to_name for message in batch]
    together = "".join(names)
    if "," in together or ";" in together:
        names = [" ".join(name.replace(",", " ").replace(";", " ").split()) for name in names]
        together = "".join(names)
    addresses = encoded([message.to for message in batch])
    if all(names):
        return [('"email":"', addresses), ('","name":"', encoded(names, together))]
    named = zip(addresses, encoded(names, together), strict=True)
    return [('"email":"', [f'{address}","name":"{name}' if name else address for address, name in named])]


def fields(batch: Sequence[Message]) -> Fields:
    """The header fields that SendGrid lets us set. It writes all others itself."""
    try:
        columns = list(zip(*(message.headers for message in batch), strict=True))
    except ValueError:
        return _one_by_one(batch)
    names = [column[0][0] for column in columns]
    if len(set(names)) != len(names):
        return _one_by_one(batch)
    shared: dict[str, str] = {}
    own: list[tuple[str, Sequence[str]]] = []
    for name, column in zip(names, columns, strict=True):
        theirs = name.lower() in THEIRS
        if not theirs and alike(column):
            shared[name] = column[0][1]
        # What all messages share is one object.
        elif not (theirs and column[0] is column[-1] and alike(column)):
            if not alike([called for called, _ in column]):
                return _one_by_one(batch)
            if not theirs:
                before = '",' if own else "{"
                own.append((f'{before}{json.dumps(name)}:"', encoded([value for _, value in column])))
    return Fields(shared, own, '"}')


def _one_by_one(batch: Sequence[Message]) -> Fields:
    headers = [{name: value for name, value in one.headers if name.lower() not in THEIRS} for one in batch]
    shared = {name: value for name, value in headers[0].items() if all(h.get(name) == value for h in headers)}
    own = [json.dumps({name: value for name, value in one.items() if name not in shared}) for one in headers]
    return Fields(shared, [("", own)] if any(one != "{}" for one in own) else [], "")
