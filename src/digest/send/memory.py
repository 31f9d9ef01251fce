"""A sender that keeps messages in a list and answers by a script: for tests, ours and those of publications."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self

from digest.models.mail import Answer, Delivery, Message, State
from digest.send.base import Place, Setup

ScriptedAnswer = Delivery | State | Exception


class MemorySender:
    """Keeps what it is given.

    `script` says what happens to an address: a state, a whole delivery (its id is put right), or an exception to
    raise. Addresses that it does not name are accepted. `sent` holds the messages that arrived, also those whose
    answer is unknown unless `lost` names their address; `asked` holds all, in order.
    """

    name = "memory"
    leaves = False

    def __init__(self, script: Mapping[str, ScriptedAnswer] | None = None, lost: Iterable[str] = ()) -> None:
        self.script = dict(script or {})
        self.lost = frozenset(lost)
        self.sent: list[Message] = []
        self.asked: list[Message] = []
        self.entered = 0

    def __enter__(self) -> Self:
        self.entered += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.entered -= 1

    def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        """One delivery for each message, in order, by the script."""
        for message in messages:
            answer = self.script.get(message.to, State.ACCEPTED)
            if isinstance(answer, Exception):
                raise answer
            self.asked.append(message)
            given = answer if isinstance(answer, Delivery) else Delivery("", answer)
            if given.state is State.ACCEPTED or (given.state is State.UNKNOWN and message.to not in self.lost):
                self.sent.append(message)
            reason = given.reason or ("" if given.state is State.ACCEPTED else f"the script says {given.state}")
            yield Delivery(message.id, given.state, reason, given.reply, given.reference, given.retry_at)

    def reconcile(self, places: Sequence[Place]) -> Mapping[str, Answer]:
        """Accepted for what is in `sent`, absent for the rest."""
        kept = {message.id for message in self.sent}
        return {place.id: Answer.ACCEPTED if place.id in kept else Answer.ABSENT for place in places}


def open(_: Setup) -> MemorySender:  # noqa: A001 - the name by which every sender is found
    """A sender with an empty list."""
    return MemorySender()
