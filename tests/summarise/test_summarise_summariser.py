"""Opening a summariser by name, and the gate before its words."""

from __future__ import annotations

import pytest

from digest.errors import ConfigError, SourceError
from digest.models.edition import Line, Summary
from digest.models.story import Story
from digest.summarise import open_summariser, summarise
from digest.summarise.summariser import refusal

STORY = Story(id="deal", title="Harbour deal", takeaways=("Northaven signs deal with 70 members",), language="en")


class Parrot:
    """Says what it was made to say."""

    def __init__(self, says: str) -> None:
        self._says = says

    def summarise(self, story: Story, budget: int | None) -> Summary:
        if self._says == "fail":
            raise SourceError("it is out of order")
        return Summary((Line(self._says, "editor"),), "editor")


def test_the_default_is_our_own() -> None:
    assert open_summariser(note=pytest.fail).summarise(STORY, 280) == summarise(STORY, 280)


def test_an_outside_class_is_found_by_its_name_and_made_with_its_options() -> None:
    parrot = open_summariser(f"{__name__}:Parrot", {"says": "Northaven signs"}, note=pytest.fail)

    assert parrot.summarise(STORY, 280).text == "Northaven signs"


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("Northaven signs with 80 members", "the story does not say 80"),
        ("Ruth Marlow, Paris, London, Rome", "the story does not say Ruth, Marlow, Paris, …"),
        ("Northaven signs a deal", "the summary has 23 characters, 20 are allowed"),
        (" ", "the summary is empty"),
        ("Northaven\x00", "the summary has characters that cannot be shown"),
        ("fail", "it is out of order"),
    ],
)
def test_what_does_not_pass_is_told_and_replaced(says: str, reason: str) -> None:
    told: list[str] = []
    parrot = open_summariser(f"{__name__}:Parrot", {"says": says}, note=told.append)

    budget = 20 if "allowed" in reason else 280
    assert parrot.summarise(STORY, budget) == summarise(STORY, budget)
    assert told == [f"story deal: {reason}; its own words are used instead"]


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError) as problem:
        open_summariser("takeaway", note=pytest.fail, where="[summaries] backend")

    assert "did you mean takeaways?" in str(problem.value)
    assert "[summaries] backend" in str(problem.value)


def test_options_that_do_not_fit_are_a_matter_of_the_settings() -> None:
    with pytest.raises(ConfigError, match="does not take these options"):
        open_summariser("takeaways", {"speed": 3}, note=pytest.fail)


def test_a_summary_that_may_be_shown_has_no_refusal() -> None:
    assert refusal(summarise(STORY, 280), STORY, 280) == ""
