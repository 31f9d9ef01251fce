"""Refuse what a story does not say: every number, name and quotation of a text must occur in the story."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.models.edition import Summary
from digest.models.story import Story
from digest.summarise.grammar import FUNCTION, NOTHING, known_language, word_set
from digest.summarise.numbers import PERCENT, UNIT_WORDS, Number, numbers
from digest.summarise.sentences import sentences
from digest.summarise.terms import LETTER, visible

_WORD = re.compile(rf"(?:{LETTER})+(?:[.'’](?:{LETTER})+)*")
_TOKEN = re.compile(rf"(?:{LETTER})+(?:[-.'’–](?:{LETTER})+)*")
_QUOTED = re.compile(
    r"“(?P<curly>[^“”]*)(?:”|$)|„(?P<low>[^„“”]*)(?:[“”]|$)|«(?P<out>[^«»]*)(?:»|$)|»(?P<in>[^«»]*)(?:«|$)"
    r"|「(?P<corner>[^「」]*)(?:」|$)|\"(?P<straight>[^\"]*)(?:\"|$)"
    r"|‘(?P<single>(?:[^‘’]|’(?=\w))*)’(?!\w)|(?<!\w)'(?P<plain>[^'\s](?:[^']|'(?=\w))*)'(?!\w)"
)
_PARAGRAPHS = re.compile(r"\n\s*\n")
_ENDINGS = ("s", "es", "n", "en", "er", "e")
_SIGNS = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "."}
)
# Before these verbs a single word in the singular is a name ("Rivera said"), unless it is one of these.
_SAYS = word_set("said says told announced added confirmed denied tweeted wrote")
_SPEAKERS = word_set("Police Everyone Nobody Government Parliament Congress Management Staff Someone Anyone")
# Characters of a story that are looked at: a book's worth. What is said only after that counts as not said.
_MOST = 1_000_000
_EDGES = " .,!?;:'\"-"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a story says, ready to be looked up: its words in small letters, numbers with their units, its text."""

    language: str
    words: frozenset[str]
    numbers: dict[str, frozenset[str]]
    text: str


def unsupported(what: str | Summary, story: Story) -> tuple[str, ...]:
    """Every number, name and quotation of `what` that the story does not have, each once.

    A text, and a summary that is not made of takeaways, is checked against the story's takeaways, title, excerpt and
    body; a summary made of takeaways is not excused by the excerpt. Numbers are compared by what they are worth. A
    capitalised word is a name unless it only opens a sentence; in German every noun is held to be one.
    """
    known = evidence(story, excerpt=not (isinstance(what, Summary) and what.origin == "takeaways"))
    text = what if isinstance(what, str) else "\n\n".join(line.text for line in what.lines)
    return missing(text, known)


def missing(text: str, known: Evidence, names: bool = True) -> tuple[str, ...]:
    """The numbers, quotations and (if wanted) names of `text` that are not in the evidence, each once."""
    text = visible(text)
    found = [*_unknown_numbers(text, known), *_unknown_quotations(text, known)]
    if names:
        found.extend(_unknown_names(text, known))
    return tuple(dict.fromkeys(found))


def gate(summary: Summary, story: Story, fallback: Summary) -> Summary:
    """`summary` when the story supports all of it and it says anything at all, else `fallback`."""
    if not summary.lines or not all(line.text.strip() for line in summary.lines):
        return fallback
    return fallback if unsupported(summary, story) else summary


def evidence(story: Story, excerpt: bool = True) -> Evidence:
    """What the story says, with or without its excerpt."""
    parts = (*story.takeaways, story.title, story.excerpt if excerpt else "", story.body)
    text = visible("\n\n".join(part for part in parts if part)[:_MOST])
    language = known_language(story.language, text)
    units: dict[str, set[str]] = {}
    for number in numbers(text, language):
        units.setdefault(number.worth, set()).add(number.unit)
    return Evidence(
        language,
        frozenset(_plain(word) for word in _WORD.findall(text.lower())),
        {worth: frozenset(kinds) for worth, kinds in units.items()},
        _even(text),
    )


def _unknown_numbers(text: str, known: Evidence) -> Iterator[str]:
    for number in numbers(text, known.language):
        if not _has(number, known):
            yield number.text


def _has(number: Number, known: Evidence) -> bool:
    units = known.numbers.get(number.worth, NOTHING)
    if number.unit in units:
        return True
    # A sum whose currency the story leaves out, or the other way round, is not another number; a percentage is.
    return number.unit != PERCENT and any(unit != PERCENT and "" in (unit, number.unit) for unit in units)


def _unknown_quotations(text: str, known: Evidence) -> Iterator[str]:
    # A quotation that nobody closed ends with its paragraph.
    for match in (match for part in _PARAGRAPHS.split(text) for match in _QUOTED.finditer(part)):
        inner = match[match.lastgroup or 0]
        if match.lastgroup in ("single", "plain") and len(inner.split()) < 2:
            continue
        if _even(inner).strip(_EDGES) not in known.text:
            yield match[0].strip()


def _unknown_names(text: str, known: Evidence) -> Iterator[str]:
    for sentence in sentences(text, known.language):
        tokens = list(_TOKEN.finditer(sentence))
        for index, token in enumerate(tokens):
            word = token[0]
            if not any(c.isupper() for c in word) or _supported(word, known) or word.lower() in UNIT_WORDS:
                continue
            after = sentence[token.end() : tokens[index + 1].end()] if index + 1 < len(tokens) else ""
            if (index == 0 or _opens(sentence, token.start())) and not _surely_name(word, after, known.language):
                continue
            yield word


def _opens(sentence: str, at: int) -> bool:
    """Whether a word stands where any word is written with a capital: after a colon, or at a quotation's start."""
    before = sentence[:at].rstrip()
    return before.endswith((":", "“", "„", "«", '"', "‘", "•", "¿", "¡"))


def _surely_name(word: str, after: str, language: str) -> bool:
    """Whether a word that opens a sentence is a name all the same: an acronym, a mixed one, or one of several."""
    if word.lower() in FUNCTION.get(language, NOTHING):
        return False
    if sum(c.isupper() for c in word) > 1 or any(c.isdigit() for c in word) or word.endswith(("'s", "’s")):
        return True
    follows = after.split()
    if not after[:1].isspace() or not follows:
        return False
    return follows[0][0].isupper() or (follows[0] in _SAYS and not word.endswith("s") and word not in _SPEAKERS)


def _supported(word: str, known: Evidence) -> bool:
    low = word.lower()
    if _in(_plain(low), known.words):
        return True
    parts = [part for part in re.split(r"[-–]", low) if part]
    return len(parts) > 1 and all(_in(_plain(part), known.words) for part in parts)


def _in(word: str, words: frozenset[str]) -> bool:
    """Whether the story has the word, or a form of it that differs by a common ending only."""
    if word in words:
        return True
    if len(word) < 4:
        return False
    return any(
        word + ending in words
        or (word.endswith(ending) and len(word) - len(ending) > 2 and word[: -len(ending)] in words)
        for ending in _ENDINGS
    )


def _plain(word: str) -> str:
    """A word as it is looked up: no possessive ending, no stops inside ("U.S" is "us")."""
    word = word.replace("’", "'")
    return word.removesuffix("'s").replace(".", "").replace("'", "")


def _even(text: str) -> str:
    """Text as quotations are compared: small letters, single spaces, one kind of quotation mark and dash."""
    return " ".join(text.translate(_SIGNS).lower().split())
