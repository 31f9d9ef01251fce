"""Building: what each segment sees, where every line is from, and what is kept when it freezes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from digest.errors import ConfigError
from digest.models.edition import LATEST
from digest.pipeline.build import build, freeze
from digest.pipeline.draft import draft, published_since
from digest.pipeline.gather import gather
from digest.pipeline.naming import identify
from digest.pipeline.project import Project

DUMP = """Tuesday, November 24, 2026

Harbour council votes to keep the old crane

Key Takeaways

  • The crane of 1911 will stay on the quay
  • Repairs will take 14 months

The harbour council voted on Monday to keep the crane of 1911, which has not moved since a storm in May.

“It is the first thing sailors look for,” said Ida Brandt, who chairs the council. Repairs will take 14 months.

Latest

{title}

{excerpt}

A market hall opens on the site of the fish auction

Forty stalls will sell bread, fish and flowers from the first week of May on the site of the old auction.
"""


def extra(paper: Path, name: str, content: str) -> None:
    folder = paper / "extra"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(content)
    settings = paper / "digest.toml"
    if "extra" not in settings.read_text():
        text = '\n[[sources]]\nname = "extra"\nkind = "folder"\npath = "extra"\ntopics = ["city"]\n'
        settings.write_text(settings.read_text() + text)


def made(project: Project) -> object:
    return build(project, draft(project, identify(project, "daily")))


def test_every_segment_has_its_language_and_its_topics(project: Project) -> None:
    built = build(project, draft(project, identify(project, "daily")))
    assert {name: r.language for name, r in built.renderings.items()} == {
        "deutsch": "de",
        "business": "en",
        "everyone": "en",
    }
    assert 'lang="de"' in built.renderings["deutsch"].html
    assert "Dienstag, 24. November 2026" in built.renderings["deutsch"].text
    business = built.draft.segments["business"]
    assert {s.name for s in business.sections} <= {"lead", "business", "technology", "world", LATEST}
    assert built.blocking == ()
    with pytest.raises(ConfigError, match='does not go to "nobody"'):
        build(project, built.draft, ["nobody"])


def test_lead_and_subject_are_the_editions_and_its_takeaways_stand_whole(project: Project) -> None:
    built = build(project, draft(project, identify(project, "daily")))
    lead = built.draft.base.lead
    assert lead
    assert all(plan.lead and plan.lead.story == lead.story for plan in built.draft.segments.values())
    assert {r.subject for r in built.renderings.values()} == {built.draft.edition.subject}
    story = built.draft.stories[lead.story]
    text = " ".join(built.renderings["everyone"].text.split())
    for takeaway in story.takeaways:
        assert takeaway in text


def test_html_and_text_have_the_same_stories_in_the_same_order(project: Project) -> None:
    built = build(project, draft(project, identify(project, "daily")))
    for name, plan in built.draft.segments.items():
        titles = [pick.title for pick in plan.picks()]
        for part in (built.renderings[name].html, built.renderings[name].text):
            flat = re.sub(r"\s+", " ", part.replace("&amp;", "&"))
            places = [flat.find(title) for title in titles]
            assert all(place >= 0 for place in places), name


def test_no_story_and_no_event_stands_twice_in_an_edition(project: Project) -> None:
    plans = draft(project, identify(project, "daily")).segments.values()
    for plan in plans:
        stories = [pick.story for pick in plan.picks()]
        clusters = [pick.cluster for pick in plan.picks()]
        assert len(stories) == len(set(stories))
        assert len(clusters) == len(set(clusters))


def test_a_teaser_takes_the_link_of_the_stored_story_with_its_title(
    paper: Path, reopen: Callable[[], Project]
) -> None:
    first = reopen()
    list(gather(first))
    known = next(iter(draft(first, identify(first, "daily")).base.picks()))
    extra(
        paper, "front.txt", DUMP.format(title=known.title, excerpt="The excerpt that stood in the rail of the page.")
    )
    project = reopen()
    list(gather(project))
    built = build(project, draft(project, identify(project, "daily")))
    teasers = [s for s in built.draft.stories.values() if s.teaser]
    assert {t.title for t in teasers} == {known.title, "A market hall opens on the site of the fish auction"}


def test_what_is_frozen_does_not_change_with_its_stories(paper: Path, reopen: Callable[[], Project]) -> None:
    project = reopen()
    list(gather(project))
    built = freeze(project, build(project, draft(project, identify(project, "daily"))), project.now())
    for path in (paper / "sample" / "stories").glob("*.md"):
        path.write_text(path.read_text().replace('title = "', 'title = "Changed: ', 1))
    later = reopen()
    list(gather(later))
    again = build(later, draft(later, identify(later, "daily")))
    assert again.draft.frozen
    assert again.renderings == built.renderings
    assert again.draft.edition == built.draft.edition
    assert published_since(later, again.draft.edition, later.now()) == ()


def test_the_hash_changes_with_what_a_reader_would_see(paper: Path, reopen: Callable[[], Project]) -> None:
    project = reopen()
    list(gather(project))
    first = build(project, draft(project, identify(project, "daily"))).draft.edition.hash
    assert build(project, draft(project, identify(project, "daily"))).draft.edition.hash == first
    settings = paper / "digest.toml"
    settings.write_text(settings.read_text().replace("Printers' Row", "Binders' Row"))
    other = reopen()
    assert build(other, draft(other, identify(other, "daily"))).draft.edition.hash != first
