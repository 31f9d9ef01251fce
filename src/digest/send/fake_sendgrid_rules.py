"""What SendGrid documents about one Mail Send request, and the mails that an accepted one becomes.

Sources: the v3 Mail Send reference and its limitations page. Where the reference gives a number, it is checked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from digest.send.fake_sendgrid_shape import Wrong, misfits
from digest.send.sendgrid_columns import RESERVED
from digest.send.sendgrid_payload import MAX_PEOPLE, MAX_VALUES

LATEST = 72 * 3600

_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+").fullmatch


@dataclass(frozen=True, slots=True)
class FakeMail:
    """What one address got, with its substitutions made."""

    to: str
    to_name: str
    sender: Mapping[str, str]
    reply_to: Mapping[str, str] | None
    subject: str
    text: str
    html: str
    headers: Mapping[str, str]
    custom_args: Mapping[str, str]
    categories: tuple[str, ...]
    message_id: str
    asm_group: int | None = None


def problems(
    body: Mapping[str, Any] | None, refused: Collection[str] = (), now: float = 0, batch_ids: Collection[str] = ()
) -> list[Wrong]:
    """Everything that is wrong with a request's body; nothing means that it is accepted. `refused` are addresses
    that are called invalid, `batch_ids` those that were made."""
    if body is None:
        return [Wrong("Bad Request")]
    return [*misfits(body), *_body(body, refused), *_when(body, now, batch_ids)]


def mails(body: Mapping[str, Any], message_id: str) -> Iterator[FakeMail]:
    """One mail for each recipient of an accepted body."""
    content = {part["type"]: part["value"] for part in body["content"]}
    for person in body["personalizations"]:
        substitutions = person.get("substitutions", {})
        for to in person["to"]:
            yield FakeMail(
                to["email"],
                to.get("name", ""),
                body["from"],
                body.get("reply_to"),
                _made(person.get("subject", body.get("subject", "")), substitutions),
                _made(content.get("text/plain", ""), substitutions),
                _made(content.get("text/html", ""), substitutions),
                {**body.get("headers", {}), **person.get("headers", {})},
                {**body.get("custom_args", {}), **person.get("custom_args", {})},
                tuple(body.get("categories", ())),
                message_id,
                body.get("asm", {}).get("group_id"),
            )


def _made(text: str, substitutions: Mapping[str, str]) -> str:
    for tag, value in substitutions.items():
        text = text.replace(tag, value)
    return text


def _body(body: Mapping[str, Any], refused: Collection[str]) -> Iterator[Wrong]:
    people = body.get("personalizations")
    if not isinstance(people, list) or not people:
        yield Wrong("The personalizations field is required and must have at least one personalization.", _PEOPLE)
        people = []
    if len(people) > MAX_PEOPLE:
        yield Wrong(f"There may be at most {MAX_PEOPLE} personalizations.", _PEOPLE)
    total = 0
    for index, person in enumerate(people):
        where = f"{_PEOPLE}.{index}"
        if not isinstance(person, dict):
            yield Wrong("A personalization must be an object.", where)
            continue
        yield from _person(person, where, refused)
        total += sum(len(person[kind]) for kind in ("to", "cc", "bcc") if isinstance(person.get(kind), list))
        if not person.get("subject") and not body.get("subject"):
            yield Wrong("The subject is required.", "subject")
    if total > MAX_PEOPLE:
        yield Wrong(f"There may be at most {MAX_PEOPLE} recipients.", _PEOPLE)
    yield from _mailbox(body.get("from"), "from", refused)
    if "reply_to" in body:
        yield from _mailbox(body["reply_to"], "reply_to", ())
    yield from _content(body.get("content"))
    yield from _headers(body.get("headers", {}), "headers")
    categories = body.get("categories", [])
    if not isinstance(categories, list) or not all(isinstance(c, str) and len(c) <= 255 for c in categories):
        yield Wrong("Categories are strings of at most 255 characters.", "categories")
    elif len(categories) > 10 or len(set(categories)) != len(categories):
        yield Wrong("There may be at most 10 different categories.", "categories")
    group = body.get("asm", {})
    if not isinstance(group, dict) or ("asm" in body and type(group.get("group_id")) is not int):
        yield Wrong("The asm group_id must be an integer.", "asm.group_id")
    pool = body.get("ip_pool_name", "--")
    if not isinstance(pool, str) or not 2 <= len(pool) <= 64:
        yield Wrong("The ip_pool_name has 2 to 64 characters.", "ip_pool_name")


def _when(body: Mapping[str, Any], now: float, batch_ids: Collection[str]) -> Iterator[Wrong]:
    people = body.get("personalizations")
    asked = [(body.get("send_at"), "send_at")]
    for index, person in enumerate(people if isinstance(people, list) else []):
        if isinstance(person, dict) and "send_at" in person:
            asked.append((person["send_at"], f"{_PEOPLE}.{index}.send_at"))
    for at, where in asked:
        if type(at) is int and at > now + LATEST:
            yield Wrong("The send_at time may be at most 72 hours ahead.", where)
    if body.get("batch_id") is not None and body["batch_id"] not in batch_ids:
        yield Wrong("The batch_id is not one that was made.", "batch_id")


def _person(person: Mapping[str, Any], where: str, refused: Collection[str]) -> Iterator[Wrong]:
    if not isinstance(person.get("to"), list) or not person["to"]:
        yield Wrong("The to array is required for all personalization objects.", f"{where}.to")
    seen: set[str] = set()
    for kind in ("to", "cc", "bcc"):
        given = person.get(kind, [])
        for index, mailbox in enumerate(given if isinstance(given, list) else []):
            yield from _mailbox(mailbox, f"{where}.{kind}.{index}", refused)
            address = str(mailbox.get("email", "")).lower() if isinstance(mailbox, dict) else ""
            if address in seen:
                yield Wrong("Each email address in the personalization block should be unique.", where)
            seen.add(address)
    yield from _headers(person.get("headers", {}), f"{where}.headers")
    for kind in ("substitutions", "custom_args"):
        values = person.get(kind, {})
        if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            yield Wrong(f"The {kind} values must be strings.", f"{where}.{kind}")
        elif sum(_octets(name) + _octets(value) for name, value in values.items()) > MAX_VALUES:
            yield Wrong(f"The {kind} may have at most {MAX_VALUES} bytes.", f"{where}.{kind}")


def _octets(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _mailbox(mailbox: Any, where: str, refused: Collection[str]) -> Iterator[Wrong]:
    address = mailbox.get("email") if isinstance(mailbox, dict) else None
    if not isinstance(address, str) or not _ADDRESS(address) or address in refused:
        yield Wrong("Does not contain a valid address.", f"{where}.email")
        return
    name = mailbox.get("name", "")
    if not isinstance(name, str) or (where != "from" and where != "reply_to" and ("," in name or ";" in name)):
        yield Wrong("The name may not hold a comma or a semicolon.", f"{where}.name")


def _content(content: Any) -> Iterator[Wrong]:
    if not isinstance(content, list) or not content:
        yield Wrong("The content must have at least one part.", "content")
        return
    for index, part in enumerate(content):
        kind = part.get("type") if isinstance(part, dict) else None
        value = part.get("value") if isinstance(part, dict) else None
        if not isinstance(kind, str) or not isinstance(value, str) or not kind or not value:
            yield Wrong("The content value must be a string of at least one character.", f"content.{index}.value")
        elif kind == "text/plain" and index:
            yield Wrong("If present, text/plain must be first.", "content")


def _headers(headers: Any, where: str) -> Iterator[Wrong]:
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        yield Wrong("The headers must be an object of strings.", where)
        return
    for name, value in headers.items():
        if name.lower() in RESERVED:
            yield Wrong(f"The header {name} is reserved.", f"{where}.{name}")
        if not value.isascii() or not value.isprintable() or not re.fullmatch(r"[!-9;-~]+", name):
            yield Wrong("Headers are printable ASCII.", f"{where}.{name}")


_PEOPLE = "personalizations"
