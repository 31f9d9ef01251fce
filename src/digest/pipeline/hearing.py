"""Hear what providers, mail servers and readers tell us: keep it, let it have its effect, and pass it on to hooks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any

from digest.errors import DigestError, Stale, StoreError
from digest.events import UNCLEAR, Inbox, Told, read_mail, together
from digest.models.mail import Event, EventKind
from digest.pipeline import outgoing
from digest.pipeline.mailboxes import Postbox, open_postbox
from digest.pipeline.project import Project
from digest.pipeline.reader_links import UNSUBSCRIBE, opened
from digest.settings.site import Mailbox
from digest.store import events as kept
from digest.store import refusals
from digest.store.event_effects import Happened

TRIES = 50
PAUSE = 0.1
IN_ONE_POLL = 5000
_TOGETHER = 200
_DOUBTFUL_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard, in numbers. Every event given is new, a duplicate, foreign (about nothing of this store) or
    unwanted (opens and clicks while `[tracking]` is off).

    `unproven` reports were kept and suppress nobody; `suppressed`, `left` and `settled` are what the new ones did.
    `kinds` are the new ones by kind; `ignored` and `junk` were no events, by what they were. `failures` say what
    could not be read, such as a mailbox that does not answer.
    """

    new: int = 0
    duplicates: int = 0
    foreign: int = 0
    unwanted: int = 0
    unproven: int = 0
    suppressed: int = 0
    left: int = 0
    settled: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    ignored: Mapping[str, int] = field(default_factory=dict)
    junk: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[str, ...] = ()

    def __add__(self, other: Heard) -> Heard:
        summed: dict[str, Any] = {}
        for column in fields(self):
            mine, theirs = getattr(self, column.name), getattr(other, column.name)
            if isinstance(mine, Mapping):
                summed[column.name] = {key: mine.get(key, 0) + theirs.get(key, 0) for key in sorted({*mine, *theirs})}
            else:
                summed[column.name] = mine + theirs
        return Heard(**summed)

    @property
    def words(self) -> str:
        """One line for a log: only our own words and numbers."""
        counted = {
            column.name: getattr(self, column.name)
            for column in fields(self)
            if isinstance(getattr(self, column.name), int)
        }
        counted |= {"ignored": sum(self.ignored.values()), "junk": sum(self.junk.values())}
        return " ".join(f"{name}={number}" for name, number in counted.items() if number) or "nothing"


def hear(project: Project, events: Iterable[Event], *, sleep: Callable[[float], None] = time.sleep) -> Heard:
    """Keep events and let them have their effects, a batch in one transaction.

    Raises:
        Stale: the ledger was held by another process for too long; nothing is lost if the events are given again.
        StoreError: the store cannot be written.
    """
    tracking = project.settings.tracking
    counted = {EventKind.OPENED: tracking.opens, EventKind.CLICKED: tracking.clicks}
    off = {kind for kind, wanted in counted.items() if not wanted}
    heard = Heard()
    batch: list[Event] = []
    for event in events:
        if event.kind in off:
            heard += Heard(unwanted=1)
            continue
        batch.append(event)
        if len(batch) == kept.BATCH:
            heard += _keep(project, batch, sleep)
            batch = []
    return heard + _keep(project, batch, sleep) if batch else heard


def hear_told(project: Project, told: Told, *, sleep: Callable[[float], None] = time.sleep) -> Heard:
    """The same for what a parser gave, with what it ignored and could not read; raises as `hear`."""
    return hear(project, told.events, sleep=sleep) + Heard(ignored=told.ignored, junk=told.junk)


def _keep(project: Project, batch: list[Event], sleep: Callable[[float], None]) -> Heard:
    """Keep one batch. What another process holds is given again a moment later."""
    heard = Heard()
    left = batch
    for _ in range(TRIES):
        now = project.now()
        with project.store.database.begin() as connection:
            done = kept.ingest(connection, left, project.store.suppression_key, now)
            outgoing.queue(connection, project.settings.hooks, done.new, now)
        heard += Heard(
            new=len(done.new),
            duplicates=done.duplicates,
            foreign=done.foreign,
            unproven=done.unproven,
            suppressed=done.suppressed,
            left=done.left,
            settled=done.settled,
            kinds=_kinds(done.new),
        )
        if not done.busy:
            return heard
        left = list(done.busy)
        sleep(PAUSE)
    raise Stale("another process keeps part of the ledger locked", hint="the events can be given again")


