"""Mail that SendGrid gets before its hour: kept until then, called back whole, and never there twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from frozen import EDITION, MORNING, Desk
from handed import Handed, fake_for

from digest.errors import CredentialsError, Declined, Refused, SendError, Stopped, UsageError
from digest.models.mail import State
from digest.pipeline import control, handing_over, parting
from digest.pipeline.handing_over import CALLED_BACK, IN_DOUBT
from digest.send.fake_sendgrid import Fault
from digest.send.sendgrid_batches import LAST_CALL
from digest.settings import Pacing
from digest.store import handed_over
from digest.store.schema import sent

AT = MORNING + timedelta(hours=2)
READERS = 10


def test_it_is_kept_until_its_hour_and_then_sent_once(desk: Desk) -> None:
    with fake_for(desk) as fake:
        handed = Handed.to(desk, fake)
        list(handed.start(at=AT, hand_over=True))
        assert handed.states() == {State.ACCEPTED: READERS}
        assert handed.mails == 0
        assert handing_over.kept_until(handed.project, EDITION) == (READERS, AT)
        assert {body["send_at"] for body in fake.requests} == {int(AT.timestamp())}
        desk.clock.forward(timedelta(hours=2))
        fake.release()
        assert handed.mails == READERS
        assert handing_over.kept_until(handed.project, EDITION) is None
        with pytest.raises(Refused, match="nothing left to cancel"):
            control.cancel(handed.project, EDITION)


def test_called_back_nobody_gets_it_and_the_sum_holds(desk: Desk) -> None:
    with fake_for(desk) as fake:
        handed = Handed.to(desk, fake)
        list(handed.start(at=AT, hand_over=True))
        done = control.cancel(handed.project, EDITION)
        assert done.words == f"{EDITION} is cancelled: {READERS} were called back before their hour"
        assert handed.states() == {State.CANCELLED: READERS}
        assert handed.reasons(State.CANCELLED) == {CALLED_BACK}
        assert "already" in control.cancel(handed.project, EDITION).words
        desk.clock.forward(timedelta(hours=3))
        fake.release()
        assert handed.mails == 0
        with handed.project.store.database.read() as connection:
            assert connection.execute(sent.select()).all() == []


def test_what_sendgrid_may_have_is_called_back_with_the_rest(desk: Desk) -> None:
    with fake_for(desk, Fault.ACCEPT_THEN_ERROR) as fake:
        handed = Handed.to(desk, fake)
        list(handed.start(at=AT, hand_over=True))
        doubtful = handed.states()[State.UNKNOWN]
        assert 0 < doubtful < READERS
        control.cancel(handed.project, EDITION)
        assert handed.states() == {State.CANCELLED: READERS}
        desk.clock.forward(timedelta(hours=3))
        fake.release()
        assert handed.mails == 0


def test_in_the_last_minutes_nothing_is_called_back_and_nothing_is_said_to_be(desk: Desk) -> None:
    with fake_for(desk) as fake:
        handed = Handed.to(desk, fake)
        list(handed.start(at=AT, hand_over=True))
        desk.clock.forward(timedelta(hours=1, minutes=55))
        with pytest.raises(Refused, match="goes out at its time all the same"):
            control.cancel(handed.project, EDITION)
        assert handed.states() == {State.ACCEPTED: READERS}
        assert desk.edition_state == "sent"
        desk.clock.forward(timedelta(minutes=5))
        fake.release()
        assert handed.mails == READERS


def test_an_answer_that_was_lost_is_found_again(desk: Desk) -> None:
    others = [Fault.NONE, Fault.NONE, Fault.ACCEPT_THEN_ERROR]  # the batch, its status, its cancelling
    with fake_for(desk, others=others) as fake:
        handed = Handed.to(desk, fake)
        list(handed.start(at=AT, hand_over=True))
        control.cancel(handed.project, EDITION, sleep=lambda _: None)
        assert handed.states() == {State.CANCELLED: READERS}


def test_without_an_answer_everyone_is_in_doubt_until_it_is_asked_again(desk: Desk) -> None:
    with fake_for(desk, others=[Fault.NONE, Fault.NONE, *[Fault.SERVER_ERROR] * 4]) as fake:
        handed = Handed.to(desk, fake)
        list(handed.start(at=AT, hand_over=True))
        with pytest.raises(SendError, match=f"throws {READERS} messages away"):
            control.cancel(handed.project, EDITION, sleep=lambda _: None)
        assert handed.states() == {State.UNKNOWN: READERS}
        assert handed.reasons(State.UNKNOWN) == {IN_DOUBT}
        assert desk.edition_state == "cancelled"
        control.cancel(handed.project, EDITION)
        assert handed.states() == {State.CANCELLED: READERS}


def test_a_key_that_may_not_call_back_changes_nothing(desk: Desk) -> None:
    with fake_for(desk) as fake:
        handed = Handed.to(desk, fake)
        list(handed.start(at=AT, hand_over=True))
        fake.key = "another"
        with pytest.raises(CredentialsError):
            control.cancel(handed.project, EDITION)
        assert handed.states() == {State.ACCEPTED: READERS}


def test_killed_while_it_hands_over_the_rest_goes_under_the_same_id(desk: Desk) -> None:
    with fake_for(desk) as fake:
        handed = Handed.to(desk, fake)
        sending = handed.start(at=AT, hand_over=True, window=4)
        next(event for event in sending if event.counts.of(State.ACCEPTED))
        sending.close()
        assert 0 < len(fake.batches.waiting) < READERS
        list(handed.start(resume=True))
        assert len(fake.batches.made) == 1
        assert sum(handed.states().values()) == READERS
        assert handed.states()[State.ACCEPTED] + handed.states().get(State.UNKNOWN, 0) == READERS
        desk.clock.forward(timedelta(hours=2))
        fake.release()
        assert handed.states()[State.ACCEPTED] <= handed.mails <= READERS


def test_cancelled_while_it_hands_over_all_of_it_is_called_back(desk: Desk) -> None:
    with fake_for(desk) as fake:
        handed = Handed.to(desk, fake)
        sending = handed.start(at=AT, hand_over=True, window=4)
        next(event for event in sending if event.counts.of(State.ACCEPTED))
        assert control.cancel(handed.project, EDITION).running
        desk.clock.forward(timedelta(seconds=1))
        with pytest.raises(Declined):
            list(sending)
        assert handed.states() == {State.CANCELLED: READERS}
        desk.clock.forward(timedelta(hours=3))
        fake.release()
        assert handed.mails == 0


@pytest.mark.parametrize("now", [False, True])
def test_the_others_go_at_once_when_the_hour_is_over_or_somebody_says_now(desk: Desk, now: bool) -> None:
    with fake_for(desk) as fake:
        handed = Handed.to(desk, fake)
        list(handed.start(at=AT, hand_over=True, limit=4))
        assert handed.states() == {State.ACCEPTED: 4}
        if not now:
            desk.clock.forward(timedelta(hours=2))
        list(handed.start(at=desk.clock() if now else None))
        assert len(handed.fake.mails) == READERS - 4
        desk.clock.forward(timedelta(hours=2))
        fake.release()
        assert handed.mails == READERS


def test_some_who_joined_go_to_the_same_hour(desk: Desk) -> None:
    with fake_for(desk) as fake:
        handed = Handed.to(desk, fake)
        list(handed.start(at=AT, hand_over=True, limit=4))
        list(handed.start())
        list(handed.start(at=AT, hand_over=True))
        assert (handed.states(), handed.mails, len(fake.batches.made)) == ({State.ACCEPTED: READERS}, 0, 1)
        assert control.cancel(handed.project, EDITION).counts.of(State.CANCELLED) == READERS


def test_another_hour_that_is_said_later_is_waited_for_here(desk: Desk) -> None:
    with fake_for(desk) as fake:
        handed = Handed.to(desk, fake)
        list(handed.start(at=AT, hand_over=True, limit=4))
        for options in ({"at": AT + timedelta(hours=1)}, {"resume": True}, {}):
            with pytest.raises(Stopped, match="is scheduled for 24 Nov 10:00"):
                list(handed.start(**options))
        desk.clock.forward(timedelta(hours=2, minutes=1))
        fake.release()
        assert handed.mails == 4
        desk.clock.forward(timedelta(hours=1))
        list(handed.start())
        assert handed.mails == READERS


@pytest.mark.parametrize(
    ("ahead", "pacing", "problem"),
    [
        (LAST_CALL, None, UsageError),
        (timedelta(hours=73), None, Refused),
        (timedelta(hours=2), Pacing(quiet="08:00-10:00"), Refused),
    ],
)
def test_an_hour_that_it_cannot_be_kept_for_is_refused(
    desk: Desk, ahead: timedelta, pacing: Pacing | None, problem: type[Exception]
) -> None:
    with fake_for(desk) as fake:
        handed = Handed.to(desk, fake, pacing)
        with pytest.raises(problem):
            list(handed.start(at=MORNING + ahead, hand_over=True))
        assert (handed.states(), fake.batches.made) == ({}, [])


def test_a_transport_that_keeps_nothing_says_so(desk: Desk) -> None:
    with fake_for(desk) as fake:
        handed = Handed.to(desk, fake)
        with pytest.raises(UsageError, match="keeps no mail"):
            list(handed.start(transport="folder", at=AT, hand_over=True))
        with pytest.raises(UsageError, match="no time"):
            list(handed.start(hand_over=True))


def test_without_an_id_nothing_leaves_and_a_later_send_begins_anew(desk: Desk) -> None:
    with fake_for(desk, others=[Fault.FORBIDDEN]) as fake:
        handed = Handed.to(desk, fake)
        with pytest.raises(CredentialsError):
            list(handed.start(at=AT, hand_over=True))
        assert (handed.states(), fake.seen) == ({}, 0)
        list(handed.start(at=AT, hand_over=True))
        assert handed.states() == {State.ACCEPTED: READERS}


def test_by_default_it_waits_here_and_whoever_leaves_is_left_out(desk: Desk) -> None:
    with fake_for(desk) as fake:
        handed = Handed.to(desk, fake)
        with pytest.raises(Stopped):
            list(handed.start(at=AT))
        assert fake.seen == 0
        parting.leave(handed.project, 1, "daily", "page")
        desk.clock.forward(timedelta(hours=2))
        list(handed.start(resume=False))
        assert handed.mails == READERS - 1


def test_a_reader_who_leaves_is_not_told_that_none_is_on_its_way(desk: Desk) -> None:
    with fake_for(desk) as fake:
        handed = Handed.to(desk, fake)
        list(handed.start(at=AT, hand_over=True))
        [reader, *_] = sorted(who for who in range(1, 40) if _waits(handed, who))
        assert not parting.out_of_flight(handed.project, reader, "daily", sleep=lambda _: pytest.fail("no use"))
        control.cancel(handed.project, EDITION)
        assert parting.out_of_flight(handed.project, reader, "daily")


def _waits(handed: Handed, reader: int) -> bool:
    with handed.project.store.database.read() as connection:
        return handed_over.waits(connection, reader, "daily", handed.desk.clock())
