"""What an edition is chosen from in a large store: the heads of its topics, and the same edition comes of it."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from digest.models.edition import Plan
from digest.models.story import Story, TopicScore
from digest.pipeline import candidates
from digest.pipeline.project import Project
from digest.select import Entry, choose, pool
from digest.settings import Digest, Source
from digest.store import stories
from digest.store.database import Database
from digest.store.stories import Stored

CUT = datetime.fromisoformat("2026-11-24T07:00:00+00:00")
TOPICS = ("world", "business", "science")
SOURCES = ("wire", "desk", "post", "herald")


def fill(database: Database, number: int) -> None:
    """Stories of the last five days in three topics and one that no digest has, some told by several sources."""
    rng = random.Random(number)
    new, placed = [], {}
    for at in range(number):
        published = CUT - timedelta(minutes=rng.randint(1, 7_200))
        source, key = rng.choice(SOURCES), f"story{at:011}"
        new.append(Story(key, f"Title {at} of {source}", source=source, body="words " * 80, published=published))
        event = f"story{rng.randint(max(0, at - 20), at):011}" if rng.random() < 0.4 else key
        topics = [TopicScore(topic, 0.9, "match:x") for topic in rng.sample((*TOPICS, "sport"), rng.randint(0, 2))]
        placed[key] = (topics, event)
    with database.begin() as connection:
        stories.save(connection, new, CUT)
        stories.place(connection, placed, {}, CUT)


def plan(found: tuple[Stored, ...]) -> Plan:
    entries = {s.story.id: Entry(s.story, s.revision, s.cluster, s.topics) for s in found}
    digest = Digest(("everyone",), topics=TOPICS)
    sources = {name: Source(name, "feed", url=f"https://{name}.example/feed") for name in SOURCES}
    pooled = pool("daily/2026-11-24", list(entries.values()), digest=digest, sources=sources, cut=CUT)
    return choose(pooled.pool, entries, digest_name="daily", digest=digest, topics_order=TOPICS, language="en")


def places(made: Plan) -> list[tuple[str, list[str]]]:
    return [(section.name, [pick.story for pick in section.picks]) for section in made.sections]


def test_a_small_store_is_read_whole(project: Project) -> None:
    now = project.now()
    with project.store.database.read() as connection:
        assert candidates.stored(connection, TOPICS, now) == stories.since(connection, now - timedelta(hours=96))


def test_the_heads_give_the_edition_that_the_whole_store_gives(database: Database, project: Project) -> None:
    fill(database, 1_500)
    with database.begin() as connection:
        candidates.note(connection, project, {f"story{at:011}" for at in range(1_500)})
    with database.read() as connection:
        whole = candidates.stored(connection, TOPICS, CUT)
        bounded = candidates.stored(connection, TOPICS, CUT, many=0)
    assert len(bounded) < len(whole) / 1.5
    assert {s.story.id for s in bounded} <= {s.story.id for s in whole}
    assert places(plan(bounded)) == places(plan(whole))


def test_whole_events_are_read_so_that_their_importance_is_right(database: Database, project: Project) -> None:
    fill(database, 300)
    with database.begin() as connection:
        candidates.note(connection, project, {f"story{at:011}" for at in range(300)})
    with database.read() as connection:
        whole = {s.story.id: s.cluster for s in candidates.stored(connection, TOPICS, CUT)}
        bounded = {s.story.id: s.cluster for s in candidates.stored(connection, ("world",), CUT, many=0)}
    chosen = set(bounded.values())
    assert {key for key, cluster in whole.items() if cluster in chosen} == set(bounded)
