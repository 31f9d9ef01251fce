"""How fast events get into the store: raw signed body → verified → parsed → kept with all their effects.

Beside it, in the same run and on the same events: the plain way, one transaction for each event (insert or ignore,
look at the delivery, change it) straight through the database's driver, behind the same verification and the
standard library's JSON. Both stores are synced in full. In the first pass every event is new, in the second every
one is a duplicate. `_cpu_s` is by CPU time of one process, `_s` by the clock. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import insert

from digest.events import parse, public_key, refusal
from digest.models.edition import Edition
from digest.models.people import Consent, Subscription
from digest.store import editions, joining, ledger
from digest.store.database import Database, open_database
from digest.store.events import BATCH, ingest
from digest.store.joining import Joining
from digest.store.migrate import migrate
from digest.store.schema import deliveries

SENT = datetime.fromisoformat("2026-11-24T07:00:00+00:00")
NOW = SENT + timedelta(hours=3)
KEY = b"k" * 32
EDITION = "daily/2026-11-24"
PRIVATE = ec.derive_private_key(7, ec.SECP256R1())
SHOWN = PRIVATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
PUBLIC = public_key(base64.b64encode(SHOWN).decode())
# Of a thousand events of a newsletter, about so many are of these kinds.
MIX = {"delivered": 560, "open": 300, "click": 90, "deferred": 30, "bounce": 15, "spamreport": 2, "unsubscribe": 3}
RANK = {None: 0, "delivered": 1, "bounced": 2, "complained": 3}
MEANS = {"delivered": "delivered", "open": "delivered", "click": "delivered", "bounce": "bounced",
         "spamreport": "complained"}  # fmt: skip


@dataclass(frozen=True)
class Batch:
    """One signed body."""

    body: bytes
    stamp: str
    signature: str


def ledger_of(database: Database, people: int) -> list[str]:
    """An edition that was accepted for so many readers; the ids of its deliveries."""
    held = (Subscription(0, "daily", Consent.ACTIVE),)
    with database.begin() as connection:
        for start in range(0, people, 2000):
            emails = [f"r{n}@reader.example" for n in range(start, min(start + 2000, people))]
            joining.join(connection, [Joining(email, email, subscriptions=held) for email in emails], KEY, SENT)
        editions.save(connection, Edition(EDITION, "daily", "2026-11-24", SENT, SENT + timedelta(hours=12)))
        run = ledger.open_run(connection, EDITION, "sendgrid", {}, SENT)
        prefix = ledger.delivery_prefix("ledger", EDITION)
        same = {"edition": EDITION, "run": run, "segment": "everyone", "state": "accepted", "attempts": 1, "name": "",
                "language": "en", "domain": "reader.example", "changed": SENT.timestamp()}  # fmt: skip
        rows = [
            same | {"id": f"{prefix}-{n}", "subscriber": n, "email": f"r{n - 1}@reader.example"}
            for n in range(1, people + 1)
        ]
        connection.execute(insert(deliveries), rows)
    return [str(row["id"]) for row in rows]


def batches(keys: list[str], number: int, size: int = 1000) -> list[Batch]:
    """Signed batches as SendGrid posts them: the fields of its documentation, in no order of readers."""
    chance = random.Random(11)  # noqa: S311
    made = []
    for at in range(number):
        kinds = chance.choices(list(MIX), list(MIX.values()), k=size)
        body = json.dumps([_item(kind, chance.choice(keys), f"{at}-{n}") for n, kind in enumerate(kinds)]).encode()
        stamp = str(int(NOW.timestamp()) - at)
        signature = PRIVATE.sign(stamp.encode() + body, ec.ECDSA(SHA256()))
        made.append(Batch(body, stamp, base64.b64encode(signature).decode()))
    return made


def _item(kind: str, delivery: str, key: str) -> dict[str, Any]:
    number = int(delivery.rpartition("-")[2])
    item: dict[str, Any] = {
        "email": f"r{number - 1}@reader.example",
        "timestamp": int(SENT.timestamp()) + number % 7200,
        "event": kind,
        "sg_event_id": base64.urlsafe_b64encode(f"event {key} of the benchmark".encode()).decode(),
        "sg_message_id": f"{key}.filter0001.16648.5515E0B88.0",
        "smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>",
        "category": ["daily", EDITION],
        "digest_delivery": delivery,
    }
    if kind in ("open", "click"):
        item |= {
            "useragent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "ip": "192.0.2.7",
        }
    if kind == "click":
        item["url"] = "https://news.example/world/a-story-of-the-day?utm_source=digest"
    if kind == "bounce":
        item |= {"type": "bounce", "reason": "550 5.1.1 The email account does not exist", "status": "5.1.1",
                 "bounce_classification": "Invalid Address"}  # fmt: skip
    if kind in ("delivered", "deferred"):
        item["response"] = "250 2.0.0 OK queued as 4bXyZ"
    return item


def ours(database: Database, batch: Batch) -> int:
    """The whole way, as the endpoint goes it; how many events were new."""
    if why := refusal(PUBLIC, batch.signature, batch.stamp, batch.body, NOW):
        raise SystemExit(why)
    events = parse(batch.body, NOW).events
    new = 0
    for start in range(0, len(events), BATCH):
        with database.begin() as connection:
            new += len(ingest(connection, events[start : start + BATCH], KEY, NOW).new)
    return new


def plain(connection: sqlite3.Connection, batch: Batch) -> int:
    """One transaction for each event; how many were new."""
    if why := refusal(PUBLIC, batch.signature, batch.stamp, batch.body, NOW):
        raise SystemExit(why)
    new = 0
    for item in json.loads(batch.body):
        connection.execute("BEGIN IMMEDIATE")
        row = (item["sg_event_id"], item["digest_delivery"], item["event"], item["timestamp"], "", "{}")
        made = connection.execute("INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?)", row).rowcount
        if made:
            new += 1
            found = connection.execute(
                "SELECT outcome, subscriber, email FROM deliveries WHERE id = ?", (item["digest_delivery"],)
            ).fetchone()
            outcome = MEANS.get(item["event"])
            if RANK[outcome] > RANK[found[0]]:
                connection.execute(
                    "UPDATE deliveries SET outcome = ? WHERE id = ?", (outcome, item["digest_delivery"])
                )
            if item["event"] in ("open", "click"):
                connection.execute(
                    "UPDATE subscribers SET engaged = max(coalesce(engaged, 0), ?) WHERE id = ?",
                    (item["timestamp"], found[1]),
                )
            if item["event"] in ("bounce", "spamreport"):
                connection.execute(
                    "INSERT OR IGNORE INTO suppressions VALUES (?, '*', ?, ?, ?)",
                    (item["email"], item["email"], item["event"], item["timestamp"]),
                )
            if item["event"] == "unsubscribe":
                connection.execute("UPDATE subscriptions SET state = 'left' WHERE subscriber = ?", (found[1],))
        connection.execute("COMMIT")
    return new


def measured(work: Callable[[Batch], int], given: list[Batch], expected: int) -> tuple[float, float]:
    """(events per CPU-second, events per second), with a check that as many were new as should be."""
    cpu, wall = time.process_time(), time.perf_counter()
    new = sum(work(batch) for batch in given)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    if new != expected:
        raise SystemExit(f"{new} events were new, not {expected}")
    number = sum(batch.body.count(b'"sg_event_id"') for batch in given)
    return number / cpu, number / wall


def main() -> None:
    """Run it and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 events instead of 200,000")
    parser.add_argument("--postgres", metavar="URL", help="an empty database to measure on, too")
    options = parser.parse_args()
    number, people = (20, 10_000) if options.quick else (200, 100_000)
    result: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        database = open_database("sqlite:///ours.db", Path(folder), create=True)
        migrate(database)
        given = batches(ledger_of(database, people), number)
        count = number * 1000
        result["events_per_cpu_s"], result["events_per_s"] = measured(lambda b: ours(database, b), given, count)
        result["duplicates_per_cpu_s"], _ = measured(lambda b: ours(database, b), given, 0)
        database.engine.dispose()
        other = open_database("sqlite:///plain.db", Path(folder), create=True)
        migrate(other)
        ledger_of(other, people)
        other.engine.dispose()
        with closing(sqlite3.connect(Path(folder) / "plain.db", isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous=FULL")
            few = given[: max(number // 4, 1)]
            told = measured(lambda b: plain(connection, b), few, len(few) * 1000)
            result["plain_per_cpu_s"], result["plain_per_s"] = told
    if options.postgres:
        database = open_database(options.postgres, Path(), create=True)
        migrate(database)
        ledger_of(database, people)
        told = measured(lambda b: ours(database, b), given, count)
        result["postgres_events_per_cpu_s"], result["postgres_events_per_s"] = told
        database.engine.dispose()
    result["ratio_plain"] = result["events_per_cpu_s"] / result["plain_per_cpu_s"]
    result["ratio_plain_clock"] = result["events_per_s"] / result["plain_per_s"]
    for name, value in result.items():
        print(f"{name:28} {value:12,.2f}" if name.startswith("ratio") else f"{name:28} {value:12,.0f}")
    print(json.dumps({name: round(value, 2) for name, value in result.items()}))


if __name__ == "__main__":
    main()
