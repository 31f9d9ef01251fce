"""Thirty editions for five segments, one of them personal: nothing twice, no cap broken, everyone once a day."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from digest.clock import StillClock
from digest.models.edition import LEAD
from digest.models.people import Consent, Subscription
from digest.models.story import Story, TopicScore, story_id
from digest.pipeline.build import Built, build, freeze
from digest.pipeline.deliver import Options, deliver
from digest.pipeline.draft import draft
from digest.pipeline.naming import identify
from digest.pipeline.project import Project, open_project
from digest.send import MemorySender
from digest.settings import load_settings
from digest.store import joining, lists, stories
from digest.store.joining import Joining
from digest.store.schema import cluster_aliases, deliveries

MORNING = datetime.fromisoformat("2026-11-24T07:00:00+00:00")
EDITIONS = 30
TOPICS = ("world", "business", "science", "culture")
SOURCES = ("wire", "desk", "post", "herald", "times")
SEGMENTS = ("deutsch", "markets", "short", "own", "everyone")
PER_SOURCE, PER_TOPIC, SHORT = 4, 2, 1
SETTINGS = """
[publication]
id = "sim"
name = "The Simulation"
base_url = "https://news.example"
from = "The Simulation <hello@news.example>"
postal_address = "1 Press Lane"
language = "en"
timezone = "UTC"

