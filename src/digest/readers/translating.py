"""Lines of another system's file turned into lines of ours, so that one reader understands them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from digest.audiences.tree import ATTRIBUTE
from digest.readers.columns import COLUMNS, Columns, attribute_name
from digest.readers.lines import Record
from digest.readers.origin import NOTHING, Origin

DROPPED: Final = "nothing"
_OURS: Final = (
    "email",
    "name",
    "language",
    "timezone",
    "tags",
    "status",
    "consent",
    "joined",
    "status_since",
    "status_reason",
)


@dataclass(frozen=True, slots=True)
class Fate:
    """What a column of a file becomes: one of our columns, `attr.NAME`, or nothing."""

    heading: str
    becomes: str


class Translation:
    """Turns the records of one file into ours. `columns` are those of what it gives; `fates` say what becomes of
    each of theirs."""

    def __init__(self, origin: Origin, headings: Sequence[str], file: str) -> None:
        self.origin = origin
        self.file = file
        self.names = [attribute_name(heading) for heading in headings]
        kept = [
            (place, name)
            for place, name in enumerate(self.names)
            if name and name not in origin.columns and self.names.index(name) == place
        ]
        self.kept = [place for place, _ in kept]
        self.width = len(headings)
        places = {name: place for place, name in enumerate(_OURS)}
        attributes = tuple((len(_OURS) + place, _free(name)) for place, (_, name) in enumerate(kept))
        self.columns = Columns(places, attributes, len(_OURS) + len(kept))
        self.fates = tuple(Fate(heading, self._fate(place)) for place, heading in enumerate(headings))

    def record(self, record: Record) -> tuple[Record, dict[str, str]]:
        """The line as one of ours, and attributes that stood together in one of its cells.

        Raises:
            Unusable: its state is not known, or it must not be taken.
        """
        cells = [cell.strip() for cell in record.cells[: self.width]]
        cells.extend([""] * (self.width - len(cells)))
        said: dict[str, str] = {}
        for name, cell in zip(self.names, cells, strict=True):
            said[name] = said.get(name) or cell
        ours = {
            become: said[name]
            for name, become in self.origin.columns.items()
            if become in _OURS and become != "status" and said.get(name)
        }
        ours |= self.origin.became(said)
        ours["status"] = self.origin.state(said, self.file)
        line = [ours.get(name, "") for name in _OURS]
        line += [cells[place] for place in self.kept]
        return Record(record.line, line, record.remark), self.origin.spread(said)

    def _fate(self, place: int) -> str:
        name = self.names[place]
        become = self.origin.columns.get(name)
        if become is not None:
            return become if become != NOTHING else DROPPED
        return f"{ATTRIBUTE}{_free(name)}" if place in self.kept else DROPPED


def own_fates(headings: Sequence[str], columns: Columns) -> tuple[Fate, ...]:
    """What becomes of the columns of a file in our own form."""
    ours = {place: name for name, place in columns.places.items()}
    ours |= {place: f"{ATTRIBUTE}{name}" for place, name in columns.attributes}
    return tuple(Fate(heading, ours.get(place, DROPPED)) for place, heading in enumerate(headings))


def _free(name: str) -> str:
    """The name of an attribute that is not one of our columns, which it would be taken for on the way back."""
    return f"{name}_there" if name in COLUMNS else name
