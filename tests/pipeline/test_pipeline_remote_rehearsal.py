"""A rehearsal asks SendGrid about every message, sends none, and leaves no trace in the store."""

from __future__ import annotations

import pytest
from frozen import Desk
from handed import Handed, fake_for
from sqlalchemy import func, select

from digest.errors import CredentialsError, UsageError
from digest.pipeline import sending
from digest.pipeline.naming import identify
from digest.pipeline.options import Options
from digest.pipeline.remote_rehearsal import Rehearsed, demand_rehearsing, rehearse
from digest.pipeline.transport import sender_for
from digest.send.fake_sendgrid import Fault
from digest.store.schema import deliveries, runs, sent, subscribers
from digest.tokens import DEAD

READERS = 10


def rehearsed(handed: Handed, options: Options | None = None) -> Rehearsed:
    project = handed.project
    sender = sender_for(project, None)
    ready = sending.make_ready(project, identify(project, "daily", sending=True), sender, None)
    return rehearse(project, ready.built, demand_rehearsing(sender), options or Options())


def rows(handed: Handed) -> tuple[int, ...]:
    with handed.project.store.database.read() as connection:
        return tuple(connection.scalar(select(func.count()).select_from(t)) or 0 for t in (deliveries, runs, sent))


def an_address(handed: Handed) -> str:
    from digest.pipeline.audience import takes
    from digest.store.prospects import prospects

    now = handed.project.now()
    with handed.project.store.database.read() as connection:
        segment, matching = next(iter(takes(handed.project, "daily", now).items()))
        return prospects(connection, "daily", segment, matching, now)[0].email


def test_every_message_is_checked_and_nothing_is_sent_or_written(desk: Desk) -> None:
    with fake_for(desk) as fake:
        handed = Handed.to(desk, fake)
        toml = (desk.project.root / "digest.toml").read_text()
        done = rehearsed(handed)
        assert (done.accepted, done.rejected, done.unanswered, done.fine) == (READERS, 0, 0, True)
        assert (fake.mails, fake.requests, fake.seen > 0) == ({}, [], True)
        assert rows(handed) == (0, 0, 0)
        assert (desk.project.root / "digest.toml").read_text() == toml
        list(handed.start())
        assert handed.mails == READERS
        assert DEAD not in str(fake.requests)
        assert rehearsed(handed).accepted == READERS


def test_a_refused_address_is_named(desk: Desk) -> None:
    with fake_for(desk) as fake:
        handed = Handed.to(desk, fake)
        refused = an_address(handed)
        fake.refused = frozenset({refused})
        done = rehearsed(handed)
        assert (done.accepted, done.rejected, done.fine) == (READERS - 1, 1, False)
        assert done.refused[0][0] == refused
        assert done.as_json()["refused"][0]["email"] == refused


def test_who_is_asked_for_and_who_is_left_out(desk: Desk) -> None:
    with fake_for(desk) as fake:
        handed = Handed.to(desk, fake)
        assert rehearsed(handed, Options(limit=3)).accepted == 3
        assert rehearsed(handed, Options(only=(an_address(handed),))).accepted == 1
        with handed.project.store.database.begin() as connection:
            first = connection.scalar(select(func.min(subscribers.c.id)))
            assert first


def test_without_an_answer_it_is_no_yes(desk: Desk) -> None:
    with fake_for(desk, Fault.SERVER_ERROR) as fake:
        handed = Handed.to(desk, fake)
        done = rehearsed(handed)
        assert done.unanswered > 0
        assert done.accepted + done.unanswered == READERS
        assert done.silent == "500 Internal Server Error"
        assert not done.fine
        fake.key = "another"
        with pytest.raises(CredentialsError):
            rehearsed(handed)


def test_a_crowd_is_asked_in_pages(desk: Desk) -> None:
    with fake_for(desk) as fake:
        handed = Handed.to(desk, fake)
        handed.desk.crowd(1500)
        assert rehearsed(handed).accepted == READERS + 1500
        assert fake.seen <= 6


def test_another_transport_cannot(desk: Desk) -> None:
    with pytest.raises(UsageError, match="folder cannot rehearse"):
        demand_rehearsing(sender_for(desk.project, "folder"))
