"""The default summariser: a story's own takeaways, else its excerpt, else sentences of its body, else its title."""

from __future__ import annotations

from digest.models.edition import Line, Origin, Summary
from digest.models.story import Story
from digest.summarise.bullets import (
    bullets,
    chosen,
    finished,
    repaired,
    standing,
    without_copies,
    without_repeats,
    without_title,
)
from digest.summarise.cut import cut, whole_sentences
from digest.summarise.excerpt import Excerpt, read_excerpt
from digest.summarise.extract import extract
from digest.summarise.grammar import known_language
from digest.summarise.reading import count_words

LEAST_BODY = 40
_ENDLESS = 1_000_000_000


class Summariser:
    """Needs no network and no model; the same story and budget always give the same summary."""

    def summarise(self, story: Story, budget: int | None) -> Summary:
        """The words about `story` in at most `budget` characters of prose; None is no bound, as the lead takes it."""
        return summarise(story, budget)


def summarise(story: Story, budget: int | None) -> Summary:
    """The words about `story`, verbatim from it, in at most `budget` characters as running prose (`as_prose`).

    None is no bound: every takeaway in the story's order, as the lead shows them. Each line says where it is from, by
    `takeaway:N` or `sentence:N` (both from 1), `excerpt` or `title`. The lines are empty only when nothing fits.
    """
    language = known_language(story.language, story.title, *story.takeaways, story.excerpt, story.body[:400])
    room = _ENDLESS if budget is None else budget
    return (
        _from_takeaways(story, budget, language)
        or _from_text(story, room, language)
        or _made([(_fit(repaired(story.title), room, language), "title")], "title")
    )


def as_prose(summary: Summary) -> str:
    """A summary as running text: lines without a final stop get one. Bullets in a list stay as they are."""
    return " ".join(finished(line.text) for line in summary.lines)


def _made(lines: list[tuple[str, str]], origin: Origin) -> Summary:
    return Summary(tuple(Line(text, where) for text, where in lines if text), origin)


def _fit(text: str, room: int, language: str) -> str:
    """`text`, cut if need be, so that it fits with the final stop it will get."""
    return cut(text, room - len(finished(text)) + len(text), language)


def _from_takeaways(story: Story, budget: int | None, language: str) -> Summary | None:
    items = bullets(story.takeaways, language)
    if not items:
        return None
    if budget is None:
        return _made([(item.text, f"takeaway:{item.number}") for item in without_copies(items)], "takeaways")
    items = without_title(without_repeats(items), story.title)
    picked = [(item.text, item.number) for item in chosen(items, budget) or chosen(standing(items), budget)]
    if not picked:
        first = next((item for item in items if not item.leaning), None)
        picked = [(_fit(first.text, budget, language), first.number)] if first else []
    lines = [(text, f"takeaway:{number}") for text, number in picked if text]
    return _made(lines, "takeaways") if lines else None


def _from_text(story: Story, room: int, language: str) -> Summary | None:
    whole_body = not (story.paywalled or story.teaser) and _long_enough(story.body)
    excerpt = read_excerpt(story, language, whole_body) if story.excerpt else Excerpt("", own=False)
    if excerpt.own:
        text = excerpt.text if len(finished(excerpt.text)) <= room else whole_sentences(excerpt.text, room, language)
        if text:
            return _made([(text, "excerpt")], "excerpt")
    if whole_body:
        found = extract(story.body, story.title, room, language)
        if found:
            return _made([(text, f"sentence:{number}") for number, text in found], "extractive")
    text = _fit(excerpt.text, room, language)
    return _made([(text, "excerpt")], "excerpt") if text else None


def _long_enough(body: str) -> bool:
    """Whether a body has words enough to be more than a beginning. Spaces tell of most bodies without counting."""
    return body.count(" ") > 4 * LEAST_BODY or count_words(body) >= LEAST_BODY
