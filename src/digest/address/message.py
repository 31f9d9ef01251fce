"""One reader's message: slot values, the few header fields that differ, and one list of octets to be joined."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache

from digest.address.headers import HeaderError, mailbox_field
from digest.address.letterhead import MAX_DELIVERY_ID, Letterhead
from digest.address.mailbox import MAX_NAME, AddressError, Mailbox, clean_line, wire_address
from digest.address.quoted import quote_link, quote_value
from digest.address.values import LINK_SLOTS, RecipientLinks, header_link, link, plain_links
from digest.models.mail import Delivery, Message, State
from digest.models.people import Recipient

_ID = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_DELIVERY_ID}}}").fullmatch
_SIMPLE_NAME = re.compile(r"[A-Za-z0-9'-]{1,30}(?: [A-Za-z0-9'-]{1,30})?").fullmatch
_FOLDED = ",\r\n "
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def address(
    paper: Letterhead, recipient: Recipient, *, links: RecipientLinks, why: str, now: datetime
) -> Message | Delivery:
    """The message to one reader, or a rejected `Delivery` that says why none can be written.

    Args:
        paper: the variant as `letterhead` prepared it.
        recipient: the person; `delivery` is the message's id and the left part of its Message-ID. Who wants text only
            (`plain`) gets a message of one part, text/plain.
        links: where this reader's links lead, with their tokens.
        why: the sentence that says why they get this mail, in their language.
        now: zone-aware; becomes Date (RFC 5322: the time of sending).

    Raises:
        ConfigError: a link cannot stand in a mail (all readers' links are made alike, so no one is rejected for it).
        ValueError: the delivery id has other characters than letters, digits, _ and -, or more than 40; or `now` has
            no zone.
    """
    if not _ID(recipient.delivery):
        raise ValueError(f"{recipient.delivery!r} is no id of a delivery")
    if recipient.plain:
        paper = paper.plain
    name = clean_line(recipient.name, MAX_NAME)
    plain = plain_links(links)
    try:
        to = wire_address(recipient.email)
        head, fields = _head(paper, recipient.delivery, name, to, links, now, plain)
    except (AddressError, HeaderError) as problem:
        return Delivery(recipient.delivery, State.REJECTED, f"no mail can be written to this address: {problem}")
    values = {
        "name": name,
        "email": to if to is recipient.email else clean_line(recipient.email, 320),
        "why": clean_line(why),
        "unsubscribe_url": links.unsubscribe_url,
        "preferences_url": links.preferences_url,
        "browser_url": links.browser_url,
        "feedback_url": links.feedback_url,
    }
    if not plain:
        for slot in LINK_SLOTS:
            link(slot, values[slot])
    for slot, url in links.tracked.items():
        values[slot] = link(slot, url)
    in_text: dict[str, bytes] = {}
    in_html: dict[str, bytes] = {}
    for slot in paper.slots:
        if plain and slot in LINK_SLOTS:
            in_text[slot] = in_html[slot] = quote_link(values[slot])
        else:
            in_text[slot], in_html[slot] = (_often if slot == "why" else _both)(values[slot])
    octets = list(paper.octets)
    octets[1] = head
    octets[3 : paper.split : 2] = map(in_text.__getitem__, paper.text_order)
    octets[paper.split :: 2] = map(in_html.__getitem__, paper.html_order)
    return Message(
        id=recipient.delivery,
        edition=paper.edition,
        segment=recipient.segment,
        sender=paper.sender.address,
        envelope_from=_envelope(paper, recipient.delivery),
        to=to,
        to_name=name,
        subject=paper.encoded.about.subject,
        headers=fields,
        chunks=tuple(octets),
        written=paper.encoded,
        values=values,
        plain=recipient.plain,
    )


def _both(value: str) -> tuple[bytes, bytes]:
    """The value as it stands in text and in html."""
    quoted = quote_value(value)
    if "&" in value or "<" in value or ">" in value or '"' in value or "'" in value:
        return quoted, quote_value(html.escape(value))
    return quoted, quoted


# Few sentences say why; each stands in thousands of messages.
_often = lru_cache(maxsize=256)(_both)


def _head(
    paper: Letterhead, delivery: str, name: str, to: str, links: RecipientLinks, now: datetime, plain: bool
) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    one_click = links.one_click or links.unsubscribe_url
    checked = plain and one_click is links.unsubscribe_url
    ways = [f"<{one_click}>" if checked else header_link("List-Unsubscribe", one_click)]
    if links.unsubscribe_mailto:
        ways.append(header_link("List-Unsubscribe", links.unsubscribe_mailto))
    date, message_id = rfc5322_date(now), f"<{delivery}.{paper.issue}>"
    fields: tuple[tuple[str, str], ...] = (
        ("List-Unsubscribe", ", ".join(ways)),
        ("X-Digest-Delivery", delivery),
        ("Message-ID", message_id),
        ("Date", date),
    )
    # `header_link` bounds each way below a line's length, so that one a line is always a lawful folding.
    rest = (
        f"Date: {date}\r\nMessage-ID: {message_id}\r\nX-Digest-Delivery: {delivery}\r\n"
        f"List-Unsubscribe: {_FOLDED.join(ways)}\r\n"
    )
    # RFC 8058, section 3.1: one click needs an https address; without one the field would promise what fails.
    if one_click.startswith("https://"):
        fields += (("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),)
        rest += "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    if _SIMPLE_NAME(name) and len(to) + len(name) < 70:
        return f"To: {name} <{to}>\r\n{rest}".encode("ascii"), paper.fields + fields
    return mailbox_field("To", Mailbox(name, to)) + rest.encode("ascii"), paper.fields + fields


def _envelope(paper: Letterhead, delivery: str) -> str:
    if paper.bounces is None:
        return paper.sender.address
    # One return path a message (VERP): a bounce then names its delivery even when it quotes nothing.
    local, _, domain = paper.bounces.address.rpartition("@")
    return f"{local}+{delivery}@{domain}"


@lru_cache(maxsize=8)
def rfc5322_date(now: datetime) -> str:
    """`now` as RFC 5322 writes it, in its own zone.

    Raises:
        ValueError: `now` has no zone.
    """
    iso = now.isoformat()
    if iso[-6] not in "+-":
        offset = now.utcoffset()
        if offset is None:
            raise ValueError("a time without a zone is no time of sending")
        # Old local times are off by seconds, which RFC 5322 cannot write.
        now = now.astimezone(timezone(timedelta(minutes=round(offset.total_seconds() / 60))))
        iso = now.isoformat()
    day, month = _DAYS[now.weekday()], _MONTHS[int(iso[5:7]) - 1]
    return f"{day}, {iso[8:10]} {month} {iso[:4]} {iso[11:19]} {iso[-6:-3]}{iso[-2:]}"
