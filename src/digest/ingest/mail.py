"""A mail as a story (RFC 5322): a press release, or another newsroom's letter, saved as `.eml`."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from digest.ingest.context import Context
from digest.ingest.html.fragment import read_fragment
from digest.ingest.prose import clean, paragraphs
from digest.models.story import SourceFailure, Story

MOST_PARTS = 200


def read_mail(data: bytes, context: Context) -> tuple[Story | SourceFailure, ...]:
    """The one story of a mail: Subject, Date, From, and its HTML part, else its plain text."""
    try:
        mail = message_from_bytes(data, policy=policy.default)
        subject = clean(str(mail["Subject"] or ""))
        html, plain = _content(mail, "html"), _content(mail, "plain")
        author = _author(mail)
    except (ValueError, LookupError, RecursionError, AttributeError, TypeError) as problem:
        return (context.failure("is no mail that can be read", str(problem)[:200] or None),)
    if not subject:
        return (context.failure("is a mail without a subject, which would be its headline"),)
    inside = read_fragment(html, subject, context.url)
    body = inside.body or paragraphs(plain.replace("\r\n", "\n").split("\n\n"))
    if not body:
        return (context.failure("is a mail without text"),)
    published = _date(mail)
    story = context.story(
        subject,
        url=None,
        takeaways=inside.takeaways,
        body=body,
        sections=inside.sections,
        image=inside.image,
        author=author,
        published=published.replace(tzinfo=published.tzinfo or context.zone) if published else None,
    )
    return (story,)


def _content(mail: EmailMessage, kind: str) -> str:
    """The first part of this kind that is no attachment, decoded."""
    for number, part in enumerate(mail.walk()):
        if number >= MOST_PARTS:
            break
        if part.get_content_type() == f"text/{kind}" and part.get_content_disposition() != "attachment":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                charset = part.get_content_charset("utf-8")
                try:
                    return payload.decode(charset, "replace")
                except LookupError:
                    return payload.decode("utf-8", "replace")
    return ""


def _author(mail: EmailMessage) -> str | None:
    addresses = getattr(mail["From"], "addresses", ())
    return clean(addresses[0].display_name) or None if addresses else None


def _date(mail: EmailMessage) -> datetime | None:
    raw = mail["Date"]
    try:
        return parsedate_to_datetime(str(raw)) if raw else None
    except (ValueError, TypeError):
        return None
