"""Choose the sentences of a body that tell the news: by place, by the words the whole text is about, by length."""

from __future__ import annotations

from dataclasses import dataclass

from digest.summarise.boilerplate import dateline, is_boilerplate
from digest.summarise.leaning import leans
from digest.summarise.quoting import Quotations
from digest.summarise.reading import count_words
from digest.summarise.sentences import spans
from digest.summarise.terms import overlap, terms
from digest.summarise.worth import Topic, quoted, weigh

# The length of a human summary in characters. With it the choice is the one of the best expected F-measure, so that a
# long budget is not filled for its own sake.
_USUAL = 205
_MOST_SENTENCES = 60
_MOST_CHARACTERS = 30_000
_CANDIDATES = 8
_CHOSEN = 3
_SAME = 0.8
_SAYS_TITLE = 0.7
# "Nobody breathes." tells nothing alone.
_SHORT, _FEW = 30, 4
_FINAL = frozenset(".!?…。！？।॥؟")
_CLOSING = "\"'”’»›)]」』）“ \u00a0\u202f"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a body: its number from 1, its text without a dateline, and whether it leans."""

    number: int
    text: str
    worth: float
    leaning: bool


def extract(body: str, title: str, room: int, language: str) -> list[tuple[int, str]]:
    """(number from 1, sentence) of up to three sentences that together fit into `room` characters, in their order.

    Each is verbatim in `body`. A sentence that leans on the one before it comes only right after that one. What the
    title says, what is no news, headings, and parts of a longer quotation are left out. Empty when nothing fits.
    """
    text = body[:_MOST_CHARACTERS]
    places = spans(text, language)
    if len(text) < len(body):
        places = places[:-1]
    places = places[:_MOST_SENTENCES]
    topic = weigh(text, places, language)
    found = _candidates(text, places, topic, title, room, language)
    return [(s.number, s.text) for s in _best(found, topic, room)]


def _candidates(
    text: str, places: list[tuple[int, int]], topic: Topic, title: str, room: int, language: str
) -> list[Sentence]:
    """The sentences most worth their place, in their order."""
    told = frozenset(terms(title))
    quotations = Quotations(text)
    stopped = [text[end - 1] in _FINAL or text[end - 4 : end].rstrip(_CLOSING)[-1:] in _FINAL for _, end in places]
    # A line without a stop is a heading, unless the text does without stops altogether.
    headings = sum(stopped) * 2 > len(places)
    found: list[Sentence] = []
    for index in sorted(range(len(places)), key=lambda index: (-topic.worth[index], index)):
        begin, end = places[index]
        begin += dateline(text[begin:end])
        sentence = text[begin:end]
        if not topic.stems[index] or end - begin > room or (headings and not stopped[index]):
            continue
        if len(sentence) < _SHORT and count_words(sentence) < _FEW:
            continue
        if quotations.open_at(begin) or quotations.open_at(end) or is_boilerplate(sentence):
            continue
        if overlap(frozenset(terms(sentence)), told) >= _SAYS_TITLE:
            continue
        worth = quoted(topic.worth[index], sentence)
        found.append(Sentence(index + 1, sentence, worth, leans(sentence, language)))
        if len(found) == _CANDIDATES:
            break
    return sorted(found, key=lambda sentence: sentence.number)


def _best(found: list[Sentence], topic: Topic, room: int) -> tuple[Sentence, ...]:
    """The choice with the highest expected F-measure, what a later sentence repeats of an earlier one not counted."""
    stems = [topic.stems[s.number - 1] for s in found]
    total = [sum([topic.weights[stem] for stem in row]) for row in stems]
    shared = [[sum([topic.weights[stem] for stem in a & b]) for b in stems[:at]] for at, a in enumerate(stems)]
    top = 0.0
    best: tuple[int, ...] = ()
    grown: list[tuple[int, float, tuple[int, ...]]] = [(-1, 0.0, ())]
    for _ in range(_CHOSEN):
        before, grown = grown, []
        for used, value, chosen in before:
            for index in range(chosen[-1] + 1 if chosen else 0, len(found)):
                sentence = found[index]
                length = used + 1 + len(sentence.text)
                if length > room or (sentence.leaning and not _follows(sentence, chosen, found)):
                    continue
                repeated = sum([shared[index][other] for other in chosen])
                if chosen and repeated >= _SAME * total[index]:
                    continue
                gained = value + sentence.worth * len(sentence.text) * (1 - repeated / total[index])
                grown.append((length, gained, (*chosen, index)))
                if gained > top * (length + _USUAL):
                    top, best = gained / (length + _USUAL), (*chosen, index)
    return tuple(found[index] for index in best)


def _follows(sentence: Sentence, chosen: tuple[int, ...], found: list[Sentence]) -> bool:
    """Whether the sentence right before this one was chosen."""
    return bool(chosen) and found[chosen[-1]].number == sentence.number - 1
