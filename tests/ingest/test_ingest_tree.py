from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.ingest.html.flow import flow
from digest.ingest.html.tree import MAX_ELEMENTS, TooDeep, parsed, text_of, word_tokens


def text(markup: str, limit: int = 0) -> str:
    tree = parsed(markup)
    return text_of(tree, limit) if tree is not None else ""


def test_text_has_spaces_where_blocks_end_and_nothing_that_is_not_shown() -> None:
    assert (
        text("<p>a<b>b</b>c<br>d<script>x</script><span hidden>no</span>e</p><p style='display: none'>no</p>f")
        == "abc de f"
    )


def test_a_limit_stops_early_but_never_makes_a_long_text_short() -> None:
    assert len(text("<p>" + "word " * 10_000, 50)) < 200
    assert len(text("<div>Key points</div>" + "<span></span>" * 5_000, 50)) > 20


def test_bounds_of_depth_and_number() -> None:
    with pytest.raises(TooDeep):
        parsed("<div>" * 10_000)
    with pytest.raises(TooDeep):
        parsed("<br>" * (MAX_ELEMENTS + 10))
    assert parsed("") is None


def test_names_are_taken_apart_as_programmers_write_them() -> None:
    assert word_tokens("RenderKeyPoints-list post_summary TLDR h2Title") == {
        "render", "key", "points", "list", "post", "summary", "tldr", "h", "title",
    }  # fmt: skip


def test_flow_gives_every_text_once_in_order() -> None:
    tree = parsed("<div>one<p>two <a href='/x'>linked</a></p>three<br><br>four<ul><li>five</ul></div>")
    assert tree is not None
    blocks = flow(tree)
    assert [block.text for block in blocks] == ["one", "two linked", "three", "four", "five"]
    assert blocks[1].linked == len("linked")


@given(st.text(alphabet="<>/abdivpul ='\"&;\n", max_size=200))
def test_any_markup_gives_the_same_words_by_both_walks(markup: str) -> None:
    tree = parsed(f"<div>x{markup}</div>")
    assert tree is not None
    shown = " ".join(block.text for block in flow(tree) if not block.hidden)
    assert shown.replace(" ", "") == text_of(tree).replace(" ", "")
