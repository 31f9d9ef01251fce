"""SendGrid's Inbound Parse: a mail that arrived there, posted as a form, raw or already taken apart.

https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/setting-up-the-inbound-parse-webhook
The forms are not signed. What is believed of a mail is what it proves itself, as for any mailbox.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from digest.events.form import BadForm, fields
from digest.events.found import Inbox
from digest.events.mail import read_mail
from digest.events.told import Told, one_junk

_OWN = re.compile(rb"^(?:content-type|content-transfer-encoding|mime-version):.*\r?\n(?:[ \t].*\r?\n)*", re.I | re.M)


def read_inbound(content_type: str, body: bytes, inbox: Inbox) -> Told:
    """What the posted mail tells; never raises for what it holds."""
    try:
        form = fields(content_type, body)
    except BadForm as problem:
        return one_junk(str(problem))
    if raw := form.get("email"):
        return read_mail(_envelope(form) + raw.lstrip(b"\r\n"), inbox)
    if "headers" not in form and "subject" not in form:
        return one_junk("a form without a mail")
    return read_mail(_envelope(form) + _rebuilt(form), inbox)


def _envelope(form: Mapping[str, bytes]) -> bytes:
    """Whom the mail was really for, which its To need not say, as a header before the others."""
    try:
        named = json.loads(form.get("envelope", b"{}")[:10_000])
        to = named.get("to") if isinstance(named, dict) else None
    except (ValueError, RecursionError):
        to = None
    first = to[0] if isinstance(to, list) and to else ""
    return f"X-Original-To: {first}\r\n".encode() if isinstance(first, str) and _one_line(first) else b""


def _rebuilt(form: Mapping[str, bytes]) -> bytes:
    head = _OWN.sub(b"", form.get("headers", b"").strip(b"\r\n")[:100_000] + b"\r\n")
    if not re.search(rb"^subject:", head, re.I | re.M):
        head += b"Subject: " + b" ".join(form.get("subject", b"")[:2000].split()) + b"\r\n"
    kind = b"Content-Type: text/plain; charset=utf-8\r\n"
    return head.lstrip(b"\r\n") + kind + b"\r\n" + form.get("text", b"")


def _one_line(text: str) -> bool:
    return len(text) < 400 and text.isascii() and text.isprintable()
