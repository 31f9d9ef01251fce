from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from digest.errors import SendError
from digest.models.mail import Answer, Delivery, Message, State
from digest.send import MemorySender, Place

Mail = Callable[..., Message]
Gather = Callable[[Iterable[Delivery]], tuple[list[Delivery], Exception | None]]


def test_it_answers_by_the_script(mail: Mail) -> None:
    later = datetime(2026, 11, 24, 8, tzinfo=UTC)
    sender = MemorySender(
        {
            "reader1@mail.example": State.REJECTED,
            "reader2@mail.example": Delivery("", State.DEFERRED, "busy", retry_at=later),
            "reader3@mail.example": State.UNKNOWN,
            "reader4@mail.example": State.UNKNOWN,
        },
        lost=["reader4@mail.example"],
    )
    deliveries = list(sender.send(mail(number) for number in range(5)))
    assert [delivery.state for delivery in deliveries] == [
        State.ACCEPTED,
        State.REJECTED,
        State.DEFERRED,
        State.UNKNOWN,
        State.UNKNOWN,
    ]
    assert all(delivery.reason for delivery in deliveries[1:])
    assert deliveries[2] == Delivery("d00002", State.DEFERRED, "busy", retry_at=later)
    assert [message.id for message in sender.sent] == ["d00000", "d00003"]
    assert len(sender.asked) == 5
    answers = sender.reconcile([Place("d00003", "e", "s"), Place("d00004", "e", "s")])
    assert answers == {"d00003": Answer.ACCEPTED, "d00004": Answer.ABSENT}


def test_it_fails_as_a_whole_when_told_to(mail: Mail, gather: Gather) -> None:
    sender = MemorySender({"reader1@mail.example": SendError("gone")})
    deliveries, problem = gather(sender.send(mail(number) for number in range(3)))
    assert [delivery.id for delivery in deliveries] == ["d00000"]
    assert isinstance(problem, SendError)
