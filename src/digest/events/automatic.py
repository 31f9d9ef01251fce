"""Mails that a program wrote in a person's absence (RFC 3834): they say nothing about a delivery."""

from __future__ import annotations

import re

from digest.events.letter import Letter

_SUBJECT = re.compile(
    r"^(?:(?:re|aw|sv|antw|fwd?):\s*)*(?:out of (?:the )?office|automatic reply|auto[- ]?(?:reply|response|matic)"
    r"|autoreply|i am (?:away|out|on)|on vacation|vacation reply|away from|abwesen|automatische antwort|abwezig"
    r"|réponse automatique|absence du bureau|respuesta automática|fuera de (?:la )?oficina|risposta automatica"
    r"|fuori sede|resposta automática|autosvar|frånvarande|poissa)",
    re.IGNORECASE,
)

_MARKS = (
    "x-autoreply",
    "x-autorespond",
    "x-auto-reply-from",
    "x-mail-autoreply",
    "x-ms-exchange-inbox-rules-loop",
)


def is_automatic(letter: Letter) -> bool:
    """Whether a mail is an auto-reply or an out-of-office note."""
    submitted = letter.header("auto-submitted").lower()
    if submitted and not submitted.startswith("no"):
        return True
    if letter.header("precedence").lower() in ("auto_reply", "auto-reply", "bulk", "junk"):
        return True
    return any(letter.header(mark) for mark in _MARKS) or bool(_SUBJECT.match(letter.header("subject")))
