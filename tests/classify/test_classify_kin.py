"""In a newsroom of few stories, two reports of one event are one event, and two pieces on one subject are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from digest.classify.clusters import gather
from digest.models.story import Story

MORNING = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
FERRY = (
    "Ferry line Aldbridge buys its rival Kestrel for $640m",
    "Aldbridge will run 41 ferries once it has taken over Kestrel, and promises to keep every route for five years.",
)
SHARES = (
    "Kestrel shares jump a fifth as Aldbridge deal is announced",
    "Holders of Kestrel, whose 41 ferries Aldbridge is buying for $640m, saw the price close just below the offer.",
)
OTHER = (
    "Ferry passengers wait four hours as fog closes the strait",
    "Fog kept boats in port on Monday; the first ferry left at noon, and buses were sent to the railway stations.",
)


def story(number: int, text: tuple[str, str], hours: float = 0.0) -> Story:
    title, excerpt = text
    return Story(f"s{number}", title, excerpt=excerpt, source="desk", published=MORNING + timedelta(hours=hours))


def crowd() -> list[Story]:
    """Thirty stories that have nothing to do with one another."""
    return [
        story(
            100 + n,
            (f"Village{n} opens a school{n} beside its well{n}", f"The pupils{n} sit under a tree{n}."),
            n / 2,
        )
        for n in range(30)
    ]


def events(*stories: Story) -> dict[str, str]:
    return gather([*crowd(), *stories])[0]


def test_two_reports_of_one_event_are_one() -> None:
    placed = events(story(1, FERRY), story(2, SHARES, 7))
    assert placed["s1"] == placed["s2"] == "s1"


def test_another_piece_on_the_subject_stands_alone() -> None:
    placed = events(story(1, FERRY), story(3, OTHER, 7))
    assert placed["s3"] == "s3"


@pytest.mark.parametrize("hours", [37, 60])
def test_days_later_it_is_another_story(hours: float) -> None:
    placed = events(story(1, FERRY), story(2, SHARES, hours))
    assert placed["s2"] == "s2"
