# ruff: noqa: E501 (markup and lines of text are the subject, and read better unbroken)
from __future__ import annotations

from digest.ingest.body import Body, read_body
from digest.ingest.html.flow import flow
from digest.ingest.html.layout import Layout
from digest.ingest.html.tree import parsed
from digest.models.story import Section

A = "The council voted late on Tuesday to rebuild the old harbour wall, ending a dispute of almost three years."
B = "Engineers told the meeting that the stones at the northern end had moved by eleven centimetres since winter."
C = "Opponents had asked for a cheaper barrier of steel sheets, which a rival study put at half the cost of it."
TITLE = "<h1>Council votes to rebuild the old harbour wall</h1>"


def body(markup: str, cut: str = "", known: tuple[str, ...] = ()) -> Body:
    tree = parsed(f"<html><body>{markup}</body></html>")
    assert tree is not None
    return read_body(Layout(flow(tree), next(tree.iter("h1"), None)), list(tree.iter(cut)) if cut else (), known)


def paragraphs(markup: str) -> list[str]:
    return body(markup).text.split("\n\n")


def test_keeps_paragraphs_in_order_and_leaves_furniture_out() -> None:
    page = (
        f"<nav><p>{C}</p></nav>{TITLE}<p>{A}</p><aside><p>{C}</p></aside><div class='newsletter-box'><p>{C}</p></div>"
        f"<figure><figcaption>{C}</figcaption></figure><p>{B}</p><footer><p>{C}</p></footer>"
    )
    assert paragraphs(page) == [A, B]


def test_headings_open_sections_and_are_no_part_of_the_text() -> None:
    found = body(
        f"{TITLE}<p>{A}</p><h2>A cheaper wall</h2><p>{B}</p><ul><li>Steel rusts</li></ul><p>{C}</p><h2>More on this</h2><a href='/'>x</a>"
    )
    assert found.text == f"{A}\n\n{B}\n\nSteel rusts\n\n{C}"
    assert found.sections == (Section("A cheaper wall", f"{B}\n\nSteel rusts\n\n{C}"),)


def test_leaves_out_what_is_cut_and_what_is_known() -> None:
    found = body(f"{TITLE}<p>{A}</p><ul><li>{C}</li></ul><p>{B}</p><p>{C}</p>", cut="ul", known=(C,))
    assert found.text == f"{A}\n\n{B}"


def test_text_divided_by_empty_lines_only() -> None:
    assert paragraphs(f"{TITLE}<div>{A}<br><br>{B}<br>{C}</div>") == [A, f"{B} {C}"]


def test_a_first_paragraph_in_a_box_of_its_own_belongs() -> None:
    assert (
        paragraphs(
            f"<main><header>{TITLE}<p>{A}</p></header><div><div><p>{B}</p><p>{C}</p><p>{B} {C}</p></div></div></main>"
        )[0]
        == A
    )


def test_a_container_with_a_misleading_name_is_believed_by_what_it_holds() -> None:
    assert paragraphs(f"{TITLE}<div class='toc-content related promo'><p>{A}</p><p>{B}</p><p>{C}</p></div>") == [
        A,
        B,
        C,
    ]


def test_folded_parts_belong_and_waiting_articles_do_not() -> None:
    page = f"<article>{TITLE}<p>{A}</p><div style='display:none'><p>{B}</p></div><p>{C}</p><div hidden><h1>Other</h1><p>{A} {B}</p></div><p>{C} {A}</p></article>"
    assert paragraphs(page) == [A, B, C, f"{C} {A}"]


def test_a_second_article_below_is_not_read() -> None:
    long = f"<p>{A} {B} {C}</p>"
    page = f"<main><article>{TITLE}{long * 3}</article><article><h1>Bridge to the island is closed</h1>{long * 2}</article></main>"
    assert "Bridge" not in body(page).text
    assert len(paragraphs(page)) == 3


def test_streamed_parts_are_put_where_they_belong() -> None:
    page = (
        f"{TITLE}<div><p>{A}</p><template id='P:1'></template><p>{C}</p></div><div hidden id='S:1'><p>{B}</p></div>"
    )
    assert paragraphs(page) == [A, B, C]


def test_short_cells_of_a_row_are_one_line() -> None:
    row = "<table><tr><td>North</td><td>eleven centimetres</td></tr></table>"
    assert paragraphs(f"{TITLE}<p>{A}</p>{row}<p>{B}</p>")[1] == "North · eleven centimetres"


def test_no_prose_is_an_empty_body() -> None:
    assert body(f"{TITLE}<p>Short.</p>") == Body()
