"""The raw message: headers that let a reader leave with one click, parts in order, lines that every server takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.check.finding import Given, Hit, Rule

LONGEST_LINE = 998
ONE_CLICK = "List-Unsubscribe=One-Click"


def _unsubscribe(given: Given) -> Iterator[Hit]:
    if given.headers is None:
        return
    value = str(given.headers.get("List-Unsubscribe", ""))
    if not value:
        yield Hit("the header is missing", "List-Unsubscribe")
    elif "=?" in value:
        yield Hit("the header is an encoded word, which no client can read", "List-Unsubscribe")
    elif not re.search(r"<https://[^<>\s]+>", value):
        yield Hit("the header has no https address", "List-Unsubscribe")
    elif not re.search(r"<mailto:[^<>\s]+>", value):
        yield Hit("the header has no mailto address beside the https one", "List-Unsubscribe", "warning")
    post = str(given.headers.get("List-Unsubscribe-Post", "")).strip()
    if post != ONE_CLICK:
        yield Hit(f"the header must be {ONE_CLICK}", "List-Unsubscribe-Post")
    signature = str(given.headers.get("DKIM-Signature", ""))
    if signature:
        signed = re.search(r"(?:^|;)\s*h\s*=([^;]*)", signature)
        names = set(re.split(r"[\s:]+", signed[1].lower())) if signed else set()
        for name in ("list-unsubscribe", "list-unsubscribe-post"):
            if name not in names:
                yield Hit(f"the signature does not cover {name}", "DKIM-Signature")


def _once(given: Given) -> Iterator[Hit]:
    if given.headers is None:
        return
    for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version"):
        count = len(given.headers.get_all(name, []))
        if count != 1:
            yield Hit(f"the header occurs {count} times, not once", name)


def _lines(given: Given) -> Iterator[Hit]:
    if given.message is None:
        return
    longest = max((len(line) for line in given.message.split(b"\r\n")), default=0)
    if longest > LONGEST_LINE:
        yield Hit(f"a line has {longest:,} octets", "message")
    if re.search(rb"(?<!\r)\n|\r(?!\n)", given.message):
        yield Hit("a line does not end in CRLF", "message")
    if not given.message.isascii():
        yield Hit("the message is not seven-bit", "message", "warning", "encode the parts as quoted-printable")


def _alternative(given: Given) -> Iterator[Hit]:
    if given.headers is not None:
        kinds = [part.get_content_type() for part in given.headers.walk() if not part.is_multipart()]
        if "text/plain" not in kinds:
            yield Hit("there is no text part", "message")
        elif "text/html" in kinds and kinds.index("text/plain") > kinds.index("text/html"):
            yield Hit("the text part stands behind the HTML, so clients show it instead", "message")
    if not given.text.strip():
        yield Hit("the text part is empty", "text")
        return
    headings = [" ".join("".join(h.itertext()).split()) for h in given.page.iter("h2", "h3")]
    text = " ".join(given.text.split())
    missing = [heading for heading in headings if heading not in text]
    if len(missing) > len(headings) // 4:
        yield Hit(f'the text part lacks {len(missing)} headings of the HTML, first "{missing[0][:60]}"', "text")


RULES = (
    Rule(
        "hdr.unsubscribe",
        "error",
        "large mailbox providers require one-click unsubscription of whoever sends in bulk",
        "RFC 2369; RFC 8058; Gmail and Yahoo sender guidelines",
        "send through digest's own address stage, with an https address",
        _unsubscribe,
    ),
    Rule(
        "hdr.once",
        "error",
        "servers refuse a message that lacks these headers or has them twice",
        "RFC 5322, 3.6",
        "write each of them once",
        _once,
    ),
    Rule(
        "mime.line-length",
        "error",
        "longer lines are cut or refused, and bare line feeds are how mail is smuggled",
        "RFC 5322, 2.1.1 and 2.3",
        "encode the parts as quoted-printable",
        _lines,
    ),
    Rule(
        "mime.alternative",
        "error",
        "a mail without a text part that says the same counts as spam, and is unread on a watch",
        "SpamAssassin MIME_HTML_ONLY; RFC 2046, 5.1.4",
        "let the text part be written from the same edition",
        _alternative,
    ),
)
