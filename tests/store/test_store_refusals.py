"""Refusals while sending, as events: each once, and only what is about an address."""

from __future__ import annotations

from datetime import timedelta

from digest.models.mail import State
from digest.store.database import Database
from digest.store.events import ingest
from digest.store.refusals import unheard
from sent_ledger import KEY, SENT, put, sent

NOW = SENT + timedelta(hours=1)


def test_a_refused_address_is_an_event_until_it_was_heard(database: Database) -> None:
    keys = sent(database, 3, state=State.REJECTED)
    put(database, keys[:1], reason="hard bounce: there is no such mailbox")
    put(database, keys[1:2], reason="refused by policy: hard bounce is not what this is")
    with database.read() as connection:
        (event,) = unheard(connection, SENT - timedelta(days=1), 10)
        assert unheard(connection, SENT + timedelta(days=1), 10) == ()
    assert (event.id, event.kind, event.bounce, event.at) == (f"refused:{keys[0]}", "bounced", "hard", SENT)
    with database.begin() as connection:
        assert ingest(connection, [event], KEY, NOW).suppressed == 1
        assert unheard(connection, SENT - timedelta(days=1), 10) == ()
