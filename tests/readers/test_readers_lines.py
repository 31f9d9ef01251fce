"""Records are cut out of any text, and one bad line costs only itself."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.readers.lines import MAX_LINE, MAX_LINES, Broken, Record, Records, open_text


def cut(text: str) -> list[Record | Broken]:
    """Heading and records of a text."""
    records = Records(io.StringIO(text))
    heading = records.heading()
    return [] if heading is None else [heading, *records]


def cells(text: str) -> list[list[str] | str]:
    return [record.cells if isinstance(record, Record) else record.what for record in cut(text)]


def test_lines_are_numbered_as_an_editor_numbers_them() -> None:
    found = cut('a,b\n\n1,2\n"x\ny",3\n  \n4,5')
    assert [record.line for record in found] == [1, 3, 4, 7]
    assert cells('a,b\n\n1,2\n"x\ny",3\n  , \n4,5') == [["a", "b"], ["1", "2"], ["x\ny", "3"], ["4", "5"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    text = f'email{delimiter}"na,;me"{delimiter}c\n1{delimiter}"2{delimiter}3"{delimiter}4'
    assert cells(text) == [["email", "na,;me", "c"], ["1", f"2{delimiter}3", "4"]]


def test_the_line_that_excel_puts_first_names_the_delimiter() -> None:
    assert cells("sep=;\nemail;a,b,c\n1;2") == [["email", "a,b,c"], ["1", "2"]]


def test_a_single_column_has_no_delimiter() -> None:
    assert cells("email\na\nb\n") == [["email"], ["a"], ["b"]]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends(end: str) -> None:
    assert cells(end.join(["a,b", '"1",2', "3,4", ""])) == [["a", "b"], ["1", "2"], ["3", "4"]]


def test_quotes_as_people_write_them() -> None:
    assert cells('a,b\n5" pipe,x\n "q, r", y\n"s ""t""",u\n"v"w,x') == [
        ["a", "b"],
        ['5" pipe', "x"],
        ["q, r", "y"],
        ['s "t"', "u"],
        ["vw", "x"],
    ]


def test_a_quote_that_nobody_closes_costs_one_line() -> None:
    opened = "a quote is opened and not closed"
    assert cells('a,b\n1,"2\n3,4\n5,6') == [["a", "b"], opened, ["3", "4"], ["5", "6"]]
    many = "".join(f"{n},x\n" for n in range(3 * MAX_LINES))
    assert cells(f'a,b\n1,"2\n{many}')[1:] == [opened, *([str(n), "x"] for n in range(3 * MAX_LINES))]
    assert [record.line for record in cut('a,b\n1,"2\n3,4\n5,6')] == [1, 2, 3, 4]


def test_a_forgotten_quote_does_not_swallow_the_people_who_follow() -> None:
    opened = "a quote is opened and not closed"
    after = 'b@x.org,Bo\nc@x.org,"Lee, C"\n'
    assert cells(f'email,name\na@x.org,"Ann\n{after}') == [
        ["email", "name"],
        opened,
        ["b@x.org", "Bo"],
        ["c@x.org", "Lee, C"],
    ]
    assert cells('name,email\n"Ann,a@x.org\n"Lee, C",c@x.org\n') == [
        ["name", "email"],
        opened,
        ["Lee, C", "c@x.org"],
    ]


def test_a_cell_too_long_to_close_gives_its_lines_back() -> None:
    text = 'a,b\n1,"2\n' + ("x" * 40_000 + "\n") * 2 + '3"\n4,5'
    opened = "a quote is opened and not closed"
    assert cells(text) == [["a", "b"], opened, ["x" * 40_000], ["x" * 40_000], ['3"'], ["4", "5"]]


def test_a_cell_may_hold_an_address_and_commas() -> None:
    text = 'note,email,name\n"first, line\nwrite to x@y.org\nlast, line" ,a@x.org,Ann\n'
    assert cells(text)[1:] == [["first, line\nwrite to x@y.org\nlast, line ", "a@x.org", "Ann"]]


