"""Whether the publisher's own excerpt is a summary, or only the beginning of the text, or words for search engines."""

from __future__ import annotations

import re

from digest.summarise.boilerplate import is_boilerplate
from digest.summarise.bullets import repaired
from digest.summarise.sentences import spans
from digest.summarise.terms import overlap, terms

_CUT_OFF = re.compile(
    r"\s*(?:[\[(]\s*(?:…|\.\.\.|&hellip;)\s*[\])]|…|\.\.\.|&hellip;)\s*(?:read more|continue reading.*|more)?\W*$",
    re.I,
)


def usable(excerpt: str, title: str, body: str, language: str) -> str:
    """The part of the excerpt that may stand as a blurb: whole sentences from its beginning. Empty when it is none."""
    text = repaired(excerpt)
    found = spans(text, language)
    while found and is_boilerplate(text[slice(*found[-1])]):
        found.pop()
    if not found:
        return ""
    text = text[: found[-1][1]]
    cut_off = _CUT_OFF.search(text)
    start = " ".join(body[: len(text) + 200].split())
    bare = _CUT_OFF.sub("", text)
    if cut_off or (start.startswith(bare) and bare[-1:] not in '.!?…。！？।"”»'):
        if not cut_off or start.startswith(bare[:40]):
            return ""
        text = text[: found[-2][1]] if len(found) > 1 else ""
    words = frozenset(terms(text))
    return "" if overlap(words, frozenset(terms(title))) >= 0.8 else text