[digests.daily]
segments = ["deutsch", "markets", "short", "own", "everyone"]
topics = ["world", "business", "science", "culture"]
limits = { world = 2, business = 2, science = 2, culture = 2 }
latest = 2
budget = "9 min"
max_per_source = 4
schedule = "0 7 * * *"
"""
AUDIENCES = {
    "deutsch": 'filter = "status = active and language = de"\nlanguages = ["de", "en"]',
    "markets": 'filter = "status = active and tags has markets"\ntopics = ["business", "world"]',
    "short": 'filter = "status = active and tags has short"\nlimits = { world = 1, business = 1 }',
    "own": 'filter = "status = active and tags has own"\npersonal = true\nlanguages = ["en", "de"]',
    "everyone": 'filter = "status = active"\nlanguages = ["en"]',
}
READERS = {
    "deutsch": [("de", "", ())] * 2,
    "markets": [("en", "markets", ())] * 2,
    "short": [("en", "short", ())] * 2,
    "own": [
        ("en", "own", ()),
        ("en", "own", ("world",)),
        ("en", "own", ("business", "culture")),
        ("fr", "own", ("science", "culture", "world")),
        ("en", "own", ("sport",)),
    ],
    "everyone": [("en", "", ())] * 2,
}


@pytest.fixture
def clock() -> StillClock:
    return StillClock(MORNING)


@pytest.fixture
def simulated(tmp_path: Path, clock: StillClock) -> Project:
    sources = "".join(
        f'\n[[sources]]\nname = "{name}"\nkind = "feed"\nurl = "https://{name}.example/feed"\n' for name in SOURCES
    )
    topics = "".join(f'\n[topics.{name}]\nlabel = "{name.capitalize()}"\n' for name in (*TOPICS, "sport"))
    (tmp_path / "digest.toml").write_text(SETTINGS + sources + topics)
    (tmp_path / "audiences").mkdir()
    for name, text in AUDIENCES.items():
        (tmp_path / "audiences" / f"{name}.toml").write_text(text + "\n")
    project = open_project(load_settings(tmp_path, {}), clock, {})
    people = [
        Joining(
            f"{segment}{number}@reader.example",
            f"{segment}{number}@reader.example",
            language=language,
            tags=(tag,) if tag else (),
            subscriptions=(Subscription(0, "daily", Consent.ACTIVE, topics=chosen),),
        )
        for segment, readers in READERS.items()
        for number, (language, tag, chosen) in enumerate(readers)
    ]
    with project.store.database.begin() as connection:
        joining.join(connection, people, project.store.suppression_key, MORNING)
    return project


def test_thirty_editions_bring_nobody_an_event_twice(simulated: Project, clock: StillClock) -> None:
    news, had, had_stories = News(simulated, random.Random(20261124)), {}, {}
    updates = 0
    for day in range(EDITIONS):
        sources = news.day(clock())
        built = build(simulated, draft(simulated, identify(simulated, "daily", sending=True)))
        assert built.blocking == ()
        built = freeze(simulated, built, clock())
        sender = MemorySender()
        with sender:
            edition = built.draft.edition
            list(deliver(simulated, edition, built.renderings, sender, Options(window=4), sleep=lambda _: None))
        assert Counter(m.segment for m in sender.sent) == {name: len(people) for name, people in READERS.items()}
        events = root_of(simulated)
        for reader, sections in got(simulated, built).items():
            stories_of = [story for _, story, _, _ in sections]
            clusters = [events(cluster) for _, _, cluster, _ in sections]
            marked = {events(cluster) for _, _, cluster, update in sections if update}
            assert len(set(clusters)) == len(clusters), (day, reader)
            before = {events(cluster) for sent, mine in had.get(reader, ()) if day - sent < 7 for cluster in mine}
            updates += len(before & marked)
            assert not before & set(clusters) - marked, (day, reader)
            assert not {story for _, mine in had_stories.get(reader, ()) for story in mine} & set(stories_of)
            counts = Counter(sources[story] for story in stories_of)
            assert max(counts.values()) <= PER_SOURCE, (day, reader)
            for name, number in Counter(section for section, _, _, _ in sections).items():
                most = 1 if name == LEAD else PER_TOPIC
                if reader.startswith("short") and name in ("world", "business"):
                    most = SHORT
                assert number <= most, (day, reader, name)
            had.setdefault(reader, []).append((day, clusters))
            had_stories.setdefault(reader, []).append((day, stories_of))
        clock.forward(timedelta(days=1))
    assert len(had) == sum(map(len, READERS.values()))
    # The simulation would prove nothing if no event ever came back, merged, or were told by several.
    assert news.returned > 100
    assert news.merged > 10
    assert updates > 0


def got(project: Project, built: Built) -> dict[str, list[tuple[str, str, str, bool]]]:
    """Address → (section, story, event, update) of what was accepted: by the segment's plan, or a reader's list."""
    edition, plans, again = built.draft.edition.id, built.draft.segments, built.personal["own"].again
    with project.store.database.read() as connection:
        rows = connection.execute(
            select(deliveries.c.email, deliveries.c.segment, deliveries.c.list).where(
                deliveries.c.edition == edition, deliveries.c.state == "accepted"
            )
        ).all()
        own = lists.read(connection, {row.list for row in rows if row.list})
    found = {}
    for row in rows:
        plan = plans[row.segment]
        if row.list:
            assert row.segment == "own"
            found[row.email] = [(*one, one[2] in again) for one in own[row.list]]
        else:
            assert row.segment != "own"
            found[row.email] = [
                (section.name, pick.story, pick.cluster, pick.update)
                for section in plan.sections
                for pick in section.picks
            ]
    return found


def root_of(project: Project) -> Callable[[str], str]:
    """What an event is called now, after all merges so far."""
    with project.store.database.read() as connection:
        merged = dict(connection.execute(select(cluster_aliases.c.alias, cluster_aliases.c.cluster)).all())

    def root(cluster: str) -> str:
        while cluster in merged:
            cluster = merged[cluster]
        return cluster

    return root


class News:
    """Stories of each day in the store: new events, old ones that go on, and events that turn out to be one."""

    def __init__(self, project: Project, rng: random.Random) -> None:
        self._project = project
        self._rng = rng
        self._running: list[tuple[str, str]] = []
        self._sources: dict[str, str] = {}
        self._number = 0
        self.returned = self.merged = 0

    def day(self, now: datetime) -> Mapping[str, str]:
        """Write the stories of the day before `now`; the source of every story so far."""
        rng = self._rng
        new: list[Story] = []
        placed: dict[str, tuple[list[TopicScore], str]] = {}
        old = self._running[-60:]
        for number in range(40):
            if old and rng.random() < 0.35:
                cluster, topic = rng.choice(old)
                self.returned += 1
            else:
                cluster, topic = "", TOPICS[number % len(TOPICS)]
            story = self._story(topic, now - timedelta(minutes=rng.randint(1, 1_300)))
            also = rng.choice(TOPICS)
            topics = [TopicScore(name, 0.9, "match:x") for name in dict.fromkeys((topic, also))]
            new.append(story)
            placed[story.id] = (topics, cluster or story.id)
            if not cluster:
                self._running.append((story.id, topic))
        aliases = {}
        if len(self._running) > 80:
            for elder, younger in ((0, 30), (1, 45)):
                aliases[self._running[-80 + younger][0]] = self._running[-80 + elder][0]
            self._running = [pair for pair in self._running if pair[0] not in aliases]
            self.merged += len(aliases)
            placed = {key: (topics, aliases.get(cluster, cluster)) for key, (topics, cluster) in placed.items()}
        with self._project.store.database.begin() as connection:
            stories.save(connection, new, now)
            stories.place(connection, placed, aliases, now)
        return self._sources

    def _story(self, topic: str, published: datetime) -> Story:
        self._number += 1
        source = self._rng.choice(SOURCES)
        title = f"{topic.capitalize()} report {self._number} from the {source} brings news of day {published:%d %B}"
        url = f"https://{source}.example/{self._number}"
        body = " ".join(f"Sentence {n} of report {self._number} tells a little more of it." for n in range(12))
        language = "de" if self._rng.random() < 0.2 else "en"
        key = story_id(url, source, title)
        self._sources[key] = source
        return Story(
            id=key,
            source=source,
            title=title,
            url=url,
            excerpt=title,
            body=body,
            language=language,
            published=published,
        )
