"""The sample message of one segment, opened again: what a reader's mail program would find in it."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self

from digest.models.mail import Message


@dataclass(frozen=True, slots=True)
class Letter:
    """One decoded message. `size` is of its HTML in bytes, which is what Gmail counts; of its text where that is all
    there is."""

    raw: bytes
    sender: str
    subject: str
    html: str
    text: str
    headers: tuple[tuple[str, str], ...]
    size: int

    @classmethod
    def opened(cls, message: Message) -> Self:
        """The message as it would arrive."""
        raw = message.raw
        found = message_from_bytes(raw, policy=policy.default)
        html, text = _part(found, "html"), _part(found, "plain")
        senders = found["From"].addresses if found["From"] else ()
        return cls(
            raw=raw,
            sender=(senders[0].display_name or senders[0].addr_spec) if senders else "",
            subject=str(found["Subject"] or ""),
            html=html,
            text=text,
            headers=tuple((name, str(value)) for name, value in found.items()),
            size=len((html or text).encode()),
        )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
