"""Bars as SVG: named, described, escaped, and nothing where there is nothing to see."""

from __future__ import annotations

from xml.etree import ElementTree

from digest.web.preview.plots import MOST_ROWS, WIDTH, Bar, bars


def test_a_plot_has_a_name_and_tells_all_that_it_shows() -> None:
    made = bars("clicks", "Clicks by story", ("people", "scanners"), [Bar("<b>A & B</b>", (3, 1)), Bar("C", (0, 2))])
    root = ElementTree.fromstring(made)
    assert root.attrib["role"] == "img"
    ids = {element.attrib.get("id"): element.text for element in root.iter()}
    assert [ids[key] for key in root.attrib["aria-labelledby"].split()] == [
        "Clicks by story",
        "<b>A & B</b>: 3 people, 1 scanners; C: 0 people, 2 scanners",
    ]
    wide = [
        float(one.attrib["width"])
        for one in root
        if "y" in one.attrib and one.attrib.get("class") != "track" and one.tag == "rect"
    ]
    assert wide == [WIDTH * 3 / 4, WIDTH / 4, WIDTH / 2]


def test_nothing_to_see_is_no_plot_and_very_much_is_cut() -> None:
    assert bars("x", "X", ("a",), []) == ""
    assert bars("x", "X", ("a",), [Bar("A", (0,))]) == ""
    many = bars(
        "x", "X", ("a",), [Bar("A label that is much longer than any row can be" * 2, (n,)) for n in range(1, 40)]
    )
    root = ElementTree.fromstring(many)
    assert len([one for one in root if one.attrib.get("class") == "track"]) == MOST_ROWS
    assert max(len(one.text or "") for one in root if one.tag == "text") < 40
