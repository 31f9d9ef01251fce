"""The heading of a subscriber file."""

from __future__ import annotations

import pytest

from digest.errors import UsageError
from digest.readers.columns import MAX_COLUMNS, attribute_name, read_heading


def test_ours_in_any_order_and_all_others_as_attributes() -> None:
    columns = read_heading(["City", "E-Mail", " Name ", "Time Zone", "Größe (cm)", "attr.status"], "f:1")
    assert columns.places == {"email": 1, "name": 2, "timezone": 3}
    assert columns.attributes == ((0, "city"), (4, "grosse_cm"), (5, "status"))
    assert columns.remarks == ()


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Città", "citta"),
        ("First  Name!", "first_name"),
        ("x" * 80, "x" * 64),
        ("शहर", ""),
        ("__", ""),
        ("2nd", "2nd"),
    ],
)
def test_names_of_attributes(heading: str, name: str) -> None:
    assert attribute_name(heading) == name


def test_what_looks_like_a_slip_is_remarked_on() -> None:
    columns = read_heading(["email", "statsu", "शहर", ""], "f:1")
    assert columns.attributes == ((1, "statsu"), (2, "column_3"), (3, "column_4"))
    assert columns.remarks == (
        'column "statsu" is kept as attr.statsu; did you mean status?',
        'column 3 "शहर" is kept as attr.column_3',
    )


@pytest.mark.parametrize(
    ("cells", "what", "hint"),
    [
        (["name", "emial"], "no column is called email", 'rename "emial" to email'),
        (["a", "b"], "no column is called email", "found: a, b"),
        (["ann@example.org", "Ann"], "no heading", "the first line must name the columns"),
        (["email", "E-Mail"], 'columns 1 and 2 are both "email"', "rename"),
        (["email", "City", "city"], 'columns 2 and 3 are both "city"', "rename"),
        (["email", *(f"c{n}" for n in range(MAX_COLUMNS))], "201 columns", None),
    ],
)
def test_what_is_no_heading(cells: list[str], what: str, hint: str | None) -> None:
    with pytest.raises(UsageError) as caught:
        read_heading(cells, "people.csv:1")
    assert caught.value.where == "people.csv:1"
    assert what in caught.value.what
    assert hint is None or hint in (caught.value.hint or "")
