"""Sending: everyone once, whatever happens in between, and every doubt with a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

import pytest

from digest.clock import StillClock
from digest.errors import CredentialsError, SendError, Stale, Stopped
from digest.models.mail import Delivery, Message, State
from digest.pipeline.build import Built, build, freeze
from digest.pipeline.deliver import Options, deliver
from digest.pipeline.draft import draft
from digest.pipeline.membership import suppress
from digest.pipeline.naming import identify
from digest.pipeline.progress import Event
from digest.pipeline.project import Project
from digest.pipeline.timing import Time
from digest.send import MemorySender, Sender
from digest.store import editions, ledger


def ready(project: Project) -> Built:
    built = build(project, draft(project, identify(project, "daily", sending=True)))
    assert built.blocking == ()
    return freeze(project, built, project.now())


def send(project: Project, sender: Sender, **options: object) -> list[Event]:
    built = ready(project)
    with sender:
        return list(deliver(project, built.draft.edition, built.renderings, sender, Options(**options), sleep=nap))  # type: ignore[arg-type]


def nap(_seconds: float) -> None:
    return None


def states(project: Project) -> dict[State, int]:
    with project.store.database.read() as connection:
        return ledger.sums(connection, "daily/2026-11-24")


def addresses(project: Project) -> list[str]:
    with project.store.database.read() as connection:
        return [row.email for row in ledger.rows(connection, "daily/2026-11-24")]


def test_everyone_gets_one_message_and_the_edition_is_sent(project: Project) -> None:
    sender = MemorySender()
    events = send(project, sender)
    assert [events[0].kind, events[-1].kind] == ["started", "finished"]
    assert len(sender.sent) == 10 == len({message.to for message in sender.sent})
    assert events[-1].counts.as_json() | {"total": 10, "accepted": 10, "remaining": 0} == events[-1].counts.as_json()
    with project.store.database.read() as connection:
        edition = editions.load(connection, "daily/2026-11-24")
    assert edition
    assert edition.state.value == "sent"


def test_each_reader_gets_the_variant_of_their_segment_and_links_of_their_own(project: Project) -> None:
    sender = MemorySender()
    send(project, sender)
    german = [m for m in sender.sent if m.segment == "deutsch"]
    assert german
    assert all(m.variant.language == "de" for m in german)
    links = [m.values["unsubscribe_url"] for m in sender.sent]
    assert len(set(links)) == len(links)
    for message in sender.sent:
        token = message.values["unsubscribe_url"].rpartition("/")[2]
        assert project.signer.verify("u", token)
        assert message.id.encode() in message.raw


def test_a_second_send_reaches_only_people_who_joined_since(project: Project) -> None:
    first, second = MemorySender(), MemorySender()
    send(project, first, limit=4)
    assert len(first.sent) == 4
    send(project, second)
    assert len(second.sent) == 6
    assert not {m.to for m in first.sent} & {m.to for m in second.sent}


def test_a_run_for_some_leaves_the_edition_open_for_the_others(project: Project) -> None:
    events = send(project, MemorySender(), segments=("business",))
    assert events[-1].counts.total == 3
    with project.store.database.read() as connection:
        edition = editions.load(connection, "daily/2026-11-24")
    assert edition
    assert edition.state.value == "sending"


def test_whoever_is_suppressed_after_the_freeze_is_left_out_and_counted(project: Project) -> None:
    built = ready(project)
    sender = MemorySender()
    run = deliver(project, built.draft.edition, built.renderings, sender, Options(window=1), sleep=nap)
    with sender:
        while next(run).counts.of(State.ACCEPTED) < 1:
            pass
        left = next(a for a in addresses(project) if a not in {m.to for m in sender.sent})
        suppress(project, left, "complained")
        list(run)
    assert left not in {m.to for m in sender.sent}
    assert states(project) == {State.ACCEPTED: 9, State.SUPPRESSED: 1}


def test_a_deferred_message_is_retried_when_it_is_due(project: Project, clock: StillClock) -> None:
    def wait(_seconds: float) -> None:
        clock.forward(timedelta(minutes=1))

    built = ready(project)
    sender = Faltering(clock, times=1)
    with sender:
        options = Options(wait=timedelta(minutes=30))
        clocks = Time(wait, lambda: clock().timestamp(), lambda: clock().timestamp())
        events = list(deliver(project, built.draft.edition, built.renderings, sender, options, clocks=clocks))
    assert "waiting" in [event.kind for event in events]
    assert states(project) == {State.ACCEPTED: 10}
    assert sender.tried == 20


def test_what_is_due_later_than_the_wait_stops_and_resumes(project: Project, clock: StillClock) -> None:
    with pytest.raises(Stopped, match="10 left: will retry at 07:05") as caught:
        send(project, Faltering(clock, times=1))
    assert caught.value.exit_code == 75
    assert "--resume" in (caught.value.hint or "")
    clock.forward(timedelta(minutes=6))
    send(project, MemorySender(), resume=True)
    assert states(project) == {State.ACCEPTED: 10}


def test_old_news_is_not_sent(project: Project, clock: StillClock) -> None:
    with pytest.raises(Stopped):
        send(project, Faltering(clock, times=99))
    clock.forward(timedelta(hours=13))
    sender = MemorySender()
    events = send_again(project, sender)
    assert sender.sent == []
    assert states(project) == {State.EXPIRED: 10}
    assert events[-1].kind == "finished"


def send_again(project: Project, sender: Sender) -> list[Event]:
    """As a resumed command does: the frozen edition by its name."""
    built = build(project, draft(project, identify(project, "daily@2026-11-24", sending=True)))
    with sender:
        edition = built.draft.edition
        return list(deliver(project, edition, built.renderings, sender, Options(resume=True), sleep=nap))


@pytest.mark.parametrize("problem", [SendError("the relay is gone"), CredentialsError("the password is wrong")])
def test_a_transport_that_fails_as_a_whole_loses_nobody(project: Project, problem: Exception) -> None:
    with pytest.raises(type(problem)):
        send(project, Breaking(after=3, problem=problem))
    assert states(project) == {State.ACCEPTED: 3, State.PLANNED: 7}
    send(project, MemorySender(), resume=True)
    assert states(project) == {State.ACCEPTED: 10}


def test_a_crash_in_mid_window_leaves_doubts_that_are_named_and_not_sent_again(project: Project) -> None:
    with pytest.raises(MemoryError):
        send(project, Breaking(after=3, problem=MemoryError()))
    # What the sender had not drawn yet has certainly not left.
    assert states(project) == {State.ACCEPTED: 3, State.INTENT: 1, State.PLANNED: 6}
    sender = MemorySender()
    send(project, sender, resume=True)
    counted = states(project)
    assert sum(counted.values()) == 10
    assert counted[State.ACCEPTED] + counted.get(State.UNKNOWN, 0) == 10


def test_an_unknown_is_sent_again_only_when_a_person_says_so(project: Project) -> None:
    who = None

    class Doubtful(MemorySender):
        def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
            nonlocal who
            for message in messages:
                if who in (None, message.id):
                    who = message.id
                    yield Delivery(message.id, State.UNKNOWN, "the line was lost after the last dot")
                else:
                    yield from super().send([message])

    send(project, Doubtful())
    assert states(project) == {State.ACCEPTED: 9, State.UNKNOWN: 1}
    again = MemorySender()
    send(project, again)
    assert again.sent == []
    send(project, again, retry_unknown=True)
    assert [m.id for m in again.sent] == [who]


def test_two_sends_of_the_same_edition_at_once_are_harmless(project: Project, reopen: Callable[[], Project]) -> None:
    built = ready(project)
    sender = MemorySender()
    with sender:
        first = deliver(project, built.draft.edition, built.renderings, sender, Options(window=2), sleep=nap)
        next(first)
        with pytest.raises(Stale, match="is sending daily/2026-11-24"):
            send(reopen(), MemorySender())
        list(first)
    assert states(project) == {State.ACCEPTED: 10}


def test_a_stop_is_asked_for_between_windows_and_loses_nobody(project: Project) -> None:
    built, sender = ready(project), MemorySender()
    with sender, pytest.raises(Stopped):
        list(
            deliver(
                project,
                built.draft.edition,
                built.renderings,
                sender,
                Options(window=3),
                stop=lambda: len(sender.sent) >= 3,
                sleep=nap,
            )
        )
    assert states(project) == {State.ACCEPTED: 3, State.PLANNED: 7}


def test_an_address_that_cannot_be_written_to_is_rejected_in_words(project: Project) -> None:
    from sqlalchemy import update

    from digest.store.schema import deliveries

    built = ready(project)
    sender = MemorySender()
    with sender:
        run = deliver(project, built.draft.edition, built.renderings, sender, Options(), sleep=nap)
        next(run)
        with project.store.database.begin() as connection:
            connection.execute(
                update(deliveries).where(deliveries.c.id.endswith("-1")).values(email="a\r\nBcc: all@x.example")
            )
        list(run)
    assert states(project) == {State.ACCEPTED: 9, State.REJECTED: 1}
    with project.store.database.read() as connection:
        assert "no mail can be written" in ledger.reasons(connection, "daily/2026-11-24")[0][1]


def test_the_audience_that_got_a_story_is_remembered(project: Project) -> None:
    send(project, MemorySender())
    with project.store.database.read() as connection:
        since = project.now() - timedelta(days=7)
        got = editions.already(connection, "everyone", since, "daily/2026-11-25")
        assert got
        assert set(got.values()) == {"daily/2026-11-24"}
        assert editions.already(connection, "nobody", since, "daily/2026-11-25") == {}


class Faltering(MemorySender):
    """Defers every message so many times, five minutes each."""

    def __init__(self, clock: StillClock, times: int) -> None:
        super().__init__()
        self._clock = clock
        self.tried = 0
        self._left: dict[str, int] = {}
        self._times = times

    def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        for message in messages:
            self.tried += 1
            left = self._left.setdefault(message.id, self._times)
            if left:
                self._left[message.id] -= 1
                due = self._clock() + timedelta(minutes=5)
                yield Delivery(message.id, State.DEFERRED, "try later", retry_at=due)
            else:
                yield from super().send([message])


class Breaking(MemorySender):
    """Accepts a few and then fails as a whole."""

    def __init__(self, after: int, problem: Exception) -> None:
        super().__init__()
        self._after = after
        self._problem = problem

    def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        for message in messages:
            if len(self.sent) >= self._after:
                raise self._problem
            yield from super().send([message])
