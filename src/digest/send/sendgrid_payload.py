"""One request of SendGrid's v3 Mail Send: the variant once, and for each reader what differs.

Readers' values travel as substitutions. A value that all have alike stands in the content itself. Where a value needs
escaping in html, each part has a tag of its own.
Limits: https://www.twilio.com/docs/sendgrid/api-reference/mail-send/limitations
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from operator import itemgetter
from typing import Any

from digest.models.edition import Rendering
from digest.models.mail import Message
from digest.send.sendgrid_columns import alike, encoded, escaped, fields, has_markup, mailboxes, prefix

MAX_PEOPLE = 1000
MAX_OCTETS = 20_000_000
MAX_VALUES = 10_000
MAX_CATEGORIES = 10
DELIVERY_ARG = "digest_delivery"

_OPEN = 8
_ROWS = 100
_PEOPLE = ("From", "Reply-To")
_SLOT = re.compile(r"\{\{([^{}]{1,100})\}\}")


@dataclass(frozen=True, slots=True)
class Account:
    """What every request says alike: the unsubscribe group, the pool of addresses, categories beside our own, whether
    it is only checked (`sandbox`), and when it goes out (seconds since 1970) under which batch id."""

    asm_group: int | None = None
    ip_pool: str | None = None
    categories: tuple[str, ...] = ()
    sandbox: bool = False
    send_at: int | None = None
    batch_id: str | None = None


@dataclass(slots=True)
class _Batch:
    messages: list[Message] = field(default_factory=list)
    octets: int = 0


def batches(messages: Iterable[Message]) -> Iterator[list[Message]]:
    """Messages of one variant and sender, at most 1,000 and about 20 MB of values together, in the order in which
    each variant came. A few variants may come mixed; at most 1,000 messages are held. One whose values are more than
    a reader may have comes alone: its values then stand in its content."""
    held: dict[tuple[object, ...], _Batch] = {}
    last: Message | None = None
    key: tuple[object, ...] = ()
    for message in messages:
        characters = sum(map(len, message.values.values()))
        if _too_much(message, characters):
            yield [message]
            continue
        if last is None or not _same(last, message):
            key = _key(message)
        last = message
        octets = 2 * characters + 1000
        batch = held.get(key)
        if batch and batch.octets + octets > MAX_OCTETS:
            yield held.pop(key).messages
            batch = None
        if batch is None:
            if len(held) == _OPEN:
                yield held.pop(next(iter(held))).messages
            batch = held[key] = _Batch()
        batch.messages.append(message)
        batch.octets += octets
        if len(batch.messages) == MAX_PEOPLE:
            yield held.pop(key).messages
        elif len(held) > 1 and sum(len(one.messages) for one in held.values()) == MAX_PEOPLE:
            largest = max(held, key=lambda one: len(held[one].messages))
            yield held.pop(largest).messages
    for batch in held.values():
        yield batch.messages


def body(batch: Sequence[Message], account: Account) -> bytes:
    """The request's body as JSON. All messages are of one variant and sender."""
    first = batch[0]
    values = _Values(batch)
    head = fields(batch)
    cells = mailboxes(batch)
    cells[0] = ('{"to":[{' + cells[0][0], cells[0][1])
    cells.append(('"}],"custom_args":{"' + DELIVERY_ARG + '":"', encoded([message.id for message in batch])))
    before, end = '"},"substitutions":{"', '"}'
    for tag, column in values.columns.items():
        cells.append((f'{before}{tag}":"', column))
        before = '","'
    for index, (before, column) in enumerate(head.own):
        cells.append((before if index else f'{end},"headers":{before}', column))
        end = head.end
    people = [
        _rows(cells, end + "},", start, min(start + _ROWS, len(batch))) for start in range(0, len(batch), _ROWS)
    ]
    people[-1] = people[-1].removesuffix(b",")
    rest = _rest(first, account, head.shared, values)
    return b"".join([b'{"personalizations":[', *people, b"],", rest.encode("ascii")])


def _rows(cells: Sequence[tuple[str, Sequence[str]]], end: str, start: int, stop: int) -> bytes:
    """The JSON of some readers, each ending with `end`. One list of all pieces, filled column by column, is joined
    faster than a text for each reader would be; some readers at a time, because memory by the megabyte costs more
    than what is done in it."""
    row = [piece for before, _ in cells for piece in (before, "")] + [end]
    pieces = row * (stop - start)
    for index, (_, column) in enumerate(cells):
        pieces[2 * index + 1 :: len(row)] = column[start:stop]
    return "".join(pieces).encode("ascii")


def _rest(first: Message, account: Account, shared: Mapping[str, str], values: _Values) -> str:
    """What comes behind the readers, as JSON."""
    named = dict(first.headers)
    variant = first.variant
    parts = [
        f'{{"type":"{kind}","value":"{content}"}}'
        for kind, content in (
            ("text/plain", values.filled(variant.text, "text")),
            ("text/html", values.filled(variant.html, "html")),
        )
        if content
    ]
    begin = _json({"from": _person(named.get("From", first.sender)), "subject": first.subject})
    said: dict[str, Any] = {
        "categories": _categories(first.edition, account.categories),
        # Links stay as the newsroom wrote them, and nobody is watched: only our own settings may change that.
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": False},
            "subscription_tracking": {"enable": False},
        },
    }
    if shared:
        said["headers"] = dict(shared)
    if "Reply-To" in named:
        said["reply_to"] = _person(named["Reply-To"])
    if account.asm_group is not None:
        said["asm"] = {"group_id": account.asm_group}
    if account.ip_pool:
        said["ip_pool_name"] = account.ip_pool
    if account.sandbox:
        said["mail_settings"] = {"sandbox_mode": {"enable": True}}
    if account.send_at is not None:
        said["send_at"] = account.send_at
    if account.batch_id:
        said["batch_id"] = account.batch_id
    return f'{begin[1:-1]},"content":[{",".join(parts)}],{_json(said)[1:]}'


