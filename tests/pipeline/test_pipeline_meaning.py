"""The extra for topics by meaning: asked for in the settings, used where a story is placed, plainly missed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from digest.classify import semantic
from digest.errors import ConfigError
from digest.pipeline.gather import gather
from digest.pipeline.meaning import demand_extra, open_sense
from digest.pipeline.project import Project
from digest.settings import Topic, load_settings
from digest.store import stories

STORY = (
    '+++\ntitle = "Tulips in bloom"\npublished = 2026-11-24T06:00:00+05:30\nurl = "https://ledger.example/tulips"\n'
    "+++\n\nRed ones.\n"
)


class Cultured:
    """Finds every text near to culture."""

    def nearness(self, topics: Mapping[str, Topic], texts: Sequence[str]) -> list[dict[str, float]]:
        return [{name: 0.6 if name == "culture" else 0.0 for name in topics} for _ in texts]


def topics(project: Project) -> list[str]:
    with project.store.database.read() as connection:
        (found,) = [s for s in stories.recent(connection) if s.story.title == "Tulips in bloom"]
    return [score.topic for score in found.topics]


def test_without_the_setting_nothing_is_opened(project: Project) -> None:
    assert open_sense(project.settings) is None
    demand_extra(project.settings, ("no_such_package",))
    (project.root / "sample" / "stories" / "tulips.md").write_text(STORY)
    list(gather(project))
    assert topics(project) != ["culture"]


def test_what_is_near_in_meaning_gives_a_topic(project: Project) -> None:
    (project.root / "sample" / "stories" / "tulips.md").write_text(STORY)
    list(gather(project, meaning=lambda _: Cultured()))
    assert topics(project) == ["culture"]


def test_a_missing_extra_is_said_before_anything_is_read(paper: Path, reopen: Callable[[], Project]) -> None:
    settings = load_settings(paper, {"DIGEST_CLASSIFY__SEMANTIC": "true"})
    with pytest.raises(ConfigError, match=r"^digest\.toml \[classify\] semantic: the extra") as caught:
        demand_extra(settings, ("no_such_package",))
    assert "set semantic = false" in str(caught.value.hint)
    with pytest.raises(ConfigError):
        open_sense(settings, ("no_such_package",))


@pytest.mark.skipif(not semantic.installed(), reason="digest[semantic] is not installed")
def test_the_extra_itself_is_opened(paper: Path) -> None:
    sense = open_sense(load_settings(paper, {"DIGEST_CLASSIFY__SEMANTIC": "true"}))
    assert sense is not None
    (near,) = sense.nearness({"sport": Topic("Sport", match=("football", "goal"))}, ["The striker scored twice"])
    assert near["sport"] > 0.1
