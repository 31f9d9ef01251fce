"""Personal lists: how many a CPU-second picks, and how memory behaves from ten thousand readers to a million."""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path

from sqlalchemy import true

from digest.models.edition import Edition, Plan, Pool, Rendering
from digest.models.mail import State
from digest.models.story import TopicScore
from digest.pipeline.giving import Giver
from digest.pipeline.personal import PersonalEdition
from digest.render import Personal
from digest.select import Entry, Shelves, choose, pick, pool, shelve
from digest.settings import Digest, Source
from digest.store import editions, ledger
from digest.store.database import Database, open_database
from digest.store.migrate import migrate
from selection.corpus import CUT, SOURCES, TOPICS, news

EDITION = "daily/2026-11-24"
DIGEST = Digest(("own",), topics=TOPICS, lead=3, max_per_source=2)
BATCH = 5_000


@lru_cache(maxsize=1)
def _edition() -> tuple[Shelves, Pool, dict[str, Entry], Plan]:
    """A day of 16,000 stories in 50 topics, and its lists."""
    told = list(news(16_000, 1.0, seed=21))
    entries = {
        one.story.id: Entry(
            one.story, 1, f"e{one.event}", tuple(TopicScore(topic, 0.9, "model .90") for topic in one.topics)
        )
        for one in told
    }
    sources = {name: Source(name, "feed", url=f"https://{name}.example/feed") for name in SOURCES}
    pooled = pool(EDITION, list(entries.values()), digest=DIGEST, sources=sources, cut=CUT).pool
    plan = _plan(pooled, entries, TOPICS)
    shelves = shelve(pooled, entries, {"en": plan}, digest=DIGEST, topics_order=TOPICS, language="en")
    return shelves, pooled, entries, plan


def _plan(pooled: Pool, entries: dict[str, Entry], topics: tuple[str, ...]) -> Plan:
    return choose(pooled, entries, digest_name="daily", digest=DIGEST, topics_order=topics, language="en")


def readers(number: int) -> Iterator[tuple[tuple[str, ...], int]]:
    """(topics, seed of what they had) of each reader: one to ten of fifty topics, some far more popular."""
    rng = random.Random(33)  # noqa: S311
    weights = [1 / (place + 1) for place in range(len(TOPICS))]
    for _ in range(number):
        count = min(1 + int(rng.expovariate(1 / 2.2)), 10)
        yield tuple(dict.fromkeys(rng.choices(TOPICS, weights, k=count))), rng.getrandbits(24)


def measure(number: int) -> dict[str, float]:
    """Lists for each CPU-second: picked from the shelves, and by running the whole selection for each reader."""
    shelves, pooled, entries, _ = _edition()
    bits = list(shelves.events.values())
    rng = random.Random(4)  # noqa: S311
    had = [sum(rng.sample(bits, 30)) for _ in range(1_000)]
    asked = [(topics, had[seed % len(had)]) for topics, seed in readers(number)]
    began = time.process_time()
    for topics, got in asked:
        pick(shelves, shelves.choice(topics), "en", got)
    spent = time.process_time() - began
    some = asked[:20]
    began = time.process_time()
    for topics, _ in some:
        _plan(pooled, entries, topics)
    naive = time.process_time() - began
    return {"picked from the shelves": number / spent, "the whole selection for each": len(some) / naive}


def remember(folder: Path, number: int) -> dict[str, float]:
    """Peak memory (MB) of giving so many readers their lists through the ledger, and readers a CPU-second."""
    shelves, pooled, _, _ = _edition()
    database = open_database("sqlite:///readers.db", folder, create=True)
    migrate(database)
    _join(database, number)
    shell = Rendering(EDITION, "own", "en", "daily", "", "", "", "", (), 0, 0, 0)
    clusters = {candidate.story: candidate.cluster for candidate in pooled.candidates}
    own = PersonalEdition("own", shelves, {"en": Personal(shell, (), frozenset(), 0)}, clusters)
    began = time.process_time()
    edition = Edition(EDITION, "daily", "2026-11-24", CUT, CUT + timedelta(hours=12))
    giver = Giver(edition, {"own": own}, CUT - timedelta(days=7))
    with database.begin() as connection:
        editions.save(connection, edition)
        run = ledger.open_run(connection, EDITION, "memory", {}, CUT)
        ledger.freeze(
            connection,
            run=run,
            edition=EDITION,
            digest="daily",
            segment="own",
            matching=true(),
            prefix="bench",
            language="en",
            languages=("en",),
            now=CUT,
        )
    given = 0
    while True:
        with database.begin() as connection:
            claimed = ledger.claim(connection, EDITION, run, CUT, 1_000)
            given += len(giver.give(connection, claimed))
            if not claimed:
                break
            connection.exec_driver_sql(
                "UPDATE deliveries SET state = ? WHERE id = ?",
                [(State.ACCEPTED.value, recipient.delivery) for recipient in claimed],
            )
    if given != number:
        raise RuntimeError(f"{given} of {number} readers got a list")
    spent = time.process_time() - began
    database.engine.dispose()
    return {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "rate": number / spent}


def _join(database: Database, number: int) -> None:
    people = enumerate(readers(number), 1)
    while part := list(islice(people, BATCH)):
        with database.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO subscribers (id, email, email_key, name, language, attributes, joined) "
                "VALUES (?, ?, ?, 'A Reader', 'en', '{}', 0)",
                [(key, f"r{key}@reader.example", f"r{key}@reader.example") for key, _ in part],
            )
            connection.exec_driver_sql(
                "INSERT INTO subscriptions (subscriber, digest, state, topics, since) "
                "VALUES (?, 'daily', 'active', ?, 0)",
                [(key, f",{','.join(topics)},") for key, (topics, _) in part],
            )
