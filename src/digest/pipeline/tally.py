"""A running count of an edition's states: kept by adding and taking away, since counting a million rows for every
window would take longer than sending it."""

from __future__ import annotations

from collections.abc import Mapping

from digest.models.mail import State
from digest.pipeline.progress import Counts


class Tally:
    """Starts from what the store counted once."""

    def __init__(self, sums: Mapping[State, int]) -> None:
        self._sums = dict(sums)

    def recount(self, sums: Mapping[State, int]) -> None:
        """Start anew from what the store counted."""
        self._sums = dict(sums)

    def moved(self, before: State, after: State, number: int = 1) -> None:
        """So many went from one state to another."""
        if number and before is not after:
            self._sums[before] = self._sums.get(before, 0) - number
            self._sums[after] = self._sums.get(after, 0) + number

    @property
    def counts(self) -> Counts:
        """How it stands. Somebody else's change of a row is seen at the next recount."""
        return Counts({state: number for state, number in self._sums.items() if number > 0})
