"""What tells a program that fetches the links and pictures of a mail from the person it was written to."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from digest.store.preferences import Sent

SOON = timedelta(seconds=8)
_SCANNER = re.compile(
    r"bot|crawl|spider|scan|preview|proofpoint|barracuda|mimecast|safelinks|curl|wget|python|java/|go-http|headless",
    re.IGNORECASE,
)


def scanner(now: datetime, sent: Sent, head: bool, agent: str) -> str:
    """Why a request for something in a mail is likely a program's; empty when it is likely a person's."""
    if head:
        return "asked for the head only"
    if not agent or _SCANNER.search(agent[:300]):
        return "named itself a program"
    if now.timestamp() - sent.changed < SOON.total_seconds():
        return "came within seconds of the mail"
    return ""
