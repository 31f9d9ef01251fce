"""What every sender promises, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from digest.models.mail import Answer, Delivery, Message
from digest.settings import Delivery as DeliverySettings


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message of which the result is not known would be found again."""

    id: str
    edition: str
    segment: str


@dataclass(frozen=True, slots=True)
class Setup:
    """What a sender is opened with: `[delivery]`, the root that paths are relative to, where secrets are looked up,
    and the clock (zone-aware)."""

    delivery: DeliverySettings
    root: Path
    environ: Mapping[str, str]
    now: Callable[[], datetime]


@runtime_checkable
class Sender(Protocol):
    """A way for messages to leave.

    `name` is what settings call it; `leaves` says whether mail leaves this machine. A sender is entered before
    its first message and left after its last.
    """

    name: str
    leaves: bool

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        """One delivery for each message, in any order, each as soon as it is known. Messages are taken lazily, a
        bounded number ahead of their results.

        Raises:
            CredentialsError, Stopped, SendError: the transport as a whole failed. Every message that may have left
                has had its delivery by then; for the others nothing left, and none is given.
        """
        ...

    def reconcile(self, places: Sequence[Place]) -> Mapping[str, Answer]:
        """What became of messages that were begun and have no result, by delivery id: accepted, absent (it did not
        leave, and may be sent), or cannot (this transport has no memory)."""
        ...


@runtime_checkable
class Keeping(Sender, Protocol):
    """A sender whose provider can be given mail before its hour, and keeps it until then."""

    def demand_time(self, at: datetime) -> None:
        """Raises:
        UsageError: nothing is kept until then, or it could not be called back any more.
        """
        ...

    def new_batch(self) -> str:
        """An id under which mail can be handed over. Raises as `send`."""
        ...

    def scheduled(self, at: datetime, batch_id: str) -> Sender:
        """The same sender, whose messages the provider keeps until `at`, under this id."""
        ...

    def call_back(self, batch_id: str, at: datetime, sleep: Callable[[float], None]) -> bool:
        """Ask for all that was handed over under an id, for `at`, to be thrown away; whether that is certain. `sleep`
        waits before it asks again.

        Raises:
            Refused: the provider sends it all the same.
            CredentialsError, Stopped, SendError: it could not be asked.
        """
        ...


@runtime_checkable
class Rehearsing(Sender, Protocol):
    """A sender that can ask whether messages would be taken."""

    def rehearse(self, messages: Iterable[Message]) -> Iterator[Delivery]:
        """One delivery for each message, accepted when it would be taken; nothing is sent. Raises as `send`."""
        ...


def cannot(places: Sequence[Place]) -> Mapping[str, Answer]:
    """The answer of a transport that has no memory."""
    return {place.id: Answer.CANNOT for place in places}
