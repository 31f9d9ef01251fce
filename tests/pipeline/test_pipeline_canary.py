"""The first messages of a send that leaves: when too many fail, nobody else is mailed until a person says so."""

from __future__ import annotations

import pytest
from frozen import EDITION, Desk, Leaving

from digest.errors import Refused
from digest.models.mail import Delivery, Message, State
from digest.pipeline import control
from digest.settings import Pacing


def failing(share: int):  # type: ignore[no-untyped-def]
    """Rejects one in `share`."""

    def then(sender: Leaving, message: Message) -> Delivery | None:
        bad = len(sender.at) % share == 0
        return Delivery(message.id, State.REJECTED, "no such mailbox", "550 5.1.1") if bad else None

    return then


def test_more_than_one_in_twenty_pauses_the_send_after_the_first_messages(desk: Desk) -> None:
    desk = desk.paced(Pacing(), canary=40)
    desk.crowd(100)
    sender = Leaving(desk.clock, failing(10))
    with pytest.raises(Refused, match="4 of the first 40 messages were rejected: the send is paused") as caught:
        list(desk.sending(sender))
    assert caught.value.exit_code == 3
    assert "no such mailbox" in (caught.value.hint or "")
    assert desk.states == {State.ACCEPTED: 36, State.REJECTED: 4, State.PLANNED: 70}
    assert control.paused(desk.project, EDITION)


def test_a_person_who_goes_on_has_decided(desk: Desk) -> None:
    desk = desk.paced(Pacing(), canary=40)
    desk.crowd(100)
    with pytest.raises(Refused):
        list(desk.sending(Leaving(desk.clock, failing(10))))
    control.resume(desk.project, EDITION)
    list(desk.sending(Leaving(desk.clock, failing(10)), resume=True, retry_failed=True))
    assert desk.states == {State.ACCEPTED: 103, State.REJECTED: 7}


@pytest.mark.parametrize(("size", "share"), [(40, 20), (0, 2)])
def test_one_in_twenty_is_usual_and_none_is_off(desk: Desk, size: int, share: int) -> None:
    desk = desk.paced(Pacing(), canary=size)
    desk.crowd(50)
    list(desk.sending(Leaving(desk.clock, failing(share))))
    assert sum(desk.states.values()) == 60
    assert State.PLANNED not in desk.states
