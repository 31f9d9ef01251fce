"""Which stored stories an edition is chosen from: all of the window, or where there are many the heads of topics."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from digest.pipeline.project import Project
from digest.select.rank import hot
from digest.select.window import OLDEST
from digest.store import heads, stories
from digest.store.stories import Stored

if TYPE_CHECKING:
    from sqlalchemy import Connection

MANY = 2_000
PER_TOPIC = 60
NEWEST = 200
HALF_LIFE = timedelta(hours=12)


def stored(
    connection: Connection, topics: Sequence[str], cut: datetime, window: timedelta = OLDEST, many: int = MANY
) -> tuple[Stored, ...]:
    """The stories that an edition with these topics, this cut and this window may be made of, oldest first.

    With up to `many` stories in the longest window that is all of them. With more, those of the 60 best events, of
    the 60 best of each topic, and of the events of the 200 newest stories: whole events, so that their importance is
    right.
    """
    since = cut - max(window, OLDEST)
    if not heads.more_than(connection, since, many):
        return stories.since(connection, since)
    found = heads.heads(connection, (heads.ANY, *topics), key(1.0, since), PER_TOPIC)
    events = {head.cluster for rows in found.values() for head in rows}
    events.update(heads.newest(connection, cut, NEWEST))
    return stories.these(connection, heads.members(connection, events, since))


def note(connection: Connection, project: Project, touched: Collection[str]) -> None:
    """Keep the heads of the topics right: for every event (by id) that gained or lost a story, or was merged away."""
    heads.refresh(connection, touched, {source.name: source.weight for source in project.settings.sources}, key)


key = partial(hot, half_life=HALF_LIFE)
