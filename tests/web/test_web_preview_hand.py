"""The editor's hand in the browser: what the forms write, what they refuse, and how they meet an edit on disk."""

from __future__ import annotations

import re

from web_preview_hands import Hands, done, hidden, post, stories
from web_preview_paper import PAGE, Visit, words

from digest.pipeline.draft import draft
from digest.pipeline.edition_file import file_path
from digest.pipeline.naming import identify
from digest.pipeline.project import Project

EDITION = "daily/2026-11-24"


def text(project: Project) -> str:
    return file_path(project, EDITION).read_text(encoding="utf-8")


def order(project: Project) -> list[str]:
    made = draft(project, identify(project, "daily@2026-11-24"), keep=False)
    return [pick.story for pick in made.base.picks()]


def test_an_editor_reorders_rewords_and_chooses_the_subject(project: Project, visit: Visit) -> None:
    hands = Hands(visit(project), "edit")
    first = stories(hands.html)
    assert first == order(project)
    assert "the first change writes the edition’s file" in words(hands.html)
    html = hands.do(do="down", story=first[1])
    assert "Written to the edition’s file" in words(html)
    assert stories(html)[1:3] == [first[2], first[1]] == order(project)[1:3]
    html = hands.do(do="words", story=first[0], title="A <b>headline</b> of ours", lines="One line.\r\n\r\nTwo.")
    assert 'value="A &lt;b&gt;headline&lt;/b&gt; of ours"' in html
    assert "From: written by the editor, written by the editor." in words(html)
    assert "A &lt;b&gt;headline" in hands.client.get("/frame/daily@2026-11-24/everyone").text
    candidate = re.findall(r'name="choice" id="c-\d" value="([^"]+)"', html)[-1]
    hands.do(do="row", choice=candidate, preheader="")
    assert f'subject = "{candidate}"' in text(project)
    html = hands.do(do="own", story=first[0])
    assert 'value="A &lt;b&gt;headline' not in html


def test_pin_keep_out_let_back_and_take_back(project: Project, visit: Visit) -> None:
    hands = Hands(visit(project), "edit")
    first = stories(hands.html)
    assert "placed by an editor" in words(hands.do(do="pin", story=first[-1], section="world"))
    html = hands.do(do="drop", story=first[0])
    assert first[0] not in stories(html)
    assert "Kept out" in words(html)
    before = text(project)
    assert "Kept out" not in words(hands.do(do="restore", story=first[0]))
    assert "Kept out" in words(hands.do(do="undo"))
    assert text(project) == before
    assert "by the editor at 07:00: move" in words(hands.do(do="move", story=stories(html)[1], section="culture"))


def test_a_finding_is_ignored_with_a_reason_and_minded_again(project: Project, visit: Visit) -> None:
    hands = Hands(visit(project), "edit")
    html = hands.do(do="row", choice="own", subject="TK write this", preheader="")
    assert "Blocks:" in words(html)
    fields = {**hidden(html), "do": "overlook", "rule": "text.placeholder"}
    assert post(hands.client, "edit", **fields, reason=" ").status_code == 400
    html = hands.do(do="overlook", rule="text.placeholder", reason="it is the name of an airline")
    assert "Blocks:" not in words(html)
    assert "text.placeholder : it is the name of an airline (the editor)" in words(html)
    assert "Blocks:" in words(hands.do(do="mind", rule="text.placeholder"))


def test_an_edit_on_disk_is_shown_beside_and_never_written_over(project: Project, visit: Visit) -> None:
    client = visit(project)
    seen = hidden(done(client, "edit", do="row", choice="own", subject="Ours", preheader=""))
    theirs = text(project).replace('subject = "Ours"', 'subject = "Theirs"  # agreed with the desk')
    file_path(project, EDITION).write_text(theirs, encoding="utf-8")
    answer = post(client, "edit", **seen, do="row", choice="own", subject="Mine", preheader="")
    said = words(answer.text)
    assert answer.status_code == 409
    assert text(project) == theirs
    assert "What was changed on disk" in said
    assert "What your change would do to it" in said
    for line in ("Ours", "Theirs", "Mine"):
        assert f"subject = &#34;{line}&#34;" in answer.text
    again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
    assert again["mark"] != seen["mark"]
    assert post(client, "edit", **again).status_code == 303
    assert 'subject = "Mine"  # agreed with the desk' in text(project)


def test_a_change_that_chooses_anew_meets_an_edit_on_disk_too(project: Project, visit: Visit) -> None:
    client = visit(project)
    story = order(project)[1]
    seen = hidden(done(client, "edit", do="down", story=story))
    file_path(project, EDITION).unlink()
    answer = post(client, "edit", **seen, do="drop", story=story)
    assert answer.status_code == 409
    assert "it was taken away" in words(answer.text)
    assert not file_path(project, EDITION).exists()


def test_a_change_that_cannot_be_is_answered_in_words(project: Project, visit: Visit) -> None:
    client = visit(project)
    seen = hidden(done(client, "edit", do="row", choice="own", subject="Ours", preheader=""))
    before = text(project)
    for fields in (
        {"do": "nothing"},
        {"do": ""},
        {"do": "up", "story": "x"},
        {"do": "move", "story": "x", "section": "lead"},
        {"do": "pin", "story": "x" * 500, "section": "lead"},
        {"do": "words", "story": "x", "title": "y", "lines": "z" * 40_000},
        {"do": "row", "choice": "own", "subject": "x" * 300, "preheader": ""},
        {"do": "overlook", "rule": "no.rule", "reason": "x"},
    ):
        answer = post(client, "edit", **seen, **fields)
        assert answer.status_code == 400, fields
        assert "Nothing was done" in words(answer.text)
    assert text(project) == before


def test_a_file_that_does_not_fit_is_told_with_its_line(project: Project, visit: Visit) -> None:
    client = visit(project)
    done(client, "edit", do="row", choice="own", subject="Ours", preheader="")
    file_path(project, EDITION).write_text(text(project).replace("subject =", "subjct ="), encoding="utf-8")
    answer = client.get(f"{PAGE}/edit")
    assert answer.status_code == 500
    assert "daily-2026-11-24.toml:" in answer.text
