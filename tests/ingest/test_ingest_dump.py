# ruff: noqa: E501 (markup and lines of text are the subject, and read better unbroken)
from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.ingest import parse
from digest.models.story import Kind, SourceFailure, Story

DELHI = ZoneInfo("Asia/Kolkata")
SEED = Path(__file__).parents[3] / "shared" / "data" / "seed"

PAGE = """14.2 C
Aarby
Wednesday, January 14, 2026

Council Votes to Rebuild the Town’s Old Harbour Wall in Stone

Key Takeaways

  • Council votes twelve to five to rebuild the harbour wall in stone
  • Comes ahead of the summer season, for which the sea front stays closed
  • Engineers warn that waiting any longer would double the price

The city council voted late on Tuesday to rebuild the old harbour wall, ending a “long and bitter” dispute that had kept the sea front closed for almost three years.

Engineers told the meeting that the stones had moved by 11 centimetres since the winter storms, and that waiting any longer would double the price of the work.

A Cheaper Wall of Steel

“We have heard every argument there is, and the sea does not wait for a better one,” said the council’s leader, Maren Holt, after the vote.

Opponents had asked for a cheaper barrier of steel sheets, which a rival study put at half the cost.

Latest

Ferry to the Islands Leaves from the Fish Market until Autumn

The ferry company confirms that its boats will leave from the fish market while the wall is being rebuilt, and that tickets stay valid.

Storm Closes the Coast Road for a Third Day

Police ask drivers to take the road through the hills until the wind drops on Thursday night.

Topics

Ferry to the Islands Leaves from the Fish Market until Autumn

The ferry company confirms that its boats will leave from the fish market while the wall is being rebuilt, and that tickets stay valid.

Harbour Sale 2026: Up to 60% Off on Ropes and Lamps

The shops at the harbour open their doors for three days of discounts on ropes, lamps and oilskins for the family.
spot_img

Related Articles

Popular Categories

spot_imgspot_img"""


def read(text: str) -> list[Story]:
    found = parse(text.encode(), "page.txt", source="post", zone=DELHI)
    assert all(isinstance(item, Story) for item in found), found
    return [item for item in found if isinstance(item, Story)]


def test_reads_the_story() -> None:
    story = read(PAGE)[0]
    assert story.title == "Council Votes to Rebuild the Town’s Old Harbour Wall in Stone"
    assert len(story.takeaways) == 3
    assert story.takeaways[1] == "Comes ahead of the summer season, for which the sea front stays closed"
    assert len(story.body.split("\n\n")) == 4
    assert "“long and bitter”" in story.body
    assert [section.heading for section in story.sections] == ["A Cheaper Wall of Steel"]
    assert "A Cheaper Wall" not in story.body
    assert (story.url, story.author, story.teaser) == (None, None, False)


def test_the_date_of_a_masthead_says_when_the_page_was_seen_not_when_it_was_published() -> None:
    for story in read(PAGE):
        assert story.seen == datetime(2026, 1, 14, tzinfo=DELHI)
        assert story.published is None


def test_reads_each_teaser_of_the_rails_once() -> None:
    teasers = read(PAGE)[1:]
    assert [(teaser.title.split()[0], teaser.rails, teaser.rail_order) for teaser in teasers] == [
        ("Ferry", ("Latest", "Topics"), (0, 0)),
        ("Storm", ("Latest",), (1,)),
        ("Harbour", ("Topics",), (1,)),
    ]
    assert all(teaser.teaser and teaser.excerpt and not teaser.body for teaser in teasers)
    assert teasers[2].kind is Kind.COMMERCE


def test_noise_is_nowhere() -> None:
    for story in read(PAGE):
        assert "spot_img" not in story.title + story.excerpt + story.body
        assert story.title not in ("Related Articles", "Popular Categories")


def test_menus_around_the_story_are_passed_over() -> None:
    menu = "Skip to content\n" + "".join(f"  • Section {n}\n" for n in range(60))
    foot = (
        "\n"
        + "".join(f"  • About us {n}\n" for n in range(30))
        + "\nCopyright The Harbour Post. All rights reserved.\n"
    )
    story = read(menu + "\nNews\n\n" + PAGE + foot)[0]
    assert story.title.startswith("Council Votes")
    assert len(story.takeaways) == 3
    assert len(story.body.split("\n\n")) == 4


