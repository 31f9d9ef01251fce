"""What is printed for a reader is, decoded, what their list rendered alone would be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.address import letterhead
from digest.models.edition import Rendering
from digest.pipeline.press import Press
from digest.render import Block, Personal, SectionBlocks, StoryBlock, Words
from digest.settings import Delivery, Publication

PUBLICATION = Publication("ledger", "The Ledger", "https://news.example", "The Ledger <hello@news.example>", "1 Lane")
SHELL = Rendering(
    edition="daily/2026-11-24",
    segment="everyone",
    language="en",
    template="personal",
    subject="Five countries agree",
    preheader="",
    html="<p>{{stories}}, {{words}}, {{minutes}}</p>\n{{sections}}<a href='{{unsubscribe_url}}'>Leave</a>",
    text="{{stories}}, {{words}}, {{minutes}}\n\n{{sections}}Leave: {{unsubscribe_url}}\n",
    slots=("minutes", "name", "sections", "stories", "unsubscribe_url", "words"),
    stories=1,
    minutes=1,
    words=40,
)


def block(said: str) -> Block:
    return Block(f"<p>{said} – größer = 1</p>\n", f"{said} – größer = 1\n\n")


def section(name: str, *stories: str) -> SectionBlocks:
    # One story stands in two sections: it counts once.
    blocks = tuple(StoryBlock(story, 100 * at, block(f"{name}-{story}")) for at, story in enumerate(stories, 1))
    return SectionBlocks(name, block(f"opens {name}"), blocks, block("{{name}} closes") if name == "c" else block(""))


PERSONAL = Personal(
    SHELL, (section("a", "s1", "s2", "s3"), section("b", "s3", "s4"), section("c", "s5")), frozenset({"s0"}), 40
)
LISTS = st.lists(
    st.sampled_from(["a", "b", "c"]).flatmap(
        lambda name: st.tuples(
            st.just(name),
            st.lists(st.sampled_from({"a": ["s1", "s2", "s3"], "b": ["s3", "s4"], "c": ["s5"]}[name]), unique=True),
        )
    ),
    max_size=3,
    unique_by=lambda each: each[0],
)
PRESS = Press(
    PERSONAL,
    lambda shell, blocks: letterhead(
        shell, publication=PUBLICATION, delivery=Delivery(), digest="daily", blocks=frozenset(blocks)
    ),
)


@settings(max_examples=80, deadline=None)
@given(chosen=LISTS)
def test_it_decodes_to_the_list_rendered(chosen: list[tuple[str, list[str]]]) -> None:
    assert PRESS.print(chosen).encoded.rendering == PERSONAL.joined(chosen, Words.of("en"))


@pytest.mark.parametrize("chosen", [[("d", ["s1"])], [("d", [])], [("a", ["s4"])]])
def test_what_the_edition_does_not_have_is_no_list(chosen: list[tuple[str, list[str]]]) -> None:
    with pytest.raises(KeyError):
        PRESS.print(chosen)
    with pytest.raises(KeyError):
        PERSONAL.joined(chosen, Words.of("en"))
