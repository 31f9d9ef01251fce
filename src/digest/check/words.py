"""Subject, preheader, and words that must never leave the newsroom."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.check.finding import Given, Hit, Rule
from digest.check.given import without_slots

SUBJECT = (30, 60)
PREHEADER = (40, 110)
_PLACEHOLDERS = (
    (re.compile(r"\{\u2060?[{%]|[%}]\u2060?\}"), "a template placeholder"),
    (re.compile(r"\b(?:TK)+\b(?![ \u00a0]?\d)"), "TK, the newsroom's mark for what is to come,"),
    (re.compile(r"\blorem ipsum\b", re.IGNORECASE), "lorem ipsum"),
    (re.compile(r"\*\|\w+\|\*|%%\w+%%|\[\[\w+\]\]"), "another system's merge field"),
    (re.compile(r"zqslot\w*"), "an internal token"),
)


def _subject(given: Given) -> Iterator[Hit]:
    subject = given.rendering.subject
    plain = without_slots(subject, given.slots).strip()
    if not plain:
        yield Hit("the subject is empty", "subject", "error")
        return
    if any(ord(c) < 32 or ord(c) == 127 for c in subject):
        yield Hit("the subject holds control characters", "subject", "error")
    low, high = SUBJECT
    if len(plain) > high:
        yield Hit(f"the subject has {len(plain)} characters; phones cut it near 40", "subject")
    elif len(plain) < low:
        yield Hit(f"the subject has only {len(plain)} characters", "subject", "info")
    letters = [c for c in plain if c.isalpha()]
    if len(letters) > 8 and all(c.isupper() for c in letters) and any(c.lower() != c for c in letters):
        yield Hit("the subject is all capitals", "subject")
    if re.search(r"[!?]{2,}", plain):
        yield Hit("the subject shouts", "subject", fix="one mark is enough")
    if re.match(r"(re|fwd?|aw|wg)\s*:", plain, re.IGNORECASE):
        yield Hit("the subject looks like a reply that it is not", "subject")


def _repeat(given: Given) -> Iterator[Hit]:
    last, subject = given.subject_last, given.rendering.subject
    if last is not None and last.strip() and _folded(last) == _folded(subject):
        yield Hit("the subject is the last edition's", "subject")


def _preheader(given: Given) -> Iterator[Hit]:
    preheader, (low, high) = given.rendering.preheader.strip(), PREHEADER
    if not preheader:
        yield Hit("there is no preheader", "preheader", "error")
    elif _folded(preheader) == _folded(given.rendering.subject):
        yield Hit("the preheader repeats the subject", "preheader")
    elif not low <= len(preheader) <= high:
        yield Hit(f"the preheader has {len(preheader)} characters", "preheader")


def _placeholders(given: Given) -> Iterator[Hit]:
    places = {
        "subject": without_slots(given.rendering.subject, given.slots),
        "preheader": without_slots(given.rendering.preheader, given.slots),
        "html": given.words,
        "text": without_slots(given.text, given.slots),
    }
    for where, text in places.items():
        for pattern, what in _PLACEHOLDERS:
            found = pattern.search(text)
            if found:
                around = text[max(0, found.start() - 30) : found.end() + 30].replace("\n", " ")
                yield Hit(f'{what} is left in: "…{around}…"', where)


def _leak(given: Given) -> Iterator[Hit]:
    """Text of stories that this segment may not see, in any part of the mail."""
    places = {
        "subject": given.rendering.subject,
        "preheader": given.rendering.preheader,
        "html": given.words,
        "text": given.text,
    }
    folded = {where: _folded(text) for where, text in places.items()}
    for secret in given.elsewhere:
        wanted = _folded(secret)
        for where, text in folded.items():
            if len(wanted) >= 12 and wanted in text:
                yield Hit(f'text for another segment stands here: "{secret[:60]}"', where)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


RULES = (
    Rule(
        "text.subject",
        "warning",
        "the subject decides whether a mail is opened, and about 40 characters of it are seen",
        "inbox lengths as published by mail clients and vendors",
        "say the point in 30 to 60 characters",
        _subject,
    ),
    Rule(
        "text.subject-repeat",
        "error",
        "the same subject twice reads as a mail sent twice, and clients thread the two",
        "newsroom practice; hteumeuleu/email-bugs #113",
        "write this edition's own subject",
        _repeat,
    ),
    Rule(
        "text.preheader",
        "warning",
        "inboxes show it behind the subject; without one they show whatever comes first",
        "emailonacid.com: 40 to 110 characters are shown",
        "write a second promise of 40 to 110 characters",
        _preheader,
    ),
    Rule(
        "text.placeholder",
        "error",
        "what was to be replaced before sending must not be read by anyone",
        "newsroom practice",
        "replace it, or take it out",
        _placeholders,
    ),
    Rule(
        "segment.leak",
        "error",
        "a segment must not read what is kept for another, not even in the preheader or the text part",
        "TryGhost/Ghost #16131, #28315",
        "take the story out of this segment",
        _leak,
    ),
)
