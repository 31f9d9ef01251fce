"""What editors say about stories against the rules: topics, and which stories are one event. In force at once."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.errors import ConfigError, UsageError
from digest.pipeline import candidates
from digest.pipeline.gather import sort_one
from digest.pipeline.project import Project
from digest.pipeline.reading import one
from digest.store import corrected, stories
from digest.store.stories import Stored


@dataclass(frozen=True, slots=True)
class Event:
    """One event after an editor's word: its id, and the stories in it, oldest first."""

    cluster: str
    stories: tuple[Stored, ...]


def known_topic(project: Project, name: str | None) -> str:
    """Raises:
    ConfigError: the publication has no topic of that name.
    """
    topics = project.settings.topics
    if name in topics and name:
        return name
    close = difflib.get_close_matches(name or "", topics, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(topics) or 'none'}"
    raise ConfigError(f'there is no topic "{name}"', hint=hint)


def signed_topics(project: Project, words: Sequence[str]) -> dict[str, bool]:
    """`+world -business` as topic → whether the story belongs to it.

    Raises:
        UsageError: a word begins with neither, or a topic is said to belong and not.
        ConfigError: there is no such topic.
    """
    told: dict[str, bool] = {}
    for word in words:
        if word[:1] not in ("+", "-") or len(word) < 2:
            raise UsageError(f'"{word}" says nothing', hint="write +world for a topic it has, -business for one not")
        topic = known_topic(project, word[1:])
        belongs = word[0] == "+"
        if told.get(topic, belongs) != belongs:
            raise UsageError(f"it cannot belong to {topic} and not belong to it")
        told[topic] = belongs
    if not told:
        raise UsageError("no topic was named", hint="write +world for a topic it has, -business for one it has not")
    return told


def correct_topics(project: Project, key: str, told: Mapping[str, bool]) -> Stored:
    """Keep a correction, give the story its topics anew, and return it as it is now.

    Raises:
        UsageError: there is no single story with this id.
    """
    with project.store.database.begin() as connection:
        stored = one(stories.get(connection, key), key)
        corrected.correct(connection, stored.story.id, told, project.now())
    sort_one(project, stored.story.id)
    with project.store.database.read() as connection:
        return one(stories.get(connection, stored.story.id), key)


def split(project: Project, key: str) -> Event:
    """Make a story an event of its own, which no later ingest merges again; that event.

    Raises:
        UsageError: there is no single story with this id, or it is alone already.
    """
    with project.store.database.begin() as connection:
        stored = one(stories.get(connection, key), key)
        cluster = corrected.split(connection, stored.story.id, stored.cluster, project.now())
        if cluster is None:
            raise UsageError(f"“{stored.story.title}” is an event of its own already")
        candidates.note(connection, project, {cluster, stored.cluster})
        return Event(cluster, stories.these(connection, corrected.members(connection, cluster)))


def join(project: Project, key: str, other: str) -> Event:
    """Make the events of two stories one, under the id of the older; that event.

    Raises:
        UsageError: there is no single story with one of the ids, or they are one event already.
    """
    with project.store.database.begin() as connection:
        first, second = (one(stories.get(connection, given), given) for given in (key, other))
        if first.cluster == second.cluster:
            raise UsageError(f"“{first.story.title}” and “{second.story.title}” are one event already")
        cluster = corrected.join(connection, first.cluster, second.cluster, project.now())
        candidates.note(connection, project, {cluster, first.cluster, second.cluster})
        return Event(cluster, stories.these(connection, corrected.members(connection, cluster)))
