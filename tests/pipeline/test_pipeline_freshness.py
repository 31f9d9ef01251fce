"""Before mail leaves, an edition's stories are read again where they stand."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import replace

import pytest

from digest.errors import Refused
from digest.ingest import Answer, CannedFetcher
from digest.models.story import Story
from digest.pipeline.approval import demand_checks
from digest.pipeline.build import Built, build
from digest.pipeline.draft import draft
from digest.pipeline.freshness import with_freshness
from digest.pipeline.naming import identify
from digest.pipeline.project import Project


@pytest.fixture
def built(project: Project) -> Built:
    return build(project, draft(project, identify(project, "daily")))


def page(story: Story) -> bytes:
    """A page as the publisher would serve it."""
    points = "".join(f"<li>{html.escape(one)}</li>" for one in story.takeaways)
    body = "".join(f"<p>{html.escape(one)}</p>" for one in story.body.split("\n\n"))
    takeaways = f"<h2>Key Takeaways</h2><ul>{points}</ul>" if points else ""
    return (
        f"<html><head><title>{html.escape(story.title)}</title></head><body><article>"
        f"<h1>{html.escape(story.title)}</h1>{takeaways}{body}</article></body></html>"
    ).encode()


def site(built: Built, **instead: Answer) -> dict[str, Answer]:
    """Every story of the edition as it was read; `instead` answers for a story by its id."""
    stories = [story for story in built.draft.stories.values() if story.url]
    return {str(s.url): instead.get(s.id, Answer(body=page(s), url=str(s.url))) for s in stories}


def found(project: Project, built: Built, answers: Mapping[str, Answer]) -> list[tuple[str, str, str]]:
    fresh = with_freshness(project, built, new_fetcher=lambda: CannedFetcher(answers))
    told = [f for findings in fresh.findings.values() for f in findings if f.id.startswith("story.")]
    return sorted({(f.id, f.level, f.message) for f in told if f.id != "story.link"})


def lead(built: Built) -> Story:
    return built.draft.stories[built.draft.base.sections[0].picks[0].story]


def test_an_edition_that_still_stands_has_no_finding(project: Project, built: Built) -> None:
    assert found(project, built, site(built)) == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_story_that_was_taken_down_blocks(project: Project, built: Built, status: int) -> None:
    answers = site(built, **{lead(built).id: Answer(status)})
    [(rule, level, message)] = found(project, built, answers)
    assert (rule, level) == ("story.gone", "error")
    assert lead(built).title in message
    fresh = with_freshness(project, built, new_fetcher=lambda: CannedFetcher(answers))
    with pytest.raises(Refused, match=r"story\.gone"):
        demand_checks(fresh)


def test_a_corrected_takeaway_is_shown_in_both_wordings(project: Project, built: Built) -> None:
    story = lead(built)
    before = story.takeaways[0]
    after = before.replace(before.split()[-1], "quite otherwise.")
    changed = replace(story, takeaways=(after, *story.takeaways[1:]))
    told = found(project, built, site(built, **{story.id: Answer(body=page(changed), url=str(story.url))}))
    assert [(rule, level) for rule, level, _ in told] == [("story.changed", "error")]
    assert before in told[0][2]
    assert after in told[0][2]


def test_a_changed_headline_is_told_and_the_setting_says_how_serious_a_change_is(
    project: Project, built: Built
) -> None:
    story = lead(built)
    changed = replace(story, title="Something else altogether", takeaways=("This says another thing now.",))
    answers = site(built, **{story.id: Answer(body=page(changed), url=str(story.url))})
    told = found(project, built, answers)
    assert {level for _, level, _ in told} == {"error"}
    assert any(f"“{story.title}”: it now reads “Something else altogether”" in message for _, _, message in told)
    for setting, levels in (("warn", {"warning"}), ("off", set())):
        checks = replace(project.settings.checks, freshness=setting)
        other = replace(project, settings=replace(project.settings, checks=checks))
        assert {level for _, level, _ in found(other, built, answers)} == levels


def test_a_number_that_is_no_longer_there_is_a_change(project: Project, built: Built) -> None:
    rest = "They will run on the harbour lines, which carry more people each year than all others together."
    body = "\n\n".join(
        [
            "The council bought 250 new buses on Monday, after a year in which it had promised them three times.",
            *[rest] * 4,
        ]
    )
    story = replace(lead(built), takeaways=(), body=body)
    story = replace(
        story,
        excerpt="The council bought 250 new buses on Monday, after a year in which it had promised them three times.",
    )
    made = replace(built.draft, stories={**built.draft.stories, story.id: story})
    changed = replace(story, body=story.body.replace("250", "25"))
    answers = site(built, **{story.id: Answer(body=page(changed), url=str(story.url))})
    [(rule, _, message)] = found(project, replace(built, draft=made), answers)
    assert rule == "story.changed"
    assert "bought 250" in message
    assert "bought 25 new" in message


def test_a_site_that_does_not_answer_is_asked_once_and_warned_of(project: Project, built: Built) -> None:
    nobody = CannedFetcher({})
    fresh = with_freshness(project, built, new_fetcher=lambda: nobody)
    levels = {f.level for found in fresh.findings.values() for f in found if f.id == "story.unreached"}
    assert levels == {"warning"}
    hosts = {str(story.url).split("/")[2] for story in built.draft.stories.values() if story.url}
    assert len(nobody.asked) <= len(hosts)
    demand_checks(fresh)


def test_a_slow_site_does_not_hold_up_the_morning(project: Project, built: Built) -> None:
    ticks = iter([0.0, *[1_000.0] * 100])
    fetcher = CannedFetcher(site(built))
    fresh = with_freshness(project, built, new_fetcher=lambda: fetcher, clock=lambda: next(ticks))
    told = {f.message for found in fresh.findings.values() for f in found if f.id == "story.unreached"}
    assert told
    assert all("the time for reading stories again was over" in message for message in told)
    assert not fetcher.asked
