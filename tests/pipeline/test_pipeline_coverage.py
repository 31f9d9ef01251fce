"""How the topics cover the stories, and how their rules stand against what editors said."""

from __future__ import annotations

from digest.pipeline.correcting import correct_topics
from digest.pipeline.coverage import coverage
from digest.pipeline.gather import gather
from digest.pipeline.project import Project
from digest.store import stories


def test_coverage_counts_each_story_once_a_topic(project: Project) -> None:
    found = coverage(project)
    assert [one.topic for one in found.topics] == list(project.settings.topics)
    assert 0 < found.covered <= found.stories
    for one in found.topics:
        assert sum(number for _, number in one.rules) == one.stories
    assert not found.precision
    assert not found.missed


def test_precision_is_measured_as_if_nobody_had_corrected(project: Project) -> None:
    with project.store.database.read() as connection:
        business = [s for s in stories.recent(connection) if [t.topic for t in s.topics] == ["business"]][:2]
    rules = {s.topics[0].rule for s in business}
    correct_topics(project, business[0].story.id, {"business": True, "culture": True})
    correct_topics(project, business[1].story.id, {"business": False})
    found = coverage(project)
    judged = [row for row in found.precision if row.topic == "business"]
    assert sum(row.right for row in judged) == 1
    assert sum(row.wrong for row in judged) == 1
    assert {row.rule for row in judged} <= rules
    assert found.missed == (("culture", 1),)
    assert found.as_json()["missed"] == {"culture": 1}


def test_words_of_stories_without_a_topic(project: Project) -> None:
    for number in range(3):
        (project.root / "sample" / "stories" / f"zeppelin-{number}.md").write_text(
            f'+++\ntitle = "Zeppelin {number * 37} over the lake"\npublished = 2026-11-24T06:0{number}:00+05:30\n'
            f'url = "https://ledger.example/zeppelin-{number}"\n+++\n\nZeppelins rose again over quiet water.\n'
        )
    list(gather(project))
    words = dict(coverage(project).words)
    assert words.get("zeppelin") == 3
    assert "the" not in words
    assert "37" not in words
