"""What a ledger and its events add up to."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert, true

from digest.models.edition import Edition
from digest.models.mail import Delivery, State
from digest.models.people import Consent, Subscription
from digest.store import editions, joining, ledger, links, reports
from digest.store.database import Database
from digest.store.joining import Joining
from digest.store.schema import events

NOW = datetime.fromisoformat("2026-11-24T07:00:00+00:00")
EDITION = "daily/2026-11-24"


def begin(database: Database, emails: list[str]) -> list[str]:
    """Everyone frozen; their deliveries."""
    active = (Subscription(0, "daily", Consent.ACTIVE),)
    with database.begin() as connection:
        joining.join(connection, [Joining(e, e, subscriptions=active) for e in emails], b"k" * 32, NOW)
        editions.save(connection, Edition(EDITION, "daily", "2026-11-24", NOW, NOW + timedelta(hours=12)))
        run = ledger.open_run(connection, EDITION, "memory", {}, NOW)
        ledger.freeze(
            connection,
            run=run,
            edition=EDITION,
            digest="daily",
            segment="everyone",
            matching=true(),
            prefix="abc",
            language="en",
            now=NOW,
        )
        return [taken.person.delivery for taken in ledger.take(connection, EDITION, run, NOW, 100)]


def test_domains_are_counted_and_small_ones_put_together(database: Database) -> None:
    keys = begin(database, ["a@big.example", "b@big.example", "c@small.example", "d@tiny.example"])
    with database.begin() as connection:
        results = [Delivery(keys[0], State.ACCEPTED), Delivery(keys[1], State.REJECTED, "gone")]
        results += [Delivery(keys[2], State.UNKNOWN, "?"), Delivery(keys[3], State.ACCEPTED)]
        ledger.record(connection, results, NOW)
        found = reports.domains(connection, EDITION, most=1)
        assert found[0][:6] == ("big.example", 2, 1, 0, 1, 0)
        assert found[1][:6] == (reports.OTHERS, 2, 1, 0, 0, 1)
        assert len(reports.domains(connection, EDITION)) == 3
        assert reports.settled_since(connection, EDITION, NOW.timestamp() - 60) == 4


def test_clicks_count_readers_and_tell_people_from_scanners(database: Database) -> None:
    keys = begin(database, ["a@x.example", "b@x.example"])
    clicks = [(keys[0], "human"), (keys[0], "human"), (keys[1], "human"), (keys[1], "scanner")]
    rows = [
        {
            "id": f"e{n}",
            "delivery": key,
            "kind": "clicked",
            "at": 1.0,
            "reason": "",
            "doc": {"url": "https://n.example/1", "story": "s1", "likely": likely},
        }
        for n, (key, likely) in enumerate(clicks)
    ]
    rows.append({"id": "l", "delivery": keys[0], "kind": "left", "at": 1.0, "reason": "", "doc": {}})
    with database.begin() as connection:
        connection.execute(insert(events), rows)
        assert reports.links(connection, EDITION) == [("https://n.example/1", "s1", "", 2, 1)]
        assert reports.readers_by_event(connection, EDITION) == {"clicked": 2, "left": 1}


def test_links_that_our_own_pages_counted_are_named_by_where_they_lead(database: Database) -> None:
    keys = begin(database, ["a@x.example", "b@x.example"])
    docs: list[dict[str, object]] = [{"link": "k3"}, {"link": "k3", "machine": True, "why": "asked by HEAD"}]
    rows = [
        {"id": f"c{n}", "delivery": key, "kind": "clicked", "at": 1.0, "reason": "", "doc": doc}
        for n, (key, doc) in enumerate(zip(keys, docs, strict=True))
    ]
    with database.begin() as connection:
        connection.execute(insert(events), rows)
        links.keep(connection, EDITION, {"k3": "https://n.example/1?utm_source=digest"})
        assert reports.links(connection, EDITION) == [("https://n.example/1?utm_source=digest", "", "", 1, 1)]