def test_a_cell_may_run_over_some_lines_and_open_again() -> None:
    text = 'a,b\n"1\n2","3\n4"\n5,6'
    assert cells(text) == [["a", "b"], ["1\n2", "3\n4"], ["5", "6"]]


def test_a_file_of_open_quotes_ends() -> None:
    assert cells("a\n" + '"x\n' * 5) == [["a"], *["a quote is opened and not closed"] * 5]
    assert len(cut("a,b\n" + 'b,"x\n' * 2001)) == 2002


def test_long_lines_are_refused_and_skipped() -> None:
    exact = "x" * MAX_LINE
    found = cells(f"a\n{exact}\n{exact}y\n{'z' * (3 * MAX_LINE)}\nend")
    assert found == [["a"], [exact], *[f"the line is longer than {MAX_LINE} characters"] * 2, ["end"]]
    assert [record.line for record in cut(f"a\n{'z' * (MAX_LINE * 2 + 4)}\nend")] == [1, 2, 3]


def test_a_long_line_may_be_the_last() -> None:
    assert [record.line for record in cut("a\n" + "z" * (MAX_LINE + 2))] == [1, 2]


def test_what_cannot_be_divided_is_said() -> None:
    heading, broken = cells('a,b\n"x",y\rz\n')
    assert heading == ["a", "b"]
    assert "cannot be divided into cells" in broken


def test_zero_bytes_are_refused() -> None:
    assert cells("a\n1\0\n2") == [["a"], "the line holds a zero byte", ["2"]]


def test_nothing_is_in_an_empty_file() -> None:
    assert cut("") == cut("\n \n") == []


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a\né".encode(), [["a"], ["é"]]),
        ("\ufeffa\né".encode(), [["a"], ["é"]]),
        ("a\r\né\r\n".encode("utf-16"), [["a"], ["é"]]),
        ("a\té\r\n1\t2".encode("utf-16"), [["a", "é"], ["1", "2"]]),
        (b"a\r1\r2", [["a"], ["1"], ["2"]]),
        (b"a\n\xe9\n", [["a"], ["é"]]),
        (b'a,b\n"\x80, x",\xe9\n', [["a", "b"], ["€, x", "é"]]),
        (b"a\n\x81\n2", [["a"], "the line is neither UTF-8 nor Windows-1252", ["2"]]),
        (b"", []),
    ],
)
def test_encodings(tmp_path: Path, raw: bytes, expected: list[list[str] | str]) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(raw)
    with open_text(path) as stream:
        assert cells(stream.read()) == expected


def test_one_line_in_another_encoding_leaves_the_others_alone(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes("a\nü\n".encode() + b"\xfc\n" + "ü\n".encode())
    with open_text(path) as stream:
        records = Records(stream)
        records.heading()
        assert [(r.cells, r.remark) for r in records if isinstance(r, Record)] == [
            (["ü"], None),
            (["ü"], "not UTF-8, read as Windows-1252"),
            (["ü"], None),
        ]


CELL = st.text(st.characters(exclude_characters="\0\r@", exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.lists(CELL, min_size=2, max_size=4), min_size=1, max_size=6), st.sampled_from(",;\t|"))
def test_what_a_writer_wrote_is_read(rows: list[list[str]], delimiter: str) -> None:
    out = io.StringIO()
    heading = ["email", "x", "y"]
    full = [["someone", *row] for row in rows]
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([heading, *full])
    assert cells(out.getvalue()) == [heading, *full]


@given(st.text(st.sampled_from('ab",;\n '), max_size=60))
def test_no_line_is_lost(text: str) -> None:
    found = cut(text)
    for record in found:
        assert isinstance(record, Record | Broken)
    lines = [number for number, line in enumerate(text.split("\n"), 1) if line.strip(' ,;"')]
    covered: set[int] = set()
    for record in found:
        length = 1 + sum(cell.count("\n") for cell in record.cells) if isinstance(record, Record) else 1
        covered.update(range(record.line, record.line + length))
    assert set(lines) <= covered
