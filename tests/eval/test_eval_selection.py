"""How well topics, events and the first ten are chosen, measured with floors.

The small sets here are written for this test. The larger ones, where they lie beside the checkout, are published
collections of news; no label of theirs is ever shown to the code under test.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.classify import classify, gather
from digest.classify.defaults import default_topics
from digest.models.story import Story
from digest.select import Entry, choose, pool
from digest.settings import Digest, Topic

HERE = Path(__file__).parent / "selection"
SHARED = Path(__file__).parents[3] / "shared" / "data" / "selection"
START = datetime(2026, 11, 23, tzinfo=UTC)
DEFAULTS = default_topics()
Labelled = list[tuple[Story, str]]


def rows(name: str) -> list[dict[str, Any]]:
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"the collection {name} does not lie beside the checkout")
    data = path.read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode()
    return [json.loads(line) for line in text.splitlines()]


def small(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def only(names: Iterable[str]) -> dict[str, Topic]:
    """The default topics of a set that knows these; where it has no science, technology holds that too."""
    found = {name: DEFAULTS[name] for name in sorted(set(names))}
    if "science" not in found and "technology" in found and "politics" not in found:
        both = DEFAULTS["technology"], DEFAULTS["science"]
        found["technology"] = replace(both[0], match=both[0].match + both[1].match)
    return found


def first_topics(labelled: Labelled, topics: Mapping[str, Topic]) -> list[str | None]:
    stories = [story for story, _ in labelled]
    found = {item.story_id: item.topics for item in classify(stories, topics=topics, sources={}).items}
    return [found[story.id][0].topic if found[story.id] else None for story in stories]


def macro_f1(found: Sequence[str | None], gold: Sequence[str]) -> float:
    values = []
    for topic in sorted(set(gold)):
        right = sum(f == g == topic for f, g in zip(found, gold, strict=True))
        wrong = sum((f == topic) != (g == topic) for f, g in zip(found, gold, strict=True))
        values.append(2 * right / (2 * right + wrong) if right else 0.0)
    return sum(values) / len(values)


def b_cubed(found: Mapping[str, str], gold: Mapping[str, str]) -> float:
    """F1 of the B-cubed precision and recall (Bagga and Baldwin, 1998)."""
    groups: dict[str, list[str]] = defaultdict(list)
    for story in gold:
        groups[found[story]].append(gold[story])
    sizes = Counter(gold.values())
    precision = recall = 0.0
    for members in groups.values():
        for event, number in Counter(members).items():
            precision += number * number / len(members)
            recall += number * number / sizes[event]
    precision, recall = precision / len(gold), recall / len(gold)
    return 2 * precision * recall / (precision + recall)


def ag() -> Labelled:
    return [
        (Story(id=f"{n:05d}", title=row["title"], excerpt=row["excerpt"]), row["topic"])
        for n, row in enumerate(rows("ag_news.jsonl"))
    ]


def days() -> list[list[tuple[Story, str]]]:
    """Six days of headlines, each with its event."""
    found: dict[str, list[tuple[Story, str]]] = defaultdict(list)
    for number, row in enumerate(rows("headlines_days.jsonl.gz")):
        at = datetime.fromtimestamp(row["time_ms"] / 1000, UTC)
        story = Story(id=f"{number:06d}", title=row["title"], url=row["url"], source=row["publisher"], published=at)
        found[f"{at:%Y-%m-%d}"].append((story, row["event"]))
    return [found[day] for day in sorted(found)]


def interleaved(stories: Sequence[Story]) -> list[Story]:
    """The same stories spread over a day: they were captured event by event, within seconds."""
    order = sorted(stories, key=lambda story: hashlib.sha256(story.id.encode()).digest())
    return [replace(story, published=START + timedelta(days=place / len(order))) for place, story in enumerate(order)]


def test_the_default_lists_alone_know_plain_headlines() -> None:
    labelled = [
        (Story(id=f"{n}", title=title, excerpt=excerpt), topic)
        for n, (topic, title, excerpt) in enumerate(small("topics.tsv"))
    ]
    found = first_topics(labelled, DEFAULTS)
    gold = [topic for _, topic in labelled]
    assert sum(f == g for f, g in zip(found, gold, strict=True)) / len(gold) >= 0.8
    assert macro_f1(found, gold) >= 0.8


def test_tellings_of_one_event_meet_in_a_small_newsroom() -> None:
    told = small("events.tsv")
    stories = [
        Story(
            id=f"{n:02d}", title=title, excerpt=lead, source=f"p{n % 3}", published=START + timedelta(minutes=9 * n)
        )
        for n, (_, title, lead) in enumerate(told)
    ]
    found, _ = gather(stories)
    assert b_cubed(found, {story.id: row[0] for story, row in zip(stories, told, strict=True)}) >= 0.8
    alone = [found[story.id] for story, row in zip(stories, told, strict=True) if row[0].startswith("alone")]
    assert len(set(alone)) == len(alone)


def test_topics_of_short_news() -> None:
    labelled = ag()
    gold = [topic for _, topic in labelled]
    found = first_topics(labelled, only(gold))
    assert macro_f1(found, gold) >= 0.86
    assert sum(f == g for f, g in zip(found, gold, strict=True)) / len(gold) >= 0.84


def test_topics_of_a_broadcasters_news() -> None:
    names = {"sport": "sports", "tech": "technology"}
    labelled = [
        (Story(id=f"{n:05d}", title=row["title"], excerpt=row["excerpt"]), names.get(row["topic"], row["topic"]))
        for n, row in enumerate(rows("bbc_news.jsonl"))
    ]
    gold = [topic for _, topic in labelled]
    assert macro_f1(first_topics(labelled, only(gold)), gold) >= 0.89


def test_topics_of_bare_headlines() -> None:
    labelled = [
        (Story(id=f"{n:06d}", title=row["title"], source=row["publisher"]), row["topic"])
        for n, row in enumerate(rows("headlines_days.jsonl.gz"))
    ]
    gold = [topic for _, topic in labelled]
    assert macro_f1(first_topics(labelled, only(gold)), gold) >= 0.74


def test_stories_of_no_configured_topic_stay_out() -> None:
    labelled = ag()
    found = first_topics(labelled, only({topic for _, topic in labelled} - {"world"}))
    pairs = list(zip(found, (topic for _, topic in labelled), strict=True))
    off = [f for f, g in pairs if g == "world"]
    mine = [(f, g) for f, g in pairs if g != "world"]
    assert sum(f is not None for f in off) / len(off) <= 0.2
    assert sum(f == g for f, g in mine) / len(mine) >= 0.85
    assert sum(f == g for f, g in mine) / sum(f is not None for f, _ in pairs) >= 0.82


def test_events_of_days_with_thousands_of_publishers() -> None:
    values = [b_cubed(gather([story for story, _ in day])[0], {s.id: event for s, event in day}) for day in days()]
    assert sum(values) / len(values) >= 0.79


def test_events_of_bare_titles() -> None:
    titles = rows("events_titles.jsonl.gz")
    ids = [f"{hashlib.sha256(str(n).encode()).hexdigest()[:8]}{n}" for n in range(len(titles))]
    stories = [
        Story(id=name, title=row["title"], source=name, published=START)
        for name, row in zip(ids, titles, strict=True)
    ]
    gold = {name: row["event"] for name, row in zip(ids, titles, strict=True)}
    assert b_cubed(gather(stories)[0], gold) >= 0.74


def test_unrelated_news_is_not_glued_together() -> None:
    stories = [replace(story, source="paper", published=START) for story, _ in ag()]
    for size in (13, 50, 200):
        groups = [stories[at : at + size] for at in range(0, 20 * size, size) if at + size <= len(stories)]
        merged = sum(len(group) - len(set(gather(group)[0].values())) for group in groups)
        # Read by eye: of a thousand stories here, about twenty are second reports of an event that is there already.
        assert merged / sum(len(group) for group in groups) <= 0.03


def test_the_first_ten_of_a_day() -> None:
    shares, repeats, gains = [], [], []
    for day in days():
        gold = {story.id: event for story, event in day}
        stories = interleaved([story for story, _ in day])
        clusters, _ = gather(stories)
        entries = {story.id: Entry(story, 1, clusters[story.id]) for story in stories}
        digest = Digest(segments=(), lead=10, latest=0, max_per_source=1000)
        found = pool("daily/x", list(entries.values()), digest=digest, sources={}, cut=START + timedelta(days=1))
        made = choose(found.pool, entries, digest_name="daily", digest=digest, topics_order=())
        top = [gold[pick.story] for pick in made.picks()][:10]
        publishers: dict[str, set[str]] = defaultdict(set)
        for story, event in day:
            publishers[event].add(story.source)
        worth = {event: math.log2(1 + len(names)) for event, names in publishers.items()}
        best = sorted(worth, key=lambda event: (-worth[event], event))[:10]
        gained = [worth[event] if event not in top[:place] else 0.0 for place, event in enumerate(top)]
        ideal = sum(worth[event] / math.log2(place + 2) for place, event in enumerate(best))
        gains.append(sum(value / math.log2(place + 2) for place, value in enumerate(gained)) / ideal)
        shares.append(len(set(top) & set(best)) / 10)
        repeats.append(1 - len(set(top)) / 10)
    assert sum(shares) / len(shares) >= 0.7
    assert sum(repeats) / len(repeats) <= 0.017
    assert sum(gains) / len(gains) >= 0.95
