"""An editor's word on stories, as commands."""

from __future__ import annotations

from typing import Any

from command import Command


def _picks(plan: dict[str, Any]) -> dict[str, list[str]]:
    return {s["name"]: [p["story"] for p in s["picks"]] for s in plan["sections"]}


def test_pin_and_drop_write_the_file_that_the_send_uses(digest: Command) -> None:
    digest("ingest")
    assert digest("stories", "drop", "zzzz").code == 2
    before = _picks(digest("select", "daily", "--json").json)
    new = before["latest"][0]
    said = digest("stories", "pin", new[:8], "daily", "--section", "lead")
    assert said.code == 0
    assert "editions/daily-2026-11-24.toml" in said.err
    said = digest("stories", "drop", before["world"][0][:8])
    assert said.code == 0
    after = _picks(digest("select", "daily", "--json").json)
    assert after["lead"] == [new]
    assert before["world"][0] not in {story for ids in after.values() for story in ids}
    sent = digest("send", "daily", "--yes")
    assert sent.code == 0
    assert "the edition file editions/daily-2026-11-24.toml" in sent.err
    assert digest("stories", "drop", new[:8], "daily@2026-11-24").code == 3


def test_an_unknown_topic_in_a_pin_writes_nothing(digest: Command) -> None:
    digest("ingest")
    story = digest("stories", "list", "--json").lines[0]["id"]
    said = digest("stories", "pin", story, "daily", "--section", "bussiness")
    assert said.code == 2
    assert "did you mean business?" in said.err
    assert not (digest.folder / "editions").exists()


def test_topics_are_corrected_and_checked(digest: Command) -> None:
    digest("ingest")
    stories = digest("stories", "list", "--json").lines
    story = next(s for s in stories if [t["topic"] for t in s["topics"]] == ["business"])
    said = digest("stories", "topic", story["id"][:8], "+world", "-business", "--json")
    assert said.code == 0
    assert [t["topic"] for t in said.json["topics"]] == ["world"]
    assert said.json["topics"][0]["rule"] == "editor"
    found = digest("topics", "check", "--json").json
    assert [row["wrong"] for row in found["precision"]] == [1]
    assert found["missed"] == {"world": 1}
    assert sum(row["stories"] for row in found["topics"]) >= found["covered"]
    words = digest("topics", "check")
    assert "have a topic" in words.out
    assert "no rule found it" in words.out
    assert digest("stories", "topic", story["id"][:8], "+wurld").code == 2
    assert digest("stories", "topic", story["id"][:8], "world").code == 2


def test_events_are_joined_and_split(digest: Command) -> None:
    digest("ingest")
    first, second = (s["id"] for s in digest("stories", "list", "--json").lines[:2])
    joined = digest("stories", "join", first, second, "--json").json
    assert set(joined["stories"]) == {first, second}
    assert digest("stories", "join", first, second).code == 2
    split = digest("stories", "split", first[:8])
    assert split.code == 0
    assert "1 story" in split.out
    clusters = {s["id"]: s["cluster"] for s in digest("stories", "list", "--json").lines}
    assert clusters[first] != clusters[second]