@dataclass(frozen=True, slots=True)
class _Column:
    """A slot's values: their common beginning, what follows it for each reader, and all of that in one piece."""

    begin: str
    own: Sequence[str]
    together: str


class _Values:
    """The readers' values of a batch: what stands in the content, and what is substituted there for each reader.

    `columns` maps each tag to its values as JSON. No tag occurs in the content, nor in any value.
    """

    def __init__(self, batch: Sequence[Message]) -> None:
        variant = batch[0].variant
        self.columns: dict[str, Sequence[str]] = {}
        self._in: dict[str, dict[str, str]] = {"text": {}, "html": {}}
        used = {part: set(_cut(source).slots) for part, source in (("text", variant.text), ("html", variant.html))}
        moving: dict[str, _Column] = {}
        given = [message.values for message in batch]
        for slot in variant.slots:
            column = list(map(itemgetter(slot), given))
            if alike(column):
                self._in["text"][slot] = column[0]
                self._in["html"][slot] = html.escape(column[0])
            else:
                alike_until = prefix(column)
                rest = list(map(itemgetter(slice(alike_until, None)), column)) if alike_until else column
                moving[slot] = _Column(column[0][:alike_until], rest, "".join(rest))
        stem = _stem(variant, batch[0].subject, moving.values()) if moving else ""
        for number, (slot, moved) in enumerate(moving.items()):
            apart = has_markup(moved.together)
            for part in ("text", "html"):
                if slot in used[part]:
                    tag = f"-{stem}{number}{part[0] if apart else ''}-"
                    self._in[part][slot] = (html.escape(moved.begin) if part == "html" else moved.begin) + tag
                    if apart and part == "html":
                        self.columns[tag] = encoded(escaped(moved.own))
                    elif tag not in self.columns:
                        self.columns[tag] = encoded(moved.own, moved.together)

    def filled(self, source: str, part: str) -> str:
        """A part of the variant with a value or a tag in each slot, as the inside of a JSON string."""
        cut = _cut(source)
        own = {slot: _json(self._in[part].get(slot, f"{{{{{slot}}}}}"))[1:-1] for slot in set(cut.slots)}
        pieces = list(cut.between)
        for place, slot in reversed(list(enumerate(cut.slots, 1))):
            pieces.insert(place, own[slot])
        return "".join(pieces)


@dataclass(frozen=True, slots=True)
class _Cut:
    """A part of a variant: its slots in their order, and what stands between them as the insides of JSON strings."""

    slots: tuple[str, ...]
    between: tuple[str, ...]


@lru_cache(maxsize=16)
def _cut(source: str) -> _Cut:
    """An edition is many requests of few variants, so each is cut once."""
    slots, between = [], []
    start = at = 0
    while (at := source.find("{{", at)) >= 0:
        if found := _SLOT.match(source, at):
            slots.append(found[1])
            between.append(source[start:at])
            start = at = found.end()
        else:
            at += 1
    return _Cut(tuple(slots), tuple(_json(piece)[1:-1] for piece in (*between, source[start:])))


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _stem(variant: Rendering, subject: str, moving: Iterable[_Column]) -> str:
    """The beginning of every tag: it occurs in no content and in no value."""
    known = [variant.html, variant.text, subject]
    for column in moving:
        known += (column.begin, column.together)
    for attempt in count():
        seed = f"{variant.edition}\n{variant.segment}\n{attempt}".encode()
        stem = f"dg{hashlib.sha256(seed).hexdigest()[: 4 + attempt // 16]}"
        if not any(stem in text for text in known):
            return stem
    raise AssertionError("there is always another stem")


def _too_much(message: Message, characters: int) -> bool:
    # A character is at most ten octets in both parts together: four and four in UTF-8, or one and six if escaped.
    if 10 * characters + 60 * len(message.values) <= MAX_VALUES:
        return False
    slots = message.variant.slots
    both = [message.values[slot] for slot in slots]
    size = sum(len(value.encode()) + len(html.escape(value).encode()) for value in both) + 60 * len(slots)
    return size > MAX_VALUES


def _key(message: Message) -> tuple[object, ...]:
    named = [pair for pair in message.headers if pair[0] in _PEOPLE]
    return (message.variant, message.subject, message.sender, message.edition, *named)


def _same(one: Message, other: Message) -> bool:
    """Whether two messages surely share a request. Where this says no, `_key` tells."""
    return (
        one.written is other.written
        and one.subject is other.subject
        and one.sender is other.sender
        and one.edition is other.edition
        and len(one.headers) > 1
        and one.headers[0] is other.headers[0]
        and one.headers[1] is other.headers[1]
        and one.headers[0][0] in _PEOPLE
        and one.headers[1][0] in _PEOPLE
    )


def _categories(edition: str, wanted: Sequence[str]) -> list[str]:
    ours = (edition.partition("/")[0], edition, *wanted)
    return list(dict.fromkeys(name[:255] for name in ours if name))[:MAX_CATEGORIES]


def _person(mailbox: str) -> dict[str, str]:
    name, _, address = mailbox.rpartition("<")
    person = {"email": address.removesuffix(">").strip()}
    if name.strip():
        person["name"] = name.strip()
    return person
