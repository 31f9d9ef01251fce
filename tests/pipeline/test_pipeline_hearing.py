"""Hearing: events kept and passed on, mailboxes read once, and a run that stops writing to who left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from digest.clock import StillClock
from digest.errors import Stale
from digest.events import Told, read_mail
from digest.models.mail import Delivery, EventKind, Message, State
from digest.pipeline.build import build, freeze
from digest.pipeline.deliver import Options, deliver
from digest.pipeline.draft import draft
from digest.pipeline.hearing import Heard, hear, hear_told, inbox, poll
from digest.pipeline.naming import identify
from digest.pipeline.project import Project
from digest.send import MemorySender
from digest.store import ledger
from digest.store.database import Database, open_database
from digest.store.schema import deliveries, hook_calls
from sent_ledger import put, row, sent, subscribed, suppressed, told

K = EventKind
SETTINGS = """
[[mailboxes]]
reads = "bounces"
kind = "maildir"
path = "var/bounces"

[[mailboxes]]
reads = "unsubscribes"
kind = "maildir"
path = "var/leaving"

[[mailboxes]]
reads = "complaints"
kind = "maildir"
path = "var/missing"

[[hooks]]
url = "https://crm.news.example/digest"
secret = { env = "HOOK_SECRET" }
events = ["bounced", "left"]
"""


def nap(_seconds: float) -> None:
    return None


@pytest.fixture
def heard_project(paper: Path, reopen: Callable[[], Project]) -> Iterator[Project]:
    """The sample publication with mailboxes and a hook, and its ledger after a send to two readers."""
    file = paper / "digest.toml"
    text = file.read_text(encoding="utf-8").replace(
        "[delivery]\n", '[delivery]\nbounce_address = "b@ledger.example"\n'
    )
    file.write_text(text + SETTINGS, encoding="utf-8")
    for box in ("bounces", "leaving"):
        for name in ("cur", "new", "tmp"):
            (paper / "var" / box / name).mkdir(parents=True)
    opened = reopen()
    yield opened
    opened.store.database.engine.dispose()


def test_opens_and_clicks_are_not_even_kept_unless_they_are_switched_on(heard_project: Project) -> None:
    first, second = sent(heard_project.store.database)
    heard = hear(heard_project, [told(K.OPENED, first), told(K.CLICKED, first), told(K.DELIVERED, second)])
    assert heard == Heard(new=1, unwanted=2, kinds={"delivered": 1})


def test_every_event_given_is_counted_once(heard_project: Project) -> None:
    keys = sent(heard_project.store.database)
    batch = [told(K.DELIVERED, keys[n % 2], f"e{n}") for n in range(2500)]
    heard = hear_told(
        heard_project, Told((*batch, batch[0], told(K.LEFT, "zz-1")), {"processed": 3}, {"no object": 1})
    )
    assert (heard.new, heard.duplicates, heard.foreign) == (2500, 1, 1)
    assert (heard.ignored, heard.junk) == ({"processed": 3}, {"no object": 1})
    assert heard.words == "new=2500 duplicates=1 foreign=1 ignored=3 junk=1"
    assert Heard().words == "nothing"


def test_a_new_event_is_queued_once_for_the_hooks_that_want_it(heard_project: Project) -> None:
    first, second = sent(heard_project.store.database)
    batch = [told(K.DELIVERED, first), told(K.BOUNCED, first, bounce="hard"), told(K.LEFT, second)]
    hear(heard_project, batch)
    hear(heard_project, batch)
    with heard_project.store.database.read() as connection:
        docs = connection.scalars(select(hook_calls.c.doc).order_by(hook_calls.c.id)).all()
    assert sorted(doc["kind"] for doc in docs) == ["bounced", "left"]
    assert not any("@" in str(doc) for doc in docs)


def bounce(delivery: str, address: str, number: int = 1) -> bytes:
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: b+{delivery}@ledger.example\r\nMessage-Id: <{number}@mx.example>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    ).encode()


def test_mailboxes_are_read_and_one_that_fails_is_a_value(heard_project: Project) -> None:
    project = heard_project
    first, _ = sent(project.store.database)
    box = project.root / "var" / "bounces"
    (box / "new" / "1.a").write_bytes(bounce(first, "r0@reader.example"))
    (box / "new" / "2.b").write_bytes(b"From: reader\r\nSubject: Thank you\r\n\r\nI like it.\r\n")
    (box / "new" / "3.c").write_bytes(b"\x00\xff")
    (box / "new" / "4.d").write_bytes(b"From: x\r\nSubject: Out of office\r\n\r\n")
    leaving = project.signer.sign("u", 2, "daily")
    (project.root / "var" / "leaving" / "new" / "1.a").write_bytes(f"Subject: {leaving}\r\n\r\n".encode())
    before = subscribed(project.store.database)
    heard = poll(project, sleep=nap)
    assert (heard.new, heard.suppressed, heard.left) == (2, 1, 1)
    assert heard.ignored == {"automatic reply": 1, "mail for a person": 1}
    assert heard.junk == {"no mail": 1}
    assert len(heard.failures) == 1
    assert heard.failures[0].startswith("mailbox 3 (complaints): there is no Maildir")
    assert sorted(path.name for path in (box / "cur").iterdir()) == ["1.a:2,S", "2.b:2,FS", "3.c:2,FS", "4.d:2,S"]
    changed = set(subscribed(project.store.database)) - set(before)
    assert changed == {(2, "daily", "left")}
    again = poll(project, sleep=nap)
    assert (again.new, again.duplicates, again.ignored) == (0, 0, {})


def test_a_mail_whose_events_were_kept_before_it_could_be_marked_counts_once(heard_project: Project) -> None:
    first, _ = sent(heard_project.store.database)
    box = heard_project.root / "var" / "bounces" / "new"
    for name in ("1.a", "9.z"):
        (box / name).write_bytes(bounce(first, "r0@reader.example"))
        heard = poll(heard_project, sleep=nap)
    assert (heard.new, heard.duplicates) == (0, 1)


def test_a_bounce_that_names_another_address_suppresses_nobody(heard_project: Project) -> None:
    first, _ = sent(heard_project.store.database)
    (heard_project.root / "var" / "bounces" / "new" / "1").write_bytes(bounce(first, "someone@else.example"))
    heard = poll(heard_project, sleep=nap)
    assert (heard.new, heard.unproven, heard.suppressed) == (1, 1, 0)
    assert row(heard_project.store.database, first).outcome == "bounced"
    assert suppressed(heard_project.store.database) == {}


def test_polling_settles_doubts_whose_events_came_before_them(heard_project: Project, clock: StillClock) -> None:
    database = heard_project.store.database
    first, _ = sent(database, state=State.INTENT, now=clock())
    hear(heard_project, [told(K.DELIVERED, first)])
    put(database, [first], state="unknown")
    assert poll(heard_project, sleep=nap).settled == 1
    assert row(database, first).state == "accepted"


def test_a_ledger_that_stays_held_is_said_and_nothing_is_lost(
    heard_project: Project, postgres_url: str, tmp_path: Path
) -> None:
    database: Database = open_database(postgres_url, tmp_path, create=True)
    project = replace(heard_project, store=replace(heard_project.store, database=database))
    first, second = sent(database)
    with database.begin() as run, pytest.raises(Stale, match="keeps part of the ledger locked"):
        run.execute(select(deliveries).where(deliveries.c.id == first).with_for_update())
        hear(project, [told(K.DELIVERED, first), told(K.DELIVERED, second)], sleep=nap)
    heard = hear(project, [told(K.DELIVERED, first), told(K.DELIVERED, second)], sleep=nap)
    assert (heard.new, heard.duplicates) == (1, 1)
    database.engine.dispose()


class Interrupting(MemorySender):
    """Once its first message is taken, a mail to unsubscribe of the last reader of all arrives."""

    def __init__(self, then: Callable[[], None]) -> None:
        super().__init__()
        self.then: Callable[[], None] | None = then

    def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        for delivery in super().send(messages):
            if self.then:
                self.then()
                self.then = None
            yield delivery


def test_leaving_by_mail_is_honoured_by_a_send_under_way(project: Project) -> None:
    built = freeze(project, build(project, draft(project, identify(project, "daily", sending=True))), project.now())
    edition = built.draft.edition

    def leave() -> None:
        with project.store.database.read() as connection:
            last = ledger.rows(connection, edition.id)[-1]
        token = project.signer.sign("u", last.subscriber, "daily")
        told_by_mail = read_mail(f"From: x@y.example\r\nSubject: {token}\r\n\r\n".encode(), inbox(project))
        assert hear_told(project, told_by_mail).left == 1

    with Interrupting(leave) as sender:
        list(deliver(project, edition, built.renderings, sender, Options(window=2), sleep=nap))
    with project.store.database.read() as connection:
        rows = ledger.rows(connection, edition.id)
    assert (rows[-1].state, rows[-1].reason) == ("skipped", "unsubscribed")
    assert rows[-1].email not in {message.to for message in sender.sent}
    assert len(sender.sent) == len(rows) - 1


def test_an_address_that_was_refused_while_we_sent_counts_as_a_bounce_once(
    heard_project: Project, clock: StillClock
) -> None:
    database = heard_project.store.database
    keys = sent(database, 4, state=State.REJECTED, now=clock())
    reasons = ["hard bounce: there is no such mailbox", "soft bounce: the mailbox is full or closed", "refused", ""]
    for key, reason in zip(keys, reasons, strict=True):
        put(database, [key], reason=reason)
    heard = poll(heard_project, sleep=nap)
    assert (heard.new, heard.suppressed, heard.kinds) == (2, 1, {"bounced": 2})
    assert suppressed(database) == {"r0@reader.example *": "bounced"}
    assert [row(database, key).outcome for key in keys] == ["bounced", "bounced", None, None]
    assert poll(heard_project, sleep=nap).new == 0
    old = sent(database, 4, "daily/2026-11-01", state=State.REJECTED, now=clock() - timedelta(days=20))
    put(database, old, reason=reasons[0])
    assert poll(heard_project, sleep=nap).new == 0
