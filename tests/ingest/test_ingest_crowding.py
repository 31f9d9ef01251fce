from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.ingest.crowding import MOST_ATTRIBUTES, is_crowded
from digest.ingest.html.tree import TooDeep, parsed

MANY = range(MOST_ATTRIBUTES + 1)


@pytest.mark.parametrize(
    "attributes",
    [
        " ".join(f"a{n}" for n in MANY),
        " ".join(f'a{n}="1"' for n in MANY),
        " ".join(f"a{n}='>'" for n in MANY),
        "".join(f'a{n}="1"' for n in MANY),
        "/".join(f"a{n}" for n in MANY),
        'z=x" ' + " ".join(f"a{n}" for n in MANY),
        "\n".join(f"a{n} = 1" for n in MANY),
    ],
)
def test_more_attributes_than_anyone_writes_are_seen_however_they_are_written(attributes: str) -> None:
    page = f"<html><body><!--> <!-- <p> --><p {attributes}>x</p>"
    assert is_crowded(page)
    with pytest.raises(TooDeep):
        parsed(page)


@pytest.mark.parametrize(
    "text",
    [
        "<p " + " ".join(f"a{n}=1" for n in range(MOST_ATTRIBUTES)) + ">x",
        "<script>if (a <b && " + " ".join(f"c{n}" for n in MANY) + ")</script>",
        "<!-- <p " + " ".join(f"a{n}" for n in MANY) + "> -->",
        "<p a=1>x</p>" * 5_000,
        "a < b " * 5_000,
        "",
    ],
)
def test_ordinary_tags_scripts_and_remarks_are_none(text: str) -> None:
    assert not is_crowded(text)


@given(st.text(alphabet="<>ab =\"'/!-", max_size=60))
def test_short_texts_are_never_crowded(text: str) -> None:
    assert not is_crowded(text)
