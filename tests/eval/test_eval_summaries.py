"""The quality of summaries, measured on stories of our own writing and, where it is at hand, on shared news.

The floors stand in `summaries/floors.toml` with a fingerprint of the stories and a seal over both. Nothing writes
that file: whoever changes stories or floors runs `python tests/eval/seal_summaries.py`, which prints what is
measured, and copies the lines by hand; a seal that does not fit fails the suite. Raise a floor when a measure rises.
"""

from __future__ import annotations

import gzip
import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from summaries_measure import FLOORS, STORIES, Measured, lead_of, measure, origins, seal_of, stories
from summaries_rouge import rouge_l, rouge_n

from digest.models.story import Story
from digest.summarise import as_prose, summarise, unsupported
from digest.summarise.leaning import leans

SHARED = Path(__file__).parents[3] / "shared" / "data"
BUDGET = 280


@pytest.fixture(scope="module")
def measured() -> Measured:
    return measure(stories(STORIES), BUDGET)


@pytest.fixture(scope="module")
def floors() -> dict[str, float]:
    return dict(tomllib.loads(FLOORS.read_text(encoding="utf-8"))["floors"])


def test_stories_and_floors_are_the_ones_that_were_sealed(floors: dict[str, float]) -> None:
    written = tomllib.loads(FLOORS.read_text(encoding="utf-8"))

    assert (written["fingerprint"], written["seal"]) == seal_of(STORIES, floors)


def test_no_measure_is_below_its_floor(measured: Measured, floors: dict[str, float]) -> None:
    values = measured.values()

    assert set(values) == set(floors)
    assert {name: value for name, value in values.items() if value < floors[name]} == {}


def test_nothing_is_said_that_the_story_does_not_say(measured: Measured) -> None:
    assert measured.strange == ()


def test_the_bullets_are_those_that_an_editor_keeps() -> None:
    wrong = {
        entry.story.id: origins(summarise(entry.story, BUDGET))
        for entry in stories(STORIES)
        if entry.story.takeaways and origins(summarise(entry.story, BUDGET)) != [f"takeaway:{n}" for n in entry.kept]
    }

    assert wrong == {}


def test_a_leaning_bullet_is_never_first_at_any_budget() -> None:
    for entry in stories(STORIES):
        for budget in range(0, 500, 7):
            chosen = [int(o.split(":")[1]) for o in origins(summarise(entry.story, budget)) if "takeaway" in o]
            for number in set(chosen) & set(entry.leaning):
                assert number - 1 in chosen


def _shared_news() -> list[dict[str, object]]:
    path = SHARED / "summaries" / "news_highlights.jsonl"
    if not path.is_file():
        pytest.skip(f"the shared news with highlights is not at hand ({path})")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_on_shared_news_the_fallback_is_a_point_better_than_the_lead() -> None:
    rows = _shared_news()
    ours = lead = ours_l = lead_l = 0.0
    for row in rows:
        body, reference = str(row["article"]), " ".join(row["highlights"])  # type: ignore[arg-type]
        summary = summarise(Story(id="s", title="", body=body, language="en"), BUDGET)
        assert summary.origin == "extractive"
        assert all(line.text in body for line in summary.lines)
        first = lead_of(body, "en", BUDGET)
        ours, lead = ours + rouge_n(summary.text, reference, 1), lead + rouge_n(first, reference, 1)
        ours_l, lead_l = ours_l + rouge_l(summary.text, reference), lead_l + rouge_l(first, reference)

    assert (ours - lead) / len(rows) >= 0.015
    assert (ours_l - lead_l) / len(rows) >= 0.010


def _shared_takeaways() -> list[Story]:
    folder = SHARED / "takeaways" / "truth"
    if not folder.is_dir():
        pytest.skip(f"the shared takeaways are not at hand ({folder})")
    found = []
    for path in sorted(folder.glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        if truth["takeaways"]:
            takeaways = tuple(truth["takeaways"])
            found.append(Story(id=path.stem, title=truth["title"], takeaways=takeaways, language=truth.get("lang")))
    return found


def test_on_shared_takeaways_every_bullet_is_kept_when_all_fit_and_none_is_cut_or_over() -> None:
    for story in _shared_takeaways():
        whole = summarise(story, None)
        assert [line.text for line in whole.lines] == [" ".join(takeaway.split()) for takeaway in story.takeaways]
        for budget in (160, 200, 280, 400):
            summary = summarise(story, budget)
            assert len(as_prose(summary)) <= budget
            alone = (takeaway for takeaway in story.takeaways if not leans(takeaway, story.language or "en"))
            if any(len(takeaway) < budget for takeaway in alone):
                assert not any(line.text.endswith("…") for line in summary.lines)
            assert unsupported(summary, story) == ()


def test_on_shared_takeaways_more_are_kept_than_by_taking_the_first_ones() -> None:
    kept = first = every = 0
    for story in _shared_takeaways():
        every += len(story.takeaways)
        kept += sum("takeaway" in origin for origin in origins(summarise(story, BUDGET)))
        used = 0
        for takeaway in story.takeaways:
            used += len(takeaway) + (1 if used else 0) + (takeaway[-1] not in ".!?")
            first += used <= BUDGET

    assert kept / every >= first / every


def test_on_shared_pages_nothing_is_said_that_the_page_does_not_say() -> None:
    folder = SHARED / "takeaways" / "pages"
    if not folder.is_dir():
        pytest.skip(f"the shared pages are not at hand ({folder})")
    from digest.ingest import parse

    for path in sorted(folder.glob("*.html.gz")):
        for story in parse(gzip.decompress(path.read_bytes()), path.stem):
            if isinstance(story, Story):
                for shown in (story, replace(story, takeaways=()), replace(story, takeaways=(), excerpt="")):
                    for budget in (160, BUDGET, None):
                        summary = summarise(shown, budget)
                        assert unsupported(summary, shown) == ()
                        assert budget is None or len(as_prose(summary)) <= budget
