"""Approvals and shared links in the browser: who may, for what exactly, and for how long."""

from __future__ import annotations

import re
from typing import Any

from web_preview_hands import Hands, done, hidden, post, send
from web_preview_paper import PAGE, PORT, TOKEN, Visit, words

from digest.content import template_roots
from digest.pipeline.project import Project
from digest.web.preview import app

TEMPLATE = "daily.mjml.j2"


def two_needed(project: Project) -> None:
    settings = project.root / "digest.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[digests.daily]", "[digests.daily]\napproval = 2", 1), encoding="utf-8")


def change_template(project: Project) -> None:
    """Put another template in the place of the packaged one, as a designer's save would."""
    given = next(root / TEMPLATE for root in template_roots(project.root) if (root / TEMPLATE).is_file())
    row = "<mj-section><mj-column><mj-text>New</mj-text></mj-column></mj-section></mj-body>"
    (project.root / "templates").mkdir(exist_ok=True)
    text = given.read_text(encoding="utf-8").replace("</mj-body>", row)
    (project.root / "templates" / TEMPLATE).write_text(text, encoding="utf-8")


def link(client: Any, person: str, right: str) -> str:
    """A new link for somebody."""
    html = done(client, "shares", do="make", person=person, right=right, days="2")
    return re.findall(r'value="http://[^"/]+(/share/[^"]+)"', html)[0]


def come_in(client: Any, address: str) -> None:
    assert client.get(address).status_code == 200
    assert "set-cookie" not in client.get(address).headers
    entered = post(client, address)
    assert entered.status_code == 303
    assert entered.headers["location"] == PAGE


def test_two_people_approve_and_the_last_editor_is_none_of_them(project: Project, visit: Visit) -> None:
    two_needed(project)
    client = visit(project)
    done(client, "edit", do="row", choice="own", subject="Ours", preheader="")
    refused = send(client, "approve", name="The Editor", note="")
    assert refused.status_code == 409
    assert "changed daily/2026-11-24 last" in words(refused.text)
    hands = Hands(client, "approve")
    assert "0 of 2 needed" in words(hands.html)
    assert "1 person more is needed" in words(hands.do(name="Ben", note="Fine with me.\nReally."))
    assert "1 of 2 needed" in words(hands.do(name="ben", note=""))
    html = hands.do(name="Chitra", note="")
    assert "2 of 2 needed" in words(html)
    assert "Approved" in words(html)
    assert "Fine with me." in html


def test_a_change_voids_an_approval_and_shows_only_what_changed(project: Project, visit: Visit) -> None:
    client = visit(project)
    hands = Hands(client, "approve")
    hands.do(name="Ben", note="")
    assert "void" not in words(hands.html)
    stale = hidden(hands.html)
    done(client, "edit", do="row", choice="own", subject="Another subject", preheader="")
    said = words(client.get(f"{PAGE}/approve").text)
    assert "must be approved again" in said
    changed = said.partition("Changed since then")[2].partition("Your approval")[0]
    assert "now “Another subject”" in changed
    assert "headline" not in changed
    answer = post(client, "approve", **stale, name="Ben", note="")
    assert answer.status_code == 409
    assert "nothing was approved" in words(answer.text)
    again = Hands(client, "approve")
    assert "must be approved again" not in words(again.do(name="Ben", note=""))


def test_a_changed_template_voids_an_approval(project: Project, visit: Visit) -> None:
    client = visit(project)
    done(client, "approve", name="Ben", note="")
    change_template(project)
    said = words(client.get(f"{PAGE}/approve").text)
    assert "must be approved again" in said
    assert "the template, an audience or a setting was changed" in said


def test_a_blocked_edition_cannot_be_approved(project: Project, visit: Visit) -> None:
    client = visit(project)
    done(client, "edit", do="row", choice="own", subject="TK", preheader="")
    page = client.get(f"{PAGE}/approve")
    assert "These must be put right" in words(page.text)
    fields = {**hidden(client.get("/me").text), "name": "Ben", "note": "", "hash": "x"}
    assert post(client, "approve", **fields).status_code == 409