def _kinds(new: Iterable[Happened]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for happened in new:
        kind = str(happened.event.kind)
        counted[kind] = counted.get(kind, 0) + 1
    return counted


def inbox(project: Project, reads: str = "bounces") -> Inbox:
    """How mails to this publication are read: by its bounce address and its readers' tokens."""
    bounces = project.settings.delivery.bounce_address or ""
    bare = bounces.rpartition("<")[2].rstrip("> ")
    return Inbox(project.now(), lambda token: opened(project, UNSUBSCRIBE, token), bare, reads)


def hear_refused(project: Project, *, sleep: Callable[[float], None] = time.sleep) -> Heard:
    """Make events of the addresses that mail servers refused while we sent, so that they count as any other bounce:
    nobody reports those again. Raises as `hear`."""
    since = project.now() - _DOUBTFUL_FOR
    heard = Heard()
    while True:
        with project.store.database.read() as connection:
            fresh = refusals.unheard(connection, since, kept.BATCH)
        done = hear(project, fresh, sleep=sleep) if fresh else Heard()
        heard += done
        if not done.new:
            return heard


def settle(project: Project) -> int:
    """Settle deliveries that fell into doubt after their events had come; how many.

    Raises:
        Stale, StoreError: the store cannot be written.
    """
    now = project.now()
    with project.store.database.begin() as connection:
        return kept.settle_heard(connection, now, now - _DOUBTFUL_FOR)


def after_sending(project: Project, *, sleep: Callable[[float], None] = time.sleep) -> Heard:
    """What a send owes to what it heard itself, where nobody polls: refusals become events, and what events had told
    before is settled. A ledger that is held by another process is a value in `failures`: the next send, or poll, does
    it.

    Raises:
        Stopped, StoreError: the store cannot be written.
    """
    try:
        return hear_refused(project, sleep=sleep) + Heard(settled=settle(project))
    except Stale as problem:
        return Heard(failures=(problem.what,))


def poll(project: Project, *, sleep: Callable[[float], None] = time.sleep) -> Heard:
    """Read the `[[mailboxes]]`: each mail once. One that fails is a value in `failures`; the others go on.

    It also hears refusals, and settles deliveries that fell into doubt after their events had come. A mail is marked
    as read only when its events are kept, so that nothing is lost if this is interrupted; mails for a person are
    flagged and left.

    Raises:
        Stale, StoreError: the store cannot be written.
    """
    heard = Heard()
    for number, mailbox in enumerate(project.settings.mailboxes, 1):
        name = f"mailbox {number} ({mailbox.reads})"
        try:
            with project.store.database.lock(f"mailbox {number}", "reading this mailbox"):
                heard += _poll_one(project, mailbox, name, sleep)
        except Stale as problem:
            heard += Heard(failures=(f"{name}: {problem.what}",))
    heard += hear_refused(project, sleep=sleep)
    return heard + Heard(settled=settle(project))


def _poll_one(project: Project, mailbox: Mailbox, name: str, sleep: Callable[[float], None]) -> Heard:
    heard = Heard()
    try:
        with open_postbox(mailbox, project.root, project.environ, project.now()) as box:
            read = 0
            while read < IN_ONE_POLL:
                taken = box.take(_TOGETHER)
                if not taken:
                    break
                heard += _hear_mails(project, box, taken, mailbox.reads, sleep)
                read += len(taken)
    except StoreError:
        raise
    except (OSError, DigestError) as problem:
        said = problem.what if isinstance(problem, DigestError) else f"cannot be read: {problem.strerror or problem}"
        heard += Heard(failures=(f"{name}: {said}",))
    return heard


def _hear_mails(
    project: Project, box: Postbox, taken: tuple[tuple[str, bytes], ...], reads: str, sleep: Callable[[float], None]
) -> Heard:
    desk = inbox(project, reads)
    told = [(key, read_mail(raw, desk)) for key, raw in taken]
    heard = hear_told(project, together(one for _, one in told), sleep=sleep)
    for key, one in told:
        box.done(key, for_a_person=bool(one.junk) or UNCLEAR in one.ignored)
    return heard
