"""Where a headline may be cut without saying something else: at `: ; —`, or before as, after, amid, while.

What would be lost decides: a cut is refused where the rest holds a negation, a hedge or an attribution, where it
leaves a quotation open, or where the head is no statement by itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from digest.select.headline_words import BEFORE_TO, CONTROLLING, HANGING, PURPOSES, ROLES, TELLING

LEAST_HEAD = 15
LEAST_WORDS = 3
_MARK = re.compile(r"\s*(?::(?=\s)|;|\s[—–-]\s|—)\s*")
_JOINT = re.compile(r"\s+(?=(?:as|after|amid|while)\s)", re.IGNORECASE)
_PURPOSE = re.compile(r"\s+(?=to\s)", re.IGNORECASE)
_SPEAKERS = re.compile(r"\w+(?:ists|ers|ors|ians|men|women|sources?)")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def plain(text: str) -> str:
    """A headline as one line: no control characters (RFC 5322 allows none in a subject), single spaces."""
    return " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())


def heads(title: str, language: str | None = None) -> Iterator[str]:
    """The beginnings of a headline that say nothing else than it does, longest first.

    An unknown `language` is taken for English. German, French and Spanish are cut at marks only; a language whose
    negations are not known here is never cut.
    """
    primary = _primary(language)
    yield from _heads(title, (_MARK, _JOINT) if primary == "en" else (_MARK,), primary)


def purposes(title: str, language: str | None = None) -> Iterator[str]:
    """The same for a cut before an English infinitive of purpose (`… deal to counter …`), longest first."""
    if _primary(language) == "en":
        yield from _heads(title, (_PURPOSE,), "en")


def _primary(language: str | None) -> str:
    return (language or "en").replace("_", "-").split("-")[0].casefold()


def _heads(title: str, joints: tuple[re.Pattern[str], ...], language: str) -> Iterator[str]:
    telling = TELLING.get(language)
    if telling is None:
        return
    found = {match.start(): (match, joint) for joint in joints for match in joint.finditer(title)}
    for at in sorted(found, reverse=True):
        match, joint = found[at]
        head, rest = title[:at].rstrip(" ,–—-"), title[match.end() :]
        if _stands(head) and _may_go(head, rest, joint, telling):
            yield head


def _words(text: str) -> list[str]:
    return [word.casefold().replace("’", "'") for word in _WORD.findall(text)]


def _stands(head: str) -> bool:
    """Whether a head is something said: long enough, closed, and not left hanging on a small word."""
    spoken = _words(head)
    if len(head) < LEAST_HEAD or head.endswith(")") or len(spoken) < LEAST_WORDS or spoken[-1] in HANGING:
        return False
    if head.count('"') % 2 or head.count("“") != head.count("”") or head.count("(") != head.count(")"):
        return False
    return head.count("‘") <= head.count("’") and not re.search(r"(^|\s)'\w", head)


def _may_go(head: str, rest: str, joint: re.Pattern[str], telling: frozenset[str]) -> bool:
    """Whether the rest of a headline may be left away."""
    gone = _words(rest)
    if not gone or any(word in telling or word.endswith("n't") for word in gone) or rest.rstrip().endswith("?"):
        return False
    if any(mark in rest for mark in '"“”«»„') and joint is _MARK:
        return False
    last = _words(head)[-1]
    if joint is _MARK:
        # `Sanctions end soon: minister` names its speaker last, in few words; `Top astronomers: …` names them first.
        return len(gone) > LEAST_WORDS and not _SPEAKERS.fullmatch(last) and last not in telling
    if joint is _PURPOSE:
        said = _words(head)
        free = last not in BEFORE_TO and not CONTROLLING.intersection(said)
        return len(said) > LEAST_WORDS and len(gone) >= LEAST_WORDS and gone[1] in PURPOSES and free
    if gone[0] == "as":
        return last not in ROLES and len(gone) > LEAST_WORDS and gone[1] not in ("a", "an", "of", "well", "if", "too")
    return len(gone) > 1
