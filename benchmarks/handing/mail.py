"""Messages as the address stage makes them, and the same request as people write it with the official package."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count

from digest.address import RecipientLinks, address, encode, letterhead
from digest.models.edition import Rendering
from digest.models.mail import Message
from digest.models.people import Recipient
from digest.settings import Delivery, Publication

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
SLOTS = ("browser_url", "feedback_url", "name", "preferences_url", "unsubscribe_url", "why")


def messages(number: int) -> list[Message]:
    """One edition of about 80 kB to as many readers, each with a name and four links of their own."""
    links = "".join(f'<a href="{{{{{slot}}}}}">{slot}</a>' for slot in SLOTS)
    html = "<p>Dear {{name}},</p>" + '<td style="padding:8px 16px">rents rise – again</td>\n' * 1400 + links
    text = "Dear {{name}},\n" + "Rents rise again in the capital.\n" * 150 + "\n".join(f"{{{{{s}}}}}" for s in SLOTS)
    rendering = Rendering(
        "daily/2026-11-24", "everyone", "en", "daily", "Rents rise again", "", html, text, SLOTS, 7, 3, 900
    )
    publication = Publication("ledger", "The Ledger", "https://news.example", "The Ledger <hello@news.example>", "x")
    paper = letterhead(encode(rendering), publication=publication, delivery=Delivery(), digest="daily")
    made = [
        address(paper, _reader(one), links=_links(one), why="You & I signed up.", now=NOW) for one in range(number)
    ]
    return [message for message in made if isinstance(message, Message)]


@dataclass(frozen=True, slots=True)
class _Written:
    rendering: Rendering


def fresh_variants(batch: list[Message]) -> Iterator[list[Message]]:
    """The same messages over and over, each time of another variant."""
    for number in count():
        variant = replace(batch[0].variant, html=f"{batch[0].variant.html}<!-- {number} -->")
        written = _Written(variant)
        yield [replace(message, written=written) for message in batch]


def by_helpers(batch: list[Message]) -> object:
    """The same request built from the package's own helper objects, with the same substitutions."""
    from sendgrid.helpers.mail import (
        Content,
        CustomArg,
        From,
        Header,
        Mail,
        Personalization,
        Substitution,
        To,
    )

    first = batch[0]
    mail = Mail(From("hello@news.example", "The Ledger"), subject=first.subject)
    mail.add_content(Content("text/plain", first.variant.text))
    mail.add_content(Content("text/html", first.variant.html))
    for message in batch:
        person = Personalization()
        person.add_to(To(message.to, message.to_name))
        for slot in SLOTS:
            person.add_substitution(Substitution("{{" + slot + "}}", message.values[slot]))
        person.add_custom_arg(CustomArg("digest_delivery", message.id))
        named = dict(message.headers)
        for name in ("List-Unsubscribe", "X-Digest-Delivery"):
            person.add_header(Header(name, named[name]))
        mail.add_personalization(person)
    return mail.get()


def _reader(number: int) -> Recipient:
    name = f"Reader O'Brien {number}"
    return Recipient(f"d{number:08d}", number, f"reader{number}@mail.example", name, "everyone", "en")


def _links(number: int) -> RecipientLinks:
    def link(kind: str) -> str:
        return f"https://news.example/{kind}/{hashlib.sha256(f'{kind}{number}'.encode()).hexdigest()[:40]}"

    return RecipientLinks(link("u"), link("p"), link("r"), link("f"))
