"""Generated news: events in topics, told by several sources in words of their own. The same every time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.models.story import Story, story_id
from digest.settings import Source, Topic

CUT = datetime.fromisoformat("2026-11-24T07:00:00+00:00")
TOPICS = tuple(f"topic{number:02}" for number in range(50))
SOURCES = tuple(f"source{number:02}" for number in range(40))
_SOUNDS = "ba ce di fo gu ha ke li mo nu pa re si to vu wa xe yi zo bra cle dri flo gru sta tre pli cro"
_SMALL = "the of to in a and for on with as at by from over after new says more than is was will its has"
_SYLLABLES, _PLAIN = _SOUNDS.split(), _SMALL.split()


@dataclass(frozen=True, slots=True)
class Told:
    """One story with its event and topics, as a perfect editor would place it."""

    story: Story
    event: int
    topics: tuple[str, ...]


def words(number: int, seed: int) -> list[str]:
    """So many different words that no language has."""
    rng = random.Random(seed)  # noqa: S311 - the same text every time is the point
    found: dict[str, None] = {}
    while len(found) < number:
        found["".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4)))] = None
    return list(found)


def topic_words() -> dict[str, list[str]]:
    """Thirty words that tell of each topic."""
    every = words(30 * len(TOPICS), 7)
    return {topic: every[30 * number : 30 * (number + 1)] for number, topic in enumerate(TOPICS)}


def settings_of(topics: int) -> tuple[dict[str, Topic], dict[str, Source]]:
    """Topics with rules for half of their words, and the sources."""
    rules = {name: Topic(name, match=tuple(own[:15])) for name, own in list(topic_words().items())[:topics]}
    return rules, {name: Source(name, "feed", url=f"https://{name}.example/feed") for name in SOURCES}


def news(
    number: int, days: float, *, topics: int = len(TOPICS), seed: int = 1, place: str = "news"
) -> Iterator[Told]:
    """So many stories over the days before the cut, oldest first, three an event on average. `place` is part of
    their addresses."""
    rng = random.Random(seed)  # noqa: S311
    vocabulary = words(20_000, 11)
    own = topic_words()
    names = TOPICS[:topics]
    step = timedelta(days=days) / number
    running: list[tuple[int, tuple[str, ...], list[str]]] = []
    events = 0
    for at in range(number):
        if not running or rng.random() < 1 / 3:
            first = names[min(int(rng.expovariate(3 / topics)), topics - 1)]
            also = rng.choice(names) if rng.random() < 0.46 else first
            chosen = tuple(dict.fromkeys((first, also)))
            running.append((events, chosen, rng.sample(vocabulary, 14)))
            events += 1
            del running[:-60]
        event, chosen, telling = running[-1 - min(int(rng.expovariate(1 / 12)), len(running) - 1)]
        source = rng.choice(SOURCES)
        about = own[chosen[0]]
        title = " ".join([*rng.sample(telling, 4), rng.choice(_PLAIN), rng.choice(about), rng.choice(_PLAIN)])
        lead = " ".join(
            rng.sample(telling, 9)
            + rng.choices(_PLAIN, k=14)
            + rng.choices(about, k=3)
            + rng.choices(vocabulary, k=4)
        )
        url = f"https://{source}.example/{place}/{at}"
        story = Story(
            story_id(url, source, title),
            title.capitalize(),
            url,
            source,
            excerpt=lead.capitalize() + ".",
            language="en",
            published=CUT - step * (number - at),
        )
        yield Told(story, event, chosen)
