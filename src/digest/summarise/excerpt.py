"""Whether the publisher's own excerpt is a summary, or only the text's beginning, or words for search engines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.models.story import Story
from digest.summarise.boilerplate import dateline, is_boilerplate
from digest.summarise.bullets import repaired
from digest.summarise.cut import ELLIPSIS
from digest.summarise.faithful import evidence, missing
from digest.summarise.grammar import FUNCTION, NOTHING
from digest.summarise.sentences import spans
from digest.summarise.terms import overlap, repeats, terms

# What feed software leaves behind an excerpt that it cut off: "[…]", "...", "Continue reading →".
_LINK = re.compile(
    r"\s*\b(?:continue reading|read (?:more|on|the (?:full|rest))|weiterlesen|mehr lesen|lire la suite|leer más|"
    r"leia mais|"
    r"और पढ़ें)\b[^.!?]{0,80}$",
    re.IGNORECASE,
)
_MARK = re.compile(r"\s*(?:[\[(]\s*(?:…|\.{3})\s*[\])]|…|\.{3,})$")
_FINAL = re.compile(r"[.!?。！？।॥؟][\"'”’»)\]]*$")
_PIPES = re.compile(r"\s[|•·»]\s")
# Of a longer excerpt only the beginning is read: it is a text, not an excerpt.
_LONGEST = 5_000
_SAME_TITLE = 0.8
_LEAST_WORDS = 4
_LIST_COMMAS = 4
_LIST_GRAMMAR = 0.12


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What of an excerpt may be shown. `own`: written as a summary, so that it goes before sentences of the body."""

    text: str
    own: bool


def read_excerpt(story: Story, language: str, whole_body: bool) -> Excerpt:
    """The whole sentences of a story's excerpt, without calls to act at its ends and without what was cut off.

    It is not the publisher's own summary when it is a cut-off of the body's beginning, says only what the title says,
    or is a list of keywords; nor, with a `whole_body` to go by, when it has a number, name or quotation that the rest
    of the story lacks. A teaser has nothing but its excerpt, which is its own in any case.
    """
    text = _LINK.sub("", repaired(story.excerpt[:_LONGEST]))
    bare = _MARK.sub("", text)
    copied = _begins(story.body, bare)
    cut_off = bare != text or len(story.excerpt) > _LONGEST or (copied and not _FINAL.search(bare))
    found = spans(bare, language)
    if cut_off and found and not _FINAL.search(bare):
        found.pop()
    while found and is_boilerplate(bare[slice(*found[-1])]):
        found.pop()
    while found and is_boilerplate(bare[slice(*found[0])]):
        found.pop(0)
    if not found:
        return Excerpt(bare + ELLIPSIS if story.teaser and bare else "", own=story.teaser)
    begin = found[0][0] + dateline(bare[slice(*found[0])])
    shown = bare[begin : found[-1][1]]
    own = story.teaser or not ((cut_off and copied) or _says_nothing(shown, story.title, language))
    if own and whole_body and not story.teaser:
        # German writes every noun with a capital: there only numbers and quotations tell.
        own = not missing(shown, evidence(story, excerpt=False), names=language != "de")
    return Excerpt(shown, own)


def _begins(body: str, text: str) -> bool:
    """Whether the body begins with `text`, spaces aside."""
    start = " ".join(body[: 2 * len(text) + 100].split())
    return bool(text) and start.startswith(" ".join(text.split()))


def _says_nothing(text: str, title: str, language: str) -> bool:
    """Whether the text only repeats the title or puts keywords in a row."""
    words = terms(text)
    bag, told = frozenset(words), frozenset(terms(title))
    if len(words) < _LEAST_WORDS or overlap(bag, told) >= _SAME_TITLE or repeats(bag, told) or _PIPES.search(text):
        return True
    grammar = FUNCTION.get(language, NOTHING)
    few = sum(word in grammar for word in words) < _LIST_GRAMMAR * len(words)
    return text.count(",") >= _LIST_COMMAS and bool(grammar) and few
