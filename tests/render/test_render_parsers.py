"""A message as it leaves, read back by parsers that are not ours: the very html and text that were rendered."""

from __future__ import annotations

import email
import email.policy
import html
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hard_sample import TEMPLATES, hard
from npm_folder import npm_folder, run_node

from digest.address import RecipientLinks, address, encode, letterhead
from digest.models.edition import Rendering
from digest.models.mail import Message
from digest.models.people import Recipient
from digest.render import render
from digest.settings import Delivery, Publication, Theme

ROOTS = (Path(__file__).parents[2] / "templates",)
NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
PUBLICATION = Publication(
    "ledger", "The Ledger", "https://news.example", "The Ledger <hello@news.example>", "1 Press Lane, Delhi 110001"
)
READER = Recipient("k3abc7", 7, "ann@mail.example", "everyone", "Ann “O’Neil” <b> & 李", "en")
LINKS = RecipientLinks(
    "https://news.example/u/t.7?a=1&b=2",
    "https://news.example/p/t.7?a=1&b=2",
    "https://news.example/b/t.7",
    "https://news.example/f/t.7",
    unsubscribe_mailto="mailto:leave@news.example?subject=t.7",
)
WHY = "You asked for it on 3 March = “daily” & more <b>."
NAMES = [f"{template}{which}" for template in TEMPLATES for which in (", labelled", " in Arabic", " in Hindi")]
READ = """
const { simpleParser } = require('mailparser');
const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));
(async () => { const read = {};
for (const [name, raw] of Object.entries(given)) {
  const mail = await simpleParser(Buffer.from(raw, 'base64'), { skipImageLinks: true, skipTextToHtml: true });
  read[name] = { html: mail.html, text: mail.text, subject: mail.subject, to: mail.to.value[0].address };
}
process.stdout.write(JSON.stringify(read)); })();
"""


@cache
def rendered(name: str) -> Rendering:
    context, language, template = hard()[name]
    return render(context, templates=ROOTS, template=template, theme=Theme(), language=language)


def sent(name: str) -> bytes:
    paper = letterhead(encode(rendered(name)), publication=PUBLICATION, delivery=Delivery(), digest="daily")
    message = address(paper, READER, links=LINKS, why=WHY, now=NOW)
    assert isinstance(message, Message)
    return b"".join(message.chunks)


def wanted(name: str) -> dict[str, str]:
    """What a reader must get, the slots filled by nothing but replacement."""
    made = rendered(name)
    page, plain = made.html, made.text
    values = {
        "email": READER.email,
        "why": WHY,
        "unsubscribe_url": LINKS.unsubscribe_url,
        "preferences_url": LINKS.preferences_url,
        "browser_url": LINKS.browser_url,
        "feedback_url": LINKS.feedback_url,
    }
    for slot, value in values.items():
        page = page.replace("{{" + slot + "}}", html.escape(value))
        plain = plain.replace("{{" + slot + "}}", value)
    return {"html": page, "text": plain, "subject": made.subject, "to": READER.email}


@pytest.mark.parametrize("name", NAMES)
def test_the_standard_library_reads_what_was_rendered(name: str) -> None:
    message = email.message_from_bytes(sent(name), policy=email.policy.default)
    page, plain = message.get_body(("html",)), message.get_body(("plain",))
    assert page is not None
    assert plain is not None
    assert not [part.defects for part in message.walk() if part.defects]
    read = {"html": page.get_content(), "text": plain.get_content()}
    read |= {"subject": str(message["subject"]), "to": message["to"].addresses[0].addr_spec}
    assert {key: value.replace("\r\n", "\n") for key, value in read.items()} == wanted(name)


def test_npm_mailparser_reads_what_was_rendered() -> None:
    import base64

    folder = npm_folder()
    given = {name: base64.b64encode(sent(name)).decode() for name in NAMES}
    read = json.loads(run_node(READ, given, folder))
    assert read == {name: wanted(name) for name in NAMES}
