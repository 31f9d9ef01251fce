"""One request of SendGrid's v3 Mail Send: the variant once, and for each reader what differs.

Readers' values travel as substitutions. Each part has its own tags, because html needs its values escaped and text
does not. Limits: https://www.twilio.com/docs/sendgrid/api-reference/mail-send/limitations
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digest.models.mail import Delivery, Message, State

MAX_PEOPLE = 1000
MAX_OCTETS = 20_000_000
MAX_VALUES = 10_000
DELIVERY_ARG = "digest_delivery"

RESERVED = frozenset(
    {"x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding"}
    | {"to", "from", "subject", "reply-to", "cc", "bcc"}
)
_THEIRS = RESERVED | {"date", "message-id", "mime-version", "return-path"}


@dataclass(frozen=True, slots=True)
class Account:
    """What every request says alike: the unsubscribe group and the pool of addresses, where they are set."""

    asm_group: int | None = None
    ip_pool: str | None = None


def batches(messages: Iterable[Message]) -> Iterator[list[Message]]:
    """Consecutive messages of one variant and sender, at most 1,000 and about 20 MB of values together."""
    batch: list[Message] = []
    size = 0
    for message in messages:
        octets = 2 * sum(map(len, message.values.values())) + sum(len(value) for _, value in message.headers)
        if batch and (not _alike(batch[0], message) or len(batch) == MAX_PEOPLE or size + octets > MAX_OCTETS):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += octets
    if batch:
        yield batch


def too_large(message: Message) -> Delivery | None:
    """A rejection when the reader's values are more than one reader may have."""
    # A character is at most ten octets in both parts together: four and four in UTF-8, or one and six if escaped.
    if 10 * sum(map(len, message.values.values())) + 60 * len(message.values) <= MAX_VALUES:
        return None
    size = sum(
        len(tag.encode()) + len(value.encode()) for tag, value in _substitutions(message, _tags([message])).items()
    )
    if size > MAX_VALUES:
        return Delivery(message.id, State.REJECTED, "too large: SendGrid takes 10,000 octets of values for a reader")
    return None


def payload(batch: Sequence[Message], account: Account) -> dict[str, Any]:
    """The request's body as plain JSON values. All messages are of one variant and sender."""
    first = batch[0]
    tags = _tags(batch)
    headers = [_own_headers(message) for message in batch]
    shared = {name: value for name, value in headers[0].items() if all(h.get(name) == value for h in headers)}
    named = dict(first.headers)
    body: dict[str, Any] = {
        "personalizations": [
            _personalization(message, tags, {name: v for name, v in own.items() if name not in shared})
            for message, own in zip(batch, headers, strict=True)
        ],
        "from": _person(named.get("From", first.sender)),
        "subject": first.subject,
        "content": [
            {"type": "text/plain", "value": _tagged(first.variant.text, tags, "text")},
            {"type": "text/html", "value": _tagged(first.variant.html, tags, "html")},
        ],
        "headers": shared,
        "categories": list(dict.fromkeys([first.edition.partition("/")[0][:255], first.edition[:255]])),
        # Links stay as the newsroom wrote them, and nobody is watched: only our own settings may change that.
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": False},
            "subscription_tracking": {"enable": False},
        },
    }
    if "Reply-To" in named:
        body["reply_to"] = _person(named["Reply-To"])
    if account.asm_group is not None:
        body["asm"] = {"group_id": account.asm_group}
    if account.ip_pool:
        body["ip_pool_name"] = account.ip_pool
    return body


def _alike(one: Message, other: Message) -> bool:
    return (
        (one.variant is other.variant or one.variant == other.variant)
        and (one.subject, one.sender, one.edition) == (other.subject, other.sender, other.edition)
        and [v for n, v in one.headers if n in ("From", "Reply-To")]
        == [v for n, v in other.headers if n in ("From", "Reply-To")]
    )


def _tags(batch: Sequence[Message]) -> Mapping[tuple[str, str], str]:
    """A tag for each slot in each part that has it. Their stem occurs nowhere in the content, nor in any value."""
    variant = batch[0].variant
    values = "\n".join(value for message in batch for value in message.values.values())
    stem = ""
    for attempt in range(1000):
        seed = f"{variant.edition}\n{variant.segment}\n{attempt}".encode()
        stem = f"dg{hashlib.sha256(seed).hexdigest()[:10]}"
        if not any(stem in text for text in (variant.html, variant.text, batch[0].subject, values)):
            break
    return {
        (slot, part): f"-{stem}{part}{index}-"
        for index, slot in enumerate(variant.slots)
        for part, source in (("text", variant.text), ("html", variant.html))
        if "{{" + slot + "}}" in source
    }


def _tagged(source: str, tags: Mapping[tuple[str, str], str], part: str) -> str:
    names = "|".join(re.escape(slot) for slot, where in tags if where == part)
    return re.sub(r"\{\{(" + names + r")\}\}", lambda match: tags[match[1], part], source) if names else source


def _substitutions(message: Message, tags: Mapping[tuple[str, str], str]) -> dict[str, str]:
    return {
        tag: html.escape(message.values[slot]) if part == "html" else message.values[slot]
        for (slot, part), tag in tags.items()
    }


def _personalization(
    message: Message, tags: Mapping[tuple[str, str], str], headers: Mapping[str, str]
) -> dict[str, Any]:
    to = {"email": message.to}
    # SendGrid takes neither sign in a name.
    name = " ".join(message.to_name.replace(",", " ").replace(";", " ").split())
    if name:
        to["name"] = name
    person: dict[str, Any] = {"to": [to], "custom_args": {DELIVERY_ARG: message.id}}
    substitutions = _substitutions(message, tags)
    if substitutions:
        person["substitutions"] = substitutions
    if headers:
        person["headers"] = dict(headers)
    return person


def _own_headers(message: Message) -> dict[str, str]:
    return {name: value for name, value in message.headers if name.lower() not in _THEIRS}


def _person(mailbox: str) -> dict[str, str]:
    name, _, address = mailbox.rpartition("<")
    person = {"email": address.removesuffix(">").strip()}
    if name.strip():
        person["name"] = name.strip()
    return person
