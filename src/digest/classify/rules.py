"""The publication's match rules, compiled once: phrases in the text, parts of the URL, categories of the source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from digest.classify.words import BODY_WORDS, LEAD_WORDS, words
from digest.models.story import Story, normalise_title
from digest.settings import Topic

TITLE_WEIGHT = 2.0
LEAD_WEIGHT = 1.0
BODY_WEIGHT = 0.25
SHORTEST_STEM = 2
LONGEST_PHRASE = 12
MOST_REMEMBERED = 50_000
_CATEGORY = "category:"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One match phrase. `words[i]` is the start of a word where `stems[i]`; `excludes` keeps its topic away."""

    topic: str
    text: str
    words: tuple[str, ...]
    stems: tuple[bool, ...]
    excludes: bool = False

    def fits(self, text: Sequence[str], at: int) -> bool:
        """Whether the phrase, whose first word stands at `at`, stands there in whole."""
        if at + len(self.words) > len(text):
            return False
        return all(
            text[at + i].startswith(word) if stem else text[at + i] == word
            for i, (word, stem) in enumerate(zip(self.words, self.stems, strict=True))
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """How strongly a topic's phrases stand in a story, and the phrase that weighs most."""

    topic: str
    weight: float
    phrase: str


@dataclass(frozen=True, slots=True)
class Rules:
    """All topics' rules, ready to be asked. Made by `compile_rules`."""

    topics: tuple[str, ...]
    whole: Mapping[str, tuple[Phrase, ...]]
    starts: Mapping[str, tuple[Phrase, ...]]
    lengths: tuple[int, ...]
    urls: tuple[tuple[str, str, str], ...]
    categories: Mapping[str, tuple[tuple[str, str], ...]]
    _met: dict[str, tuple[Phrase, ...]] = field(default_factory=dict, repr=False, compare=False)

    def matched(self, story: Story) -> tuple[Hit, ...]:
        """Topics whose phrases occur, heaviest first; a topic with an excluding phrase in the text is not among them.

        A phrase counts once, where it weighs most: title 2, excerpt and takeaways 1, the body's first words 0.25.
        """
        best: dict[Phrase, float] = {}
        body_words = words(story.body[: BODY_WORDS * 12])[:BODY_WORDS] if story.body else []
        lead_words = words(f"{story.excerpt[:2000]} {' '.join(story.takeaways[:12])[:2000]}")[: LEAD_WORDS * 4]
        for text, weight in (
            (words(story.title), TITLE_WEIGHT),
            (lead_words, LEAD_WEIGHT),
            (body_words, BODY_WEIGHT),
        ):
            for phrase in self._found(text):
                best.setdefault(phrase, weight)
        away = {phrase.topic for phrase in best if phrase.excludes}
        sums: dict[str, float] = {}
        heaviest: dict[str, tuple[float, int, str]] = {}
        for phrase, weight in best.items():
            if phrase.excludes or phrase.topic in away:
                continue
            sums[phrase.topic] = sums.get(phrase.topic, 0.0) + weight
            rank = (-weight, -len(phrase.words), phrase.text)
            heaviest[phrase.topic] = min(heaviest.get(phrase.topic, rank), rank)
        hits = [Hit(topic, weight, heaviest[topic][2]) for topic, weight in sums.items()]
        return tuple(sorted(hits, key=lambda hit: (-hit.weight, hit.topic)))

    def placed(self, story: Story) -> dict[str, str]:
        """Topics named by the story's URL (`section:/world/`) or its section and tags (`category:World`), each with
        the rule."""
        found: dict[str, str] = {}
        if story.url and self.urls:
            parts = urlsplit(story.url)
            path = f"{parts.netloc}{parts.path}/".casefold()
            for part, topic, text in self.urls:
                if part in path:
                    found.setdefault(topic, f"section:{text}")
        for name in (story.section, *story.tags[:50]):
            for topic, text in self.categories.get(normalise_title(name), ()) if name else ():
                found.setdefault(topic, f"category:{text}")
        return found

    def _found(self, text: Sequence[str]) -> Iterator[Phrase]:
        for at, word in enumerate(text):
            phrases = self._met.get(word)
            if phrases is None:
                phrases = self._meet(word)
            for phrase in phrases:
                if len(phrase.words) == 1 or phrase.fits(text, at):
                    yield phrase

    def _meet(self, word: str) -> tuple[Phrase, ...]:
        """The phrases that a word may begin, remembered: the same few thousand words come again in every story."""
        begun = [self.starts.get(word[:length], ()) for length in self.lengths if len(word) >= length]
        phrases = tuple(phrase for found in (self.whole.get(word, ()), *begun) for phrase in found)
        if len(self._met) >= MOST_REMEMBERED:
            self._met.clear()
        self._met[word] = phrases
        return phrases


def compile_rules(topics: Mapping[str, Topic]) -> Rules:
    """The rules of the publication's topics. A topic's own id and label are categories too.

    A phrase without a word in it, or whose star follows fewer than two letters, matches nothing.
    """
    whole: dict[str, list[Phrase]] = {}
    starts: dict[str, list[Phrase]] = {}
    urls: list[tuple[str, str, str]] = []
    categories: dict[str, list[tuple[str, str]]] = {}
    for topic_id, topic in sorted(topics.items()):
        for text in sorted(set(topic.match)):
            phrase = _phrase(topic_id, text)
            if phrase:
                (starts if phrase.stems[0] else whole).setdefault(phrase.words[0], []).append(phrase)
        for text in sorted(set(topic.sections)):
            if text.casefold().startswith(_CATEGORY):
                _file(categories, text[len(_CATEGORY) :], topic_id)
            elif text.strip("/ "):
                urls.append((text.casefold().strip(), topic_id, text))
        for text in (topic_id, topic.label):
            _file(categories, text, topic_id)
    return Rules(
        tuple(sorted(topics)),
        {word: tuple(found) for word, found in whole.items()},
        {word: tuple(found) for word, found in starts.items()},
        tuple(sorted({len(word) for word in starts})),
        tuple(urls),
        {name: tuple(found) for name, found in categories.items()},
    )


def _file(categories: dict[str, list[tuple[str, str]]], text: str, topic: str) -> None:
    name = normalise_title(text)
    if name and topic not in (known for known, _ in categories.get(name, ())):
        categories.setdefault(name, []).append((topic, text.strip()))


def _phrase(topic: str, text: str) -> Phrase | None:
    bare = text.strip()
    excludes = bare.startswith("-")
    parts: list[str] = []
    stems: list[bool] = []
    for raw in bare.lstrip("-").split()[:LONGEST_PHRASE]:
        found = words(raw.rstrip("*"))
        if not found or (raw.endswith("*") and len(found[-1]) < SHORTEST_STEM):
            return None
        parts += found
        stems += [False] * (len(found) - 1) + [raw.endswith("*")]
    return Phrase(topic, bare.lstrip("-"), tuple(parts), tuple(stems), excludes) if parts else None
