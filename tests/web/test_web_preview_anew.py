"""Pages that act, and those of visitors, show themselves anew when a file is saved; what a visitor hears of it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from web_preview_hands import Hands, post, send
from web_preview_paper import PAGE, PORT, TOKEN, Visit, words

from digest.pipeline.project import Project
from digest.web.preview import app
from digest.web.preview.pages import page

LIVE = re.compile(r'<meta name="live" content="([^"]*)"( data-keeps)?>')
FOOTER = "templates/_footer.mjml.j2"


def since(html: str) -> str:
    """What a page listens with."""
    found = LIVE.search(html)
    assert found is not None
    return parse_qs(unescape(found[1]))["since"][0]


def held(html: str) -> bool:
    """Whether a page only says that something changed, and stays as it is."""
    found = LIVE.search(html)
    return found is not None and bool(found[2])


def heard(client: Any, stamp: str) -> bool:
    """Whether a page made at this stamp is told at once that something changed; the preview ends, so nobody waits."""
    return "event: changed" in client.get(f"/live?since={stamp}").text


def save(project: Project, file: str, text: str = "\n") -> None:
    path: Path = project.root / file
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text("utf-8") if path.is_file() else "") + text, encoding="utf-8")


def guest(visit: Visit, shown: Any, right: str = "approve") -> tuple[Any, Any]:
    """The editor, and somebody who came by a link."""
    editor, visitor = visit(of=shown), visit(of=shown, inside=False)
    html = Hands(editor, "shares").do(do="make", person="Mira Sen", right=right, days="2")
    link = re.findall(r'value="http://[^/]+(/share/[^"]+)"', html)[0]
    assert post(visitor, link).status_code == 303
    return editor, visitor


@pytest.mark.parametrize("room", ["edit", "test", "remarks", "approve", "shares", "send", "report"])
def test_a_page_that_acts_is_told_of_a_saved_file(project: Project, visit: Visit, room: str) -> None:
    client = visit(project)
    client.get(f"{PAGE}/approve")
    Hands(client, "edit").do(do="row", choice="own", subject="Kept", preheader="")
    answer = client.get(f"{PAGE}/{room}")
    # What somebody is about to approve is not exchanged under their eyes.
    assert held(answer.text) is (room == "approve")
    save(project, FOOTER, "<mj-section></mj-section>")
    assert heard(client, since(answer.text))


def test_what_answers_a_form_stays(project: Project, visit: Visit) -> None:
    client = visit(project)
    answer = send(client, "test", to="me@news.example", who="sample", segment="everyone")
    assert "What became of it" in words(answer.text)
    assert held(answer.text)


def test_a_page_that_shows_itself_anew_takes_no_sentence_from_another(project: Project, visit: Visit) -> None:
    client = visit(project)
    assert send(client, "remarks", text="The lead is long.").status_code == 303
    sentence = "Your remark stands with the edition."
    assert sentence not in words(client.get(f"{PAGE}/edit", headers={"preview-anew": "1"}).text)
    assert sentence in words(client.get(f"{PAGE}/remarks").text)


def test_a_visitor_is_told_of_their_edition_and_of_no_other(project: Project, visit: Visit) -> None:
    ending = False
    shown = app(project, token=TOKEN, port=PORT, stopping=lambda: ending)
    editor, visitor = guest(visit, shown)
    pages = {path: visitor.get(path) for path in (PAGE, f"{PAGE}/remarks", f"{PAGE}/approve")}
    assert {answer.status_code for answer in pages.values()} == {200}
    stamp = since(pages[PAGE].text)
    ours = since(editor.get(PAGE).text)
    assert stamp != ours
    ending = True
    save(project, "editions/daily-2026-11-23.toml", "# another\n")
    assert "event" not in visitor.get(f"/live?since={stamp}").text
    ending = False
    assert heard(editor, ours)
    save(project, "editions/daily-2026-11-24.toml", "# this one\n")
    told = visitor.get(f"/live?since={stamp}").text
    assert told == "retry: 1000\n\nevent: changed\ndata: now\n\n"
    assert visitor.get("/preview.js").status_code == 200


def test_a_visitor_whose_link_was_taken_back_is_told_nothing(project: Project, visit: Visit) -> None:
    listening: list[str] = []

    def stopping() -> bool:
        """Asked while somebody listens: the door has let them pass. Now the link is taken back, and a file saved."""
        if not listening:
            listening.append(str(send(editor, "shares", do="revoke", share=key).status_code))
            save(project, FOOTER, "<mj-section></mj-section>")
        return False

    editor, visitor = guest(visit, app(project, token=TOKEN, port=PORT, stopping=stopping))
    stamp = since(visitor.get(PAGE).text)
    key = re.findall(r'name="share" value="([^"]+)"', editor.get(f"{PAGE}/shares").text)[0]
    assert visitor.get(f"/live?since={stamp}").text == "retry: 1000\n\n"
    assert listening == ["303"]
    assert visitor.get(f"/live?since={stamp}").status_code == 403


def test_a_fault_tells_visitors_nothing_of_the_newsrooms_files(project: Project, visit: Visit) -> None:
    editor, visitor = guest(visit, app(project, token=TOKEN, port=PORT))
    file = project.root / "digest.toml"
    right = file.read_text(encoding="utf-8")
    file.write_text("nonsense", encoding="utf-8")
    assert "digest.toml" in editor.get(PAGE).text
    for path in (PAGE, f"{PAGE}/remarks"):
        answer = visitor.get(path)
        assert answer.status_code == 500
        assert "This cannot be shown just now" in words(answer.text)
        assert "toml" not in answer.text
        assert "All digests" not in answer.text
    stamp = since(answer.text)
    file.write_text(right, encoding="utf-8")
    assert heard(visitor, stamp)
    assert visitor.get(PAGE).status_code == 200


@pytest.mark.parametrize(
    ("hint", "shown"),
    [
        ("digest ingest fetches what is new", "<code>digest ingest</code> fetches what is new"),
        ("`digest status` shows <it>", "<code>digest status</code> shows &lt;it&gt;"),
        ("go on: digest resume daily@2026-11-24", "Go on: <code>digest resume daily@2026-11-24</code>"),
        ("upgrade digest on this machine", "Upgrade digest on this machine"),
        ("ledger.example does not answer", "ledger.example does not answer"),
        ("say `--digest`", "Say <code>--digest</code>"),
    ],
)
def test_a_command_is_set_as_one_and_keeps_its_first_letter(hint: str, shown: str) -> None:
    said: dict[str, Any] = {"publication": "The Ledger", "what": hint, "where": None, "hint": hint, "back": "/"}
    html = bytes(page("declined", **said).body).decode()
    assert f'<p class="hint">{shown}</p>' in html
