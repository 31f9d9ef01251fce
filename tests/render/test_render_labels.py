"""What readers are told of a story beside its headline, in every template and language."""

from __future__ import annotations

from dataclasses import replace

import pytest
from render_sample import BUSINESS, LATEST, LEAD, edition

from digest.content import packaged
from digest.models.story import Kind
from digest.render import Context, SectionView, render
from digest.render.labels import labels
from digest.render.words import Words, languages
from digest.settings import Theme

TEMPLATES = (packaged() / "templates",)


def _updated() -> Context:
    stories = tuple(replace(story, update=True) for story in BUSINESS.stories)
    return edition(
        lead=replace(LEAD, update=True),
        sections=(SectionView("business", "Business", stories),),
        latest=tuple(replace(story, update=True) for story in LATEST),
    )


@pytest.mark.parametrize("template", ["daily", "weekly", "breaking", "personal"])
def test_an_update_is_marked_everywhere(template: str) -> None:
    context = _updated()
    made = render(context, templates=TEMPLATES, template=template, theme=Theme(), language="en")
    plain = render(edition(), templates=TEMPLATES, template=template, theme=Theme(), language="en")
    assert plain.text.count("[Update") == 0
    assert made.text.count("[Update") == len(context.stories)
    assert made.html.count(">Update") == len(context.stories)


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_word_and_says_it_first(language: str) -> None:
    words = Words.of(language)
    told = labels(words, replace(LEAD, update=True, kind=Kind.OPINION, paywalled=True))
    assert told == (words.say("update"), words.say("opinion"), words.say("paywalled"))
    assert language == "en" or words.say("update") != "Update"