def test_a_link_opens_one_edition_with_its_right_for_its_person(project: Project, visit: Visit) -> None:
    shown = app(project, token=TOKEN, port=PORT)
    editor = visit(of=shown)
    mira, nobody = visit(of=shown, inside=False), visit(of=shown, inside=False)
    address = link(editor, "Mira Sen", "comment")
    page = nobody.get(address)
    assert "shared with Mira Sen, to look at it and remark on it" in words(page.text)
    assert nobody.get(PAGE).status_code == 403
    come_in(mira, address)
    assert mira.get("/").headers["location"] == PAGE
    for path in (
        PAGE,
        f"{PAGE}?width=320&as=empty",
        f"{PAGE}/remarks",
        "/frame/daily@2026-11-24/everyone",
        "/hand.css",
    ):
        assert mira.get(path).status_code == 200, path
    for path in (
        f"{PAGE}/edit",
        f"{PAGE}/approve",
        f"{PAGE}/send",
        f"{PAGE}/shares",
        f"{PAGE}/test",
        f"{PAGE}/report",
        f"{PAGE}/readers?q=a",
        f"{PAGE}?as=1",
        "/e/daily@2026-11-25",
        "/e/daily",
        "/frame/daily@2026-11-23/everyone",
        "/template/daily.mjml.j2",
        "/me",
        "/live?until=daily@2026-11-23",
    ):
        assert mira.get(path).status_code == 403, path
    done(mira, "remarks", text="Lovely.")
    assert "Mira Sen 24 Nov" in words(editor.get(f"{PAGE}/remarks").text)
    fields = hidden(mira.get(f"{PAGE}/remarks").text)
    for form in ("edit", "approve", "send", "shares", "test", "/me"):
        assert post(mira, form, **fields, do="drop", name="Eve", text="x").status_code == 403, form


def test_who_came_by_a_link_approves_under_its_name_and_no_other(project: Project, visit: Visit) -> None:
    shown = app(project, token=TOKEN, port=PORT)
    editor, mira = visit(of=shown), visit(of=shown, inside=False)
    come_in(mira, link(editor, "Mira Sen", "approve"))
    html = done(mira, "approve", name="Somebody Else", note="Good.")
    assert "Approved by Mira Sen" in words(html)
    assert "Somebody Else" not in words(html)


def test_a_link_that_was_taken_back_shuts_out_whoever_is_in(project: Project, visit: Visit) -> None:
    shown = app(project, token=TOKEN, port=PORT)
    editor, mira = visit(of=shown), visit(of=shown, inside=False)
    address = link(editor, "Mira Sen", "view")
    come_in(mira, address)
    share = re.findall(r'name="share" value="([^"]+)"', editor.get(f"{PAGE}/shares").text)[0]
    assert "taken back" in words(done(editor, "shares", do="revoke", share=share))
    assert mira.get(PAGE).status_code == 403
    assert mira.get(address).status_code == 403
    assert post(mira, address).status_code == 403
    assert send(editor, "shares", do="revoke", share=share).status_code == 409


def test_a_forged_link_opens_nothing(project: Project, visit: Visit) -> None:
    shown = app(project, token=TOKEN, port=PORT)
    editor, other = visit(of=shown), visit(of=shown, inside=False)
    address = link(editor, "Mira Sen", "view")
    parts = address.split(".")
    later = re.sub(r"~\d+", "~9999999999", address)
    for forged in (
        later,
        address[:-1],
        address.replace("share.0", "share.1"),
        "/share/x",
        ".".join(parts[:-1]) + ".x",
    ):
        assert other.get(forged).status_code == 403
        assert post(other, forged).status_code == 403
    for fields in ({"person": "", "right": "view"}, {"person": "A", "right": "edit"}, {"person": "A", "days": "900"}):
        assert send(editor, "shares", **{"do": "make", "days": "2", "right": "view", **fields}).status_code == 400
