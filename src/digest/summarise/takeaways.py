"""The default summariser: a story's own takeaways, else its excerpt, else sentences of its body, else its title."""

from __future__ import annotations

from digest.models.edition import Line, Origin, Summary
from digest.models.story import Story
from digest.summarise.bullets import bullets, chosen, finished, repaired, without_repeats, without_title
from digest.summarise.cut import cut
from digest.summarise.excerpt import usable
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

    None is no bound: every takeaway, as the lead shows them. Each line says where it is from, by `takeaway:N` or
    `sentence:N` (both from 1), `excerpt` or `title`. The lines are empty only when nothing fits.
    """
    language = known_language(story.language, story.title, *story.takeaways, story.excerpt, story.body[:1000])
    room = _ENDLESS if budget is None else budget
    return (
        _from_takeaways(story, room, language)
        or _from_text(story, room, language)
        or _made([(cut(repaired(story.title), room, language), "title")], "title")
    )


def as_prose(summary: Summary) -> str:
    """A summary as running text: lines without a final stop get one. Bullets in a list stay as they are."""
    return " ".join(finished(line.text) for line in summary.lines)


def _made(lines: list[tuple[str, str]], origin: Origin) -> Summary:
    return Summary(tuple(Line(text, where) for text, where in lines if text), origin)


def _from_takeaways(story: Story, room: int, language: str) -> Summary | None:
    items = without_repeats(bullets(story.takeaways, language))
    if room < _ENDLESS:
        items = without_title(items, story.title)
        picked = chosen(items, room)
    else:
        picked = items
    if picked:
        return _made([(item.text, f"takeaway:{item.number}") for item in picked], "takeaways")
    first = next((item for item in items if not item.leaning), None)
    if first:
        text = cut(first.text, room - 1 if finished(first.text) != first.text else room, language)
        if text:
            return _made([(text, f"takeaway:{first.number}")], "takeaways")
    return None


def _from_text(story: Story, room: int, language: str) -> Summary | None:
    excerpt = usable(story.excerpt, story.title, story.body, language) if story.excerpt else ""
    if not excerpt and story.teaser:
        excerpt = repaired(story.excerpt)
    if excerpt and (len(finished(excerpt)) <= room):
        return _made([(excerpt, "excerpt")], "excerpt")
    if not story.paywalled and not story.teaser and _long_enough(story.body):
        found = extract(story.body, story.title, room, language)
        if found:
            return _made([(text, f"sentence:{number}") for number, text in found], "extractive")
    if excerpt:
        return _made([(cut(excerpt, room - 1, language), "excerpt")], "excerpt")
    return None


def _long_enough(body: str) -> bool:
    return body.count(" ") > 4 * LEAST_BODY or count_words(body) >= LEAST_BODY
