"""Where a headline may be cut without saying something else: at `: ; —`, or before as, after, amid, while.

What would be lost decides: a cut is refused where the rest holds a negation, a hedge or an attribution, where it
leaves a quotation open, or where the head is no statement by itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

LEAST_HEAD = 15
LEAST_WORDS = 3
_MARK = re.compile(r"\s*(?::(?=\s)|;|\s[—–-]\s|—)\s*")
_JOINT = re.compile(r"\s+(?=(?:as|after|amid|while)\s)", re.IGNORECASE)
_PURPOSE = re.compile(r"\s+(?=to\s)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

_TELLING = frozenset(
    (
        # negation
        "no not never none nobody nothing nor neither without cannot isn't aren't wasn't weren't don't doesn't didn't "
        "won't wouldn't can't couldn't shouldn't hasn't haven't hadn't ain't deny denies denied denying refuse refuses "
        "refused refusing reject rejects rejected rejecting false fake hoax untrue debunked unless fail fails failed "
        "failing lack lacks against despite "
        # hedge
        "may might could would should if whether perhaps possibly possible likely unlikely probably potential "
        "potentially alleged allegedly reported reportedly suspected supposed supposedly apparent apparently claim "
        "claims claimed seem seems appears rumored rumoured expected set fear fears hope hopes plan plans proposed "
        "draft only almost nearly but except "
        # attribution
        "say says said saying tell tells told according report reports warn warns warned suggest suggests suggested "
        "show shows find finds poll survey study source sources sources' expert experts analyst analysts official "
        "officials police court judge argue argues insist insists think thinks believe believes"
    ).split()
)
_ROLE_AS = frozenset(
    (
        "named known such seen hailed sworn as well described charged serve serves served serving act acts acted acting "
        "work works worked working treated regarded elected appointed picked chosen used use uses resign resigns "
        "resigned quit quits far long soon just same twice much many even only not begins starts back nominated tapped "
        "posing poses posed listed ranked counted identified crowned installed viewed cast casts recognised recognized "
        "labelled labeled dismissed dismisses slams slammed unveiled emerges emerge double doubles return returns"
    ).split()
)
_TAKES_TO = frozenset(
    (
        "plan plans planned bid effort efforts attempt attempts attempted refusal refuses refused refusing failure fails "
        "failed failing decision decides decided vow vows vowed threat threatens threatened right ready set likely "
        "unlikely able unable due pressure call calls called agree agrees agreed want wants wanted hope hopes hoped "
        "expect expects expected ask asks asked urge urges urged tell tells told force forces forced forced order orders "
        "ordered need needs needed try tries tried aim aims aimed continue continues begin begins start starts promise "
        "promises promised pledge pledges pledged seek seeks sought offer offers offered prepare prepares prepared move "
        "moves chance way ways how what when where time first last next only close closer one back up down on in out "
        "and or than from according thanks subject open about deadline power willingness failure reason reasons things "
        "scheduled allowed allows allow poised slated bound forced made struggle struggles struggling warned warns "
        "invited tempted entitled obliged meant supposed used too enough it them him her us you people man woman men "
        "women someone everyone anyone voters fans users workers readers students patients parents children kids"
    ).split()
)
_DANGLING = frozenset(
    (
        "a an the and or but nor of in on at by for from with to into over under about than then that which who whose "
        "even just especially only both either its his her their our my your is are was were be been being has have had "
        "will would can could may might must should not as if when while because before after amid versus vs via new"
    ).split()
)


def plain(text: str) -> str:
    """A headline as one line: no control characters (RFC 5322 allows none in a subject), single spaces."""
    return " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())


def heads(title: str) -> Iterator[str]:
    """The beginnings of a headline that say nothing else than it does, longest first."""
    yield from _heads(title, (_MARK, _JOINT))


def purposes(title: str) -> Iterator[str]:
    """The same for a cut before an infinitive of purpose (`… deal to counter …`), longest first."""
    yield from _heads(title, (_PURPOSE,))


def _heads(title: str, joints: tuple[re.Pattern[str], ...]) -> Iterator[str]:
    found = {match.start(): (match, joint) for joint in joints for match in joint.finditer(title)}
    for at in sorted(found, reverse=True):
        match, joint = found[at]
        head, rest = title[:at].rstrip(" ,–—-"), title[match.end() :]
        if _stands(head) and _may_go(head, rest, joint):
            yield head


def _words(text: str) -> list[str]:
    return [word.casefold().replace("’", "'") for word in _WORD.findall(text)]


def _stands(head: str) -> bool:
    """Whether a head is something said: long enough, closed, and not left hanging on a small word."""
    spoken = _words(head)
    if len(head) < LEAST_HEAD or len(spoken) < LEAST_WORDS or spoken[-1] in _DANGLING:
        return False
    if head.count('"') % 2 or head.count("“") != head.count("”") or head.count("(") != head.count(")"):
        return False
    return head.count("‘") <= head.count("’") and not re.search(r"(^|\s)'\w", head)


def _may_go(head: str, rest: str, joint: re.Pattern[str]) -> bool:
    """Whether the rest of a headline may be left away."""
    gone = _words(rest)
    if not gone or any(word in _TELLING or word.endswith("n't") for word in gone) or rest.rstrip().endswith("?"):
        return False
    if any(mark in rest for mark in '"“”«»„') and joint is _MARK:
        return False
    last = _words(head)[-1]
    if joint is _MARK:
        # `Sanctions end soon: minister` names its speaker at the end, in few words.
        return len(gone) > LEAST_WORDS
    if joint is _PURPOSE:
        return len(_words(head)) > LEAST_WORDS and last not in _TAKES_TO and len(gone) > LEAST_WORDS - 1
    if gone[0] == "as":
        return (
            last not in _ROLE_AS and len(gone) > LEAST_WORDS and gone[1] not in ("a", "an", "of", "well", "if", "too")
        )
    return len(gone) > 1