def test_byline_and_date_below_the_headline_are_those_of_the_story() -> None:
    text = PAGE.replace(
        "Key Takeaways", "By Ann Lee\n\nPublished Tuesday, January 13, 2026 at 9:30 PM\n\nKey Takeaways", 1
    )
    story = read(text)[0]
    assert story.author == "Ann Lee"
    assert story.published == datetime(2026, 1, 13, 21, 30, tzinfo=DELHI)
    assert story.seen == datetime(2026, 1, 14, tzinfo=DELHI)


def test_bullets_without_a_heading_before_the_text_are_takeaways_if_they_are_sentences() -> None:
    assert len(read(PAGE.replace("Key Takeaways\n\n", ""))[0].takeaways) == 3
    menu = PAGE[: PAGE.index("  •")] + "  • News\n  • Sport\n" + PAGE[PAGE.index("\nThe city council") :]
    assert read(menu)[0].takeaways == ()


@pytest.mark.parametrize("heading", ["Highlights", "At a glance"])
def test_links_below_the_text_are_no_takeaways_whatever_their_heading(heading: str) -> None:
    body = PAGE[PAGE.index("The city council") : PAGE.index("Latest")]
    rail = f"{heading}\n\n  • Storm closes the coast road for a third day in a row\n  • Fishing fleet asks for help with fuel\n"
    text = f"Council Votes to Rebuild the Old Harbour Wall\n\n{body}{body.replace('council', 'town')}Comments\n\nMore\n\nMenu\n\nShare\n\n{rail}"
    assert read(text)[0].takeaways == ()


def test_a_table_of_contents_that_follows_unbroken_is_cut_off() -> None:
    contents = "  • The vote\n  • The wall\n  • The sea\n  • FAQ\n"
    text = PAGE.replace("double the price\n", "double the price\n" + contents, 1)
    assert len(read(text)[0].takeaways) == 3


@pytest.mark.parametrize("text", ["", "one line", "\n\n\n", "  • a\n  • b\n", "Latest\n\nTopics\n"])
def test_a_text_without_story_says_so(text: str) -> None:
    (found,) = parse(text.encode(), "page.txt")
    assert isinstance(found, SourceFailure)
    assert found.where == "page.txt"


@given(st.lists(st.sampled_from([*PAGE.split("\n"), "", "By", "Comments", "  1. x", "Summary", "• y"]), max_size=60))
def test_lines_in_any_order_give_stories_or_a_failure(lines: list[str]) -> None:
    found = parse("\n".join(lines).encode(), "page.txt", zone=DELHI)
    assert found
    titles = [item.title for item in found if isinstance(item, Story)]
    assert len(set(titles)) == len(titles)


def test_the_page_that_started_it_all() -> None:
    if not SEED.is_dir():
        pytest.skip("the shared page is not beside this checkout")
    (path,) = sorted(SEED.glob("*.txt"))
    found = parse(path.read_bytes(), path.name, source="seed", zone=DELHI)
    story, *teasers = [item for item in found if isinstance(item, Story)]
    assert story.title == "US-Japan Sign Rare Earth Deal to Counter China’s Supply Dominance"
    assert [len(takeaway) for takeaway in story.takeaways] == [70, 79, 61, 67]
    assert [section.heading for section in story.sections] == [
        "China’s Rare Earth Dominance",
        "Strategic Message Before Xi Meeting",
    ]
    assert (len(story.body.split("\n\n")), len(story.body.split())) == (9, 363)
    assert (story.body.count("“"), story.body.count("”")) == (9, 9)
    assert (story.seen, story.published) == (datetime(2026, 1, 16, tzinfo=DELHI), None)
    assert len(teasers) == len({teaser.id for teaser in teasers}) == 10
    assert sum("Latest" in teaser.rails for teaser in teasers) == 5
    assert sum("Topics" in teaser.rails for teaser in teasers) == 8
    assert {teaser.title.split()[0]: teaser.kind for teaser in teasers}["Amazon"] is Kind.COMMERCE
    assert len(found) == 11


def test_bullets_longer_than_takeaways_are_none() -> None:
    long = "Council votes to rebuild the harbour wall, and " * 130
    text = PAGE.replace("Council votes twelve to five to rebuild the harbour wall in stone", long)
    (story, *_) = parse(text.encode(), "page.txt")
    assert isinstance(story, Story)
    assert story.takeaways == ()
