"""How well takeaways, titles, dates and bodies are read from pages and dumps: pure functions of (got, wanted)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digest.models.story import SourceFailure, Story

Read = Story | SourceFailure


@dataclass(frozen=True, slots=True)
class Scores:
    """Of bullets: precision, recall and their harmonic mean; of pages: how many have exactly the wanted bullets, how
    many have bullets that should have none, how many have one left in their body."""

    precision: float
    recall: float
    f1: float
    exact: int
    with_bullets: int
    false_pages: int
    leaking: int
    pages: int


def normal(text: str) -> str:
    """A text as it is compared: NFKC, single spaces, case folded, without final stop."""
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold().rstrip(".")


def bullets(pairs: Iterable[tuple[Read, Sequence[str]]]) -> Scores:
    """Compare the takeaways of what was read with the wanted ones, as multisets of normalised texts."""
    right = got_all = wanted_all = exact = with_bullets = false_pages = leaking = pages = 0
    for read, wanted_texts in pairs:
        pages += 1
        got = Counter(map(normal, read.takeaways)) if isinstance(read, Story) else Counter()
        wanted = Counter(map(normal, wanted_texts))
        right += sum((got & wanted).values())
        got_all += sum(got.values())
        wanted_all += sum(wanted.values())
        with_bullets += bool(wanted)
        exact += bool(wanted) and got == wanted
        false_pages += bool(got) and not wanted
        leaking += isinstance(read, Story) and leaks(read, wanted_texts)
    precision = right / got_all if got_all else 1.0
    recall = right / wanted_all if wanted_all else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Scores(precision, recall, f1, exact, with_bullets, false_pages, leaking, pages)


def leaks(story: Story, wanted: Iterable[str]) -> bool:
    """Whether a paragraph of the body is, or is made of, a bullet of at least four words."""
    paragraphs = [normal(text) for text in story.body.split("\n\n")]
    return any(normal(text) in paragraphs for text in wanted if len(text.split()) >= 4)


def title_share(pairs: Sequence[tuple[Read, Mapping[str, Any]]]) -> float:
    """The share of pages whose title is the wanted one, letter for letter after normalising."""
    return _share(isinstance(read, Story) and normal(read.title) == normal(truth["title"]) for read, truth in pairs)


def day_share(pairs: Sequence[tuple[Read, Mapping[str, Any]]]) -> float:
    """The share of pages with a known day whose story is published on it, in the zone it was read in."""
    return _share(
        isinstance(read, Story)
        and read.published is not None
        and read.published.date().isoformat() in (truth["published"], *truth.get("published_alternatives", ()))
        for read, truth in pairs
        if truth.get("published")
    )


def author_share(pairs: Sequence[tuple[Read, Mapping[str, Any]]]) -> float:
    """The share of pages with a known author whose story names that author, alone or with others."""
    return _share(
        isinstance(read, Story) and normal(truth["author"]) in normal(read.author or "")
        for read, truth in pairs
        if truth.get("author")
    )


def body_f1(read: Read, wanted: str) -> float:
    """Harmonic mean of precision and recall of words, as a multiset, over all text a story holds."""
    if not isinstance(read, Story):
        return 0.0
    headings = " ".join(section.heading for section in read.sections)
    got = Counter(_words(" ".join((read.title, headings, read.body, *read.takeaways))))
    want = Counter(_words(wanted))
    common = sum((got & want).values())
    return 2 * common / (sum(got.values()) + sum(want.values())) if common else 0.0


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _share(outcomes: Iterable[bool]) -> float:
    values = list(outcomes)
    return sum(values) / len(values) if values else 1.0
