"""An editor's word on topics and events is in force at once, and no later reading takes it back."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.errors import ConfigError, UsageError
from digest.models.edition import LATEST
from digest.pipeline.correcting import correct_topics, join, signed_topics, split
from digest.pipeline.draft import draft
from digest.pipeline.gather import gather
from digest.pipeline.naming import identify
from digest.pipeline.project import Project
from digest.store import stories
from digest.store.stories import Stored


def _all(project: Project) -> list[Stored]:
    with project.store.database.read() as connection:
        return list(stories.recent(connection))


def _now(project: Project, key: str) -> Stored:
    with project.store.database.read() as connection:
        found = stories.get(connection, key)
    assert found is not None
    return found


def _change(paper: Path, story: Stored) -> None:
    """Give a story another paragraph in its file."""
    for file in (paper / "sample" / "stories").glob("*.md"):
        text = file.read_text()
        if f'title = "{story.story.title}"' in text:
            file.write_text(text + "\n\nA paragraph that was added later in the day.\n")


def test_a_correction_is_in_force_at_once_and_stays(project: Project, paper: Path) -> None:
    story = next(s for s in _all(project) if [t.topic for t in s.topics] == ["business"])
    told = signed_topics(project, ["+culture", "-business"])
    assert told == {"culture": True, "business": False}
    now = correct_topics(project, story.story.id[:6], told)
    assert [(t.topic, t.rule, t.confidence) for t in now.topics] == [("culture", "editor", 1.0)]
    assert now.cluster == story.cluster
    _change(paper, story)
    list(gather(project))
    changed = _now(project, story.story.id)
    assert changed.revision == 2
    assert [(t.topic, t.rule) for t in changed.topics] == [("culture", "editor")]
    back = correct_topics(project, story.story.id, {"business": True, "culture": False})
    assert [t.topic for t in back.topics] == ["business"]


def test_an_old_story_is_corrected_too(project: Project) -> None:
    oldest = _all(project)[-1]
    assert oldest.story.when is not None
    now = correct_topics(project, oldest.story.id, {"culture": True})
    assert "culture" in {t.topic for t in now.topics}


def test_what_is_no_topic_is_refused(project: Project) -> None:
    with pytest.raises(ConfigError, match="did you mean business"):
        signed_topics(project, ["+busines"])
    with pytest.raises(UsageError, match="says nothing"):
        signed_topics(project, ["business"])
    with pytest.raises(UsageError, match="and not belong"):
        signed_topics(project, ["+business", "-business"])
    with pytest.raises(UsageError, match="no topic was named"):
        signed_topics(project, [])
    with pytest.raises(UsageError, match="no single story"):
        correct_topics(project, "zzzz", {"business": True})


def test_joined_stories_are_one_event_and_an_edition_has_one_of_them(project: Project) -> None:
    made = draft(project, identify(project, "daily"))
    first, second = [p for s in made.base.sections if s.name != LATEST for p in s.picks][:2]
    event = join(project, first.story, second.story)
    assert {s.story.id for s in event.stories} == {first.story, second.story}
    assert event.cluster in (first.cluster, second.cluster)
    again = draft(project, identify(project, "daily"))
    for plan in (again.base, *again.segments.values()):
        assert len({first.story, second.story} & {p.story for p in plan.picks()}) == 1
    with pytest.raises(UsageError, match="one event already"):
        join(project, first.story, second.story)


def test_a_split_is_remembered_when_the_story_changes(project: Project, paper: Path) -> None:
    one, two = [s for s in _all(project) if s.story.when][:2]
    join(project, one.story.id, two.story.id)
    event = split(project, one.story.id)
    assert [s.story.id for s in event.stories] == [one.story.id]
    assert _now(project, two.story.id).cluster != event.cluster
    _change(paper, one)
    list(gather(project))
    changed = _now(project, one.story.id)
    assert changed.revision == 2
    assert changed.cluster == event.cluster
    with pytest.raises(UsageError, match="event of its own already"):
        split(project, one.story.id)


def test_split_twins_are_not_merged_by_the_next_reading(project: Project, paper: Path) -> None:
    body = (
        "The river authority raised the alert to its second level after a night of rain in the hills above the dam."
    )
    for name, minute in (("river-a", "10"), ("river-b", "20")):
        (paper / "sample" / "stories" / f"{name}.md").write_text(
            f'+++\ntitle = "River authority raises flood alert after night of rain"\n'
            f"published = 2026-11-24T06:{minute}:00+05:30\n"
            f'url = "https://ledger.example/{name}"\n+++\n\n{body}\n'
        )
    list(gather(project))
    twins = [s for s in _all(project) if s.story.title.startswith("River authority")]
    if len({s.cluster for s in twins}) > 1:
        join(project, *(s.story.id for s in twins))
    younger = max(twins, key=lambda s: s.story.published or s.story.seen or project.now())
    split(project, younger.story.id)
    (paper / "sample" / "stories" / "river-c.md").write_text(
        '+++\ntitle = "Another matter altogether in the old town"\npublished = 2026-11-24T06:30:00+05:30\n'
        'url = "https://ledger.example/river-c"\n+++\n\nThe market opens an hour later on Sundays.\n'
    )
    list(gather(project))
    assert len({_now(project, s.story.id).cluster for s in twins}) == 2
