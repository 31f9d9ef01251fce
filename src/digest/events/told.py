"""What reading a batch or a mail gave: events, and how many things were no events, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from digest.models.mail import Event


@dataclass(frozen=True, slots=True)
class Told:
    """`ignored` are things that were understood and are no event of ours, by what they are (`automatic reply`).
    `junk` could not be read at all, by why."""

    events: tuple[Event, ...] = ()
    ignored: Mapping[str, int] = field(default_factory=dict)
    junk: Mapping[str, int] = field(default_factory=dict)

    @property
    def nothing(self) -> bool:
        """Whether there is neither an event nor something that was understood."""
        return not (self.events or self.ignored)


def one_ignored(what: str) -> Told:
    """A single thing that is no event of ours."""
    return Told(ignored={what: 1})


def one_junk(why: str) -> Told:
    """A single thing that could not be read."""
    return Told(junk={why: 1})


def together(told: Iterable[Told]) -> Told:
    """All of them as one."""
    events: list[Event] = []
    ignored: dict[str, int] = {}
    junk: dict[str, int] = {}
    for one in told:
        events += one.events
        for counted, added in ((ignored, one.ignored), (junk, one.junk)):
            for word, number in added.items():
                counted[word] = counted.get(word, 0) + number
    return Told(tuple(events), ignored, junk)
