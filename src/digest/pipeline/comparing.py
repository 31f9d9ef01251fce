"""What differs between an edition as it stands and its last edition, or the version of it that was approved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

from digest.errors import Refused, UsageError
from digest.models.edition import LATEST, LEAD
from digest.pipeline.draft import Draft, draft, thaw
from digest.pipeline.naming import Identity
from digest.pipeline.project import Project
from digest.pipeline.snapshot import NAME, Snapshot, Told, snapshot
from digest.store import editions, remembered

Against = Literal["last", "approved"]


@dataclass(frozen=True, slots=True)
class Changed:
    """One word of an edition that differs."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Reworded:
    """A story whose headline or lines differ."""

    story: str
    title: Changed
    lines_before: tuple[str, ...]
    lines_after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs: `moved` are stories in both, at another place; only what differs is listed."""

    edition: str
    against: str
    subject: Changed | None
    preheader: Changed | None
    added: tuple[Told, ...]
    removed: tuple[Told, ...]
    moved: tuple[tuple[Told, Told], ...]
    reworded: tuple[Reworded, ...]

    @property
    def none(self) -> bool:
        """Whether both say the same."""
        return not (self.subject or self.preheader or self.added or self.removed or self.moved or self.reworded)

    def in_words(self) -> tuple[str, ...]:
        """One line for each thing that differs."""
        told = [
            f"{name}: “{changed.before}”, now “{changed.after}”"
            for name, changed in (("subject", self.subject), ("preheader", self.preheader))
            if changed
        ]
        told += [f"out of {one.section}: “{one.title}”" for one in self.removed]
        told += [f"new in {one.section}: “{one.title}”" for one in self.added]
        told += [f"from {old.place} to {new.place}: “{new.title}”" for old, new in self.moved]
        told += [
            f"headline: “{one.title.before}”, now “{one.title.after}”"
            if one.title.before != one.title.after
            else f"other lines: “{one.title.after}”"
            for one in self.reworded
        ]
        return tuple(told)

    def as_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "edition": self.edition,
            "against": self.against,
            "subject": _pair(self.subject),
            "preheader": _pair(self.preheader),
            "added": [{"story": t.story, "title": t.title, "place": t.place} for t in self.added],
            "removed": [{"story": t.story, "title": t.title, "place": t.place} for t in self.removed],
            "moved": [
                {"story": new.story, "title": new.title, "before": old.place, "after": new.place}
                for old, new in self.moved
            ],
            "reworded": [
                {
                    "story": r.story,
                    "title": _pair(r.title),
                    "lines": {"before": list(r.lines_before), "after": list(r.lines_after)},
                }
                for r in self.reworded
            ],
        }


def version(name: str | None) -> Against | None:
    """Raises:
    UsageError: there is no version of that name to compare with.
    """
    if name in (None, "last", "approved"):
        return cast("Against | None", name)
    raise UsageError(f'there is no version "{name}"', where="--against", hint="write last or approved")


def compare(project: Project, identity: Identity, against: Against | None = None) -> Difference:
    """The edition as it stands against its approved version where there is one, else against the last edition.

    Raises:
        Refused: there is nothing to compare it with.
    """
    made = draft(project, identity)
    approved = approved_version(project, made) if against in (None, "approved") else None
    if against == "approved" and approved is None:
        raise Refused(f"{identity.id} was never approved", hint="--against last compares it with the last edition")
    before = approved or _last(project, made)
    if before is None:
        raise Refused(f"{identity.id} is the first edition: there is none to compare it with")
    words = f"{identity.id} as approved" if approved else before.edition
    return difference(before, snapshot(project, made), words)


def difference(before: Snapshot, after: Snapshot, against: str) -> Difference:
    """What differs from `before` to `after`; a story that only shifted because others came or went has not moved."""
    old, new = {t.story: t for t in before.stories}, {t.story: t for t in after.stories}
    both = [key for key in new if key in old]
    return Difference(
        after.edition,
        against,
        _changed(before.subject, after.subject),
        _changed(before.preheader, after.preheader),
        tuple(t for t in after.stories if t.story not in old),
        tuple(t for t in before.stories if t.story not in new),
        tuple((old[key], new[key]) for key in both if _moved(key, before, after)),
        tuple(
            Reworded(key, Changed(old[key].title, new[key].title), old[key].lines, new[key].lines)
            for key in both
            if old[key].title != new[key].title or (old[key].lines != new[key].lines and _alike(old[key], new[key]))
        ),
    )


def _moved(key: str, before: Snapshot, after: Snapshot) -> bool:
    """Whether a story stands in another section, or at another place among those that stayed in its section."""
    old, new = ({t.story: t.section for t in one.stories} for one in (before, after))
    if old[key] != new[key]:
        return True
    stayed = [
        [t.story for t in one.stories if t.section == old[key] and old.get(t.story) == new.get(t.story)]
        for one in (before, after)
    ]
    return stayed[0].index(key) != stayed[1].index(key)


def _alike(old: Told, new: Told) -> bool:
    """Whether two places tell a story at the same length: the lead has more lines than a card, the latest fewer."""
    return {LEAD, LATEST}.isdisjoint({old.section, new.section}) or old.section == new.section


def _changed(before: str, after: str) -> Changed | None:
    return Changed(before, after) if before != after else None


def _pair(changed: Changed | None) -> dict[str, str] | None:
    return {"before": changed.before, "after": changed.after} if changed else None


def approved_version(project: Project, made: Draft) -> Snapshot | None:
    """What was last approved of an edition, None where nothing was."""
    with project.store.database.read() as connection:
        doc = remembered.recall(connection, made.edition.id, NAME)
    return Snapshot.from_json(doc) if doc else None


def _last(project: Project, made: Draft) -> Snapshot | None:
    with project.store.database.read() as connection:
        before = editions.previous(connection, made.edition.digest, made.edition.id)
    return snapshot(project, thaw(project, before)) if before else None
