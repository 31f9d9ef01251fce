"""`stories pin` and `drop` write what an editor would write by hand, and choose the rest around it."""

from __future__ import annotations

import re

import pytest

from digest.errors import ConfigError, Refused, Stale, UsageError
from digest.models.edition import EditionState
from digest.pipeline.build import build, freeze
from digest.pipeline.draft import draft
from digest.pipeline.edition_file import file_path
from digest.pipeline.naming import Identity, identify
from digest.pipeline.pinning import drop, pin, pinned
from digest.pipeline.project import Project
from digest.pipeline.rechoosing import Pin
from digest.pipeline.selecting import select
from digest.store import editions, stories


@pytest.fixture
def identity(project: Project) -> Identity:
    return identify(project, "daily")


def _plan(project: Project, identity: Identity) -> dict[str, list[str]]:
    return {s.name: [p.story for p in s.picks] for s in draft(project, identity).base.sections}


def test_a_pin_leads_and_the_old_lead_goes_to_its_topic(project: Project, identity: Identity) -> None:
    before = _plan(project, identity)
    made = pin(project, identity, Pin(before["latest"][0], "lead"))
    after = _plan(project, identity)
    assert after["lead"] == [before["latest"][0]]
    assert before["lead"][0] in [story for name, ids in after.items() if name != "latest" for story in ids]
    assert made.edition.subject != draft(project, identity).pool.edition
    lead = made.stories[after["lead"][0]]
    assert made.edition.subject.split()[0] in " ".join((lead.title, *lead.short_titles, *lead.takeaways))
    assert made.base.picks().__next__().reasons[0] == "placed by an editor"


def test_a_pinned_section_keeps_its_size_and_nobody_is_banished(project: Project, identity: Identity) -> None:
    before = _plan(project, identity)
    made = pin(project, identity, Pin(before["latest"][0], "world"))
    after = _plan(project, identity)
    assert after["world"][0] == before["latest"][0]
    assert len(after["world"]) == len(before["world"])
    text = file_path(project, identity.id).read_text()
    assert "drop = []" in text, "what gave way is not kept out"
    assert not any(hand.drop for hand in made.hands.values())


def test_an_old_story_can_be_pinned_although_no_window_holds_it(project: Project, identity: Identity) -> None:
    old = next(left.story for left in draft(project, identity).base.left_out if "outside the window" in left.reason)
    made = pin(project, identity, Pin(old, "culture"))
    assert _plan(project, identity)["culture"][0] == old
    assert made.file


def test_pins_survive_each_other_a_drop_and_a_refresh(project: Project, identity: Identity) -> None:
    before = _plan(project, identity)
    first, second = before["latest"][0], before["city"][0]
    pin(project, identity, Pin(first, "lead"))
    pin(project, identity, Pin(second, "world"))
    drop(project, identity, before["science"][0])
    select(project, identity, refresh=True)
    after = _plan(project, identity)
    assert after["lead"] == [first]
    assert after["world"][0] == second
    assert before["science"][0] not in {story for ids in after.values() for story in ids}
    assert second not in after.get("city", [])


def test_a_dropped_story_gives_its_place_to_the_next(project: Project, identity: Identity) -> None:
    before = _plan(project, identity)
    made = drop(project, identity, before["lead"][0])
    after = _plan(project, identity)
    assert len(after["lead"]) == 1
    assert after["lead"] != before["lead"]
    for plan in (made.base, *made.segments.values()):
        assert before["lead"][0] not in {p.story for p in plan.picks()}


def test_a_dropped_story_that_is_pinned_is_in_again(project: Project, identity: Identity) -> None:
    lead = _plan(project, identity)["lead"][0]
    drop(project, identity, lead)
    pin(project, identity, Pin(lead, "lead"))
    assert _plan(project, identity)["lead"] == [lead]
    assert lead not in file_path(project, identity.id).read_text().split("drop = ")[1].split("]")[0]


def test_comments_and_words_of_an_editor_stay(project: Project, identity: Identity) -> None:
    select(project, identity)
    path = file_path(project, identity.id)
    text = path.read_text()
    key = re.findall(r'\{ id = "(\w+)" \}', text)[1]
    text = text.replace(f'{{ id = "{key}" }},', f'# ask Ann\n  {{ id = "{key}", lines = ["My line."] }},')
    text = text.replace('name = "culture"', 'name = "culture"  # thin today')
    path.write_text(text)
    latest = _plan(project, identity)["latest"][0]
    made = pin(project, identity, Pin(latest, "lead"))
    after = path.read_text()
    assert '"culture"  # thin today' in after
    assert "# ask Ann\n" in after
    assert [line.text for line in made.lines[key]] == ["My line."]
    assert [line.origin for line in made.lines[key]] == ["editor"]


def test_a_pin_that_cannot_stand_writes_nothing(project: Project, identity: Identity) -> None:
    select(project, identity)
    text = file_path(project, identity.id).read_text()
    with project.store.database.read() as connection:
        german = next(
            s.story.id for s in stories.recent(connection) if s.story.language == "de" and not s.story.teaser
        )
    with pytest.raises(UsageError, match="another language"):
        pin(project, identity, Pin(german, "world"))
    with pytest.raises(ConfigError, match="did you mean world") as caught:
        pinned(project, "daily", german, "wrold")
    assert caught.value.exit_code == 2
    with pytest.raises(UsageError, match="no single story"):
        pinned(project, "daily", "zzzz", None)
    assert file_path(project, identity.id).read_text() == text


def test_without_a_section_a_story_heads_its_own_topic(project: Project, identity: Identity) -> None:
    story = _plan(project, identity)["world"][1]
    stored, wanted = pinned(project, "daily", story[:6], None)
    assert (stored.story.id, wanted) == (story, Pin(story, "world"))


def test_an_edition_that_is_out_is_not_changed(project: Project, identity: Identity) -> None:
    made = build(project, draft(project, identity))
    freeze(project, made, project.now())
    with project.store.database.begin() as connection:
        editions.set_state(connection, identity.id, EditionState.SENDING, project.now())
    with pytest.raises(Refused, match="its stories stand"):
        drop(project, identity, next(made.draft.base.picks()).story)
    assert not file_path(project, identity.id).exists()


def test_two_hands_on_one_file(project: Project, identity: Identity) -> None:
    story = _plan(project, identity)["latest"][0]
    with project.store.database.lock(f"select {identity.id}", "x"), pytest.raises(Stale) as caught:
        pin(project, identity, Pin(story, "lead"))
    assert caught.value.exit_code == 6
