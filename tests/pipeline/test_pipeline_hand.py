"""What stands in an edition file is what the edition and each of its segments get."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from digest.errors import ConfigError
from digest.pipeline.build import build, freeze
from digest.pipeline.draft import Draft, draft, thaw
from digest.pipeline.edition_file import file_path
from digest.pipeline.naming import Identity, identify
from digest.pipeline.project import Project
from digest.pipeline.selecting import select
from digest.store import editions, stories


@pytest.fixture
def identity(project: Project) -> Identity:
    found = identify(project, "daily")
    select(project, found)
    return found


def _edited(project: Project, identity: Identity, *pairs: tuple[str, str], end: str = "") -> Draft:
    path = file_path(project, identity.id)
    text = path.read_text()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text + end)
    return draft(project, identity)


def _keys(project: Project, identity: Identity) -> list[str]:
    return re.findall(r'  \{ id = "(\w+)" \}', file_path(project, identity.id).read_text().split("#: Left")[0])


def test_headline_lines_subject_and_preheader_reach_the_reader(project: Project, identity: Identity) -> None:
    key = _keys(project, identity)[0]
    made = _edited(
        project,
        identity,
        (f'{{ id = "{key}" }}', f'{{ id = "{key}", title = "Two lines merge", lines = ["It is <settled>."] }}'),
        ('subject = "', 'subject = "Mine: '),
        ('preheader = "', 'preheader = "Also mine: '),
    )
    built = build(project, made)
    assert not built.blocking
    for rendering in built.renderings.values():
        assert rendering.subject.startswith("Mine: ")
        assert rendering.preheader.startswith("Also mine: ")
        assert "Two lines merge" in rendering.text
        assert "It is &lt;settled&gt;." in rendering.html
        assert "It is <settled>." in rendering.text
    frozen = freeze(project, built, project.now()).draft.edition
    again = thaw(project, frozen)
    assert [(line.text, line.origin) for line in again.lines[key]] == [("It is <settled>.", "editor")]
    assert next(again.base.picks()).title == "Two lines merge"


def test_an_empty_subject_follows_the_lead(project: Project, identity: Identity) -> None:
    text = file_path(project, identity.id).read_text()
    subject = re.findall(r'^subject = "(.*)"$', text, re.MULTILINE)[0]
    made = _edited(project, identity, (f'subject = "{subject}"', 'subject = ""'))
    assert made.edition.subject == subject


def test_a_subject_left_over_from_another_lead_is_told(project: Project, identity: Identity) -> None:
    first, second = _keys(project, identity)[:2]
    made = _edited(project, identity, (first, "x"), (second, first), ('"x"', f'"{second}"'))
    assert "another lead" in made.notes[0]
    assert not _edited(project, identity, ('subject = "', 'subject = "Mine: ')).notes


def test_a_segment_has_its_own_sections_and_drops(project: Project, identity: Identity) -> None:
    keys = _keys(project, identity)
    left = draft(project, identity).base.left_out[0].story
    made = _edited(
        project,
        identity,
        end=f'\n[segments.everyone]\ndrop = ["{keys[1]}"]\n\n[[segments.everyone.sections]]\nname = "culture"\n'
        f'stories = [{{ id = "{left}" }}]\n',
    )
    everyone = {s.name: [p.story for p in s.picks] for s in made.segments["everyone"].sections}
    assert everyone["culture"] == [left]
    assert keys[1] not in {story for ids in everyone.values() for story in ids}
    for name, plan in made.segments.items():
        if name != "everyone":
            assert left not in {p.story for p in plan.picks()}
    assert made.base.lead is not None
    assert everyone["lead"] == [made.base.lead.story]


def test_a_segment_has_its_own_subject_word_for_word(project: Project, identity: Identity) -> None:
    made = _edited(
        project,
        identity,
        end='\n[segments.business]\nsubject = "Rates {{ hold }} & ships"\npreheader = "For the market alone"\n',
    )
    built = build(project, made)
    business, everyone = built.renderings["business"], built.renderings["everyone"]
    assert business.subject.replace("\u2060", "") == "Rates {{ hold }} & ships"
    assert business.preheader == "For the market alone"
    assert everyone.subject == made.edition.subject
    assert everyone.preheader == made.edition.preheader
    freeze(project, built, project.now())
    assert build(project, draft(project, identity)).renderings == built.renderings
    with pytest.raises(ConfigError, match=r"segments\.business\.subject: is one line") as caught:
        _edited(project, identity, ("Rates {{ hold }} & ships", "x" * 201))
    assert re.search(r"daily-2026-11-24\.toml:\d+$", caught.value.where or "")


def test_a_story_that_cannot_stand_is_answered_with_its_line(project: Project, identity: Identity) -> None:
    with project.store.database.read() as connection:
        german = next(
            s.story.id for s in stories.recent(connection) if s.story.language == "de" and not s.story.teaser
        )
    key = _keys(project, identity)[2]
    text = file_path(project, identity.id).read_text()
    with pytest.raises(ConfigError, match="in another language") as caught:
        _edited(project, identity, (key, german))
    assert (caught.value.where or "").endswith(f":{text.count(chr(10), 0, text.index(key)) + 1}")


def test_a_story_in_drop_and_in_a_section_is_answered(project: Project, identity: Identity) -> None:
    key = _keys(project, identity)[2]
    with pytest.raises(ConfigError, match="is in drop, and stands in a section too"):
        _edited(project, identity, ("drop = []", f'drop = ["{key}"]'))


def test_what_readers_had_comes_again_only_by_an_editors_hand(project: Project, identity: Identity) -> None:
    made = draft(project, identity)
    taken = next(pick for pick in made.base.picks() if pick.story == _keys(project, identity)[1])
    freeze(project, build(project, made), project.now())
    with project.store.database.begin() as connection:
        for segment in made.segments:
            editions.note_sent(connection, identity.id, segment, {taken.cluster: "x"}, project.now())
    tomorrow = identify(project, "daily@2026-11-25")
    fresh = select(project, tomorrow).draft
    assert taken.story not in {p.story for p in fresh.base.picks()}
    path = file_path(project, tomorrow.id)
    text = path.read_text()
    start = text.index("stories = [", text.index('name = "culture"')) + len("stories = [")
    path.write_text(f'{text[:start]}\n  {{ id = "{taken.story}" }},{text[start:]}')
    again = draft(project, tomorrow)
    pick = next(p for p in again.base.picks() if p.story == taken.story)
    assert any(reason.startswith("update, marked by an editor") for reason in pick.reasons)


def test_what_was_only_proposed_and_sent_since_falls_out_and_is_told(project: Project, identity: Identity) -> None:
    made = draft(project, identity)
    other = replace(made.edition, id="breaking/2026-11-24-0630", digest="breaking")
    taken = list(made.base.picks())[1]
    with project.store.database.begin() as connection:
        editions.save(connection, other)
        editions.note_sent(connection, other.id, "everyone", {taken.cluster: "x"}, project.now())
    again = draft(project, identity)
    assert taken.story not in {p.story for p in again.base.picks()}
    assert again.notes == (f"“{taken.title}” stands in the file and is left out of world: sent in {other.id}",)


def test_each_event_once_and_every_pick_has_a_reason(project: Project, identity: Identity) -> None:
    made = _edited(project, identity, ("drop = []", "drop = []  # nothing"))
    for plan in (made.base, *made.segments.values()):
        clusters = [pick.cluster for pick in plan.picks()]
        assert len(clusters) == len(set(clusters))
        assert all(pick.reasons for pick in plan.picks())
