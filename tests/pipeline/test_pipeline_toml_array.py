"""An array taken apart and put together again says the same, and keeps every comment with its item."""

from __future__ import annotations

import tomllib

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from digest.pipeline.toml_array import array_at, array_text

TEXT = """\
stories = [
  # the strike, see the memo
  { id = "aaaa" },  # Rotterdam strikes
  {id='bbbb', title = "One, two ] three", lines = [
     "first # no comment",  # a comment inside
     "second",
  ]}, # Bengaluru
  { id = "cccc" }
  # nothing more today
]
drop = ["x"]
"""


def test_each_comment_stays_with_its_item() -> None:
    array = array_at(TEXT, TEXT.index("["))
    assert [tomllib.loads(f"x = {item.text}")["x"]["id"] for item in array.items] == ["aaaa", "bbbb", "cccc"]
    assert array.items[0].before == "# the strike, see the memo\n"
    assert [item.comment for item in array.items] == ["# Rotterdam strikes", "# Bengaluru", ""]
    assert array.after == "# nothing more today\n"
    assert TEXT[array.end :].lstrip().startswith("drop")
    assert [TEXT.count("\n", 0, item.start) + 1 for item in array.items] == [3, 4, 8]


def test_items_can_change_places() -> None:
    array = array_at(TEXT, TEXT.index("["))
    turned = tomllib.loads("x = " + array_text(array.items[::-1], array.after))["x"]
    assert [item["id"] for item in turned] == ["cccc", "bbbb", "aaaa"]
    assert turned[1]["lines"] == ["first # no comment", "second"]


def test_an_array_on_one_line_and_an_empty_one() -> None:
    text = 'x = ["a", \'b\', """c]""", 4]  # four'
    array = array_at(text, text.index("["))
    assert [item.text for item in array.items] == ['"a"', "'b'", '"""c]"""', "4"]
    assert text[array.end :] == "  # four"
    assert array_text(()) == "[]"


def test_what_is_not_closed_is_no_array() -> None:
    with pytest.raises(ValueError, match="not closed"):
        array_at("[ 1, 2", 0)


@given(
    st.lists(
        st.fixed_dictionaries({"id": st.text(max_size=12), "lines": st.lists(st.text(max_size=12), max_size=3)}),
        max_size=6,
    )
)
def test_whatever_is_in_the_strings(items: list[dict[str, object]]) -> None:
    written = tomlkit.array()
    for item in items:
        table = tomlkit.inline_table()
        table.update(item)
        written.append(table)
    text = f"x = {written.as_string()}"
    array = array_at(text, text.index("["))
    assert len(array.items) == len(items)
    assert tomllib.loads(f"x = {array_text(array.items, array.after)}")["x"] == tomllib.loads(text)["x"]
