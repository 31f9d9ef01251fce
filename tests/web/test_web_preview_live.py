"""A page is told once that a file was saved, or that what it waits for was built."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from web_preview_paper import PAGE, PORT, TOKEN, Visit, words

from digest.pipeline.naming import identify
from digest.pipeline.project import Project
from digest.web.preview import app
from digest.web.preview.desk import Desk

MADE = re.compile(r'<meta name="live" content="([^"]*)">')


def made(page: str) -> dict[str, list[str]]:
    found = MADE.search(page)
    assert found is not None
    return parse_qs(unescape(found[1]))


@pytest.mark.parametrize(
    "file",
    ["digest.toml", "audiences/everyone.toml", "templates/_footer.mjml.j2", "editions/daily-2026-11-24.toml"],
)
def test_a_saved_file_is_noticed_and_the_store_is_not(project: Project, file: str) -> None:
    desk = Desk(project)
    before = desk.stamp()
    with project.store.database.begin() as connection:
        connection.exec_driver_sql("UPDATE subscribers SET name = name")
    assert desk.stamp() == before
    path: Path = project.root / file
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text("utf-8") if path.is_file() else "") + "\n", encoding="utf-8")
    assert desk.stamp() != before


def test_a_page_is_told_of_a_saved_file(project: Project, visit: Visit) -> None:
    client = visit(project)
    since = made(client.get(PAGE).text)["since"][0]
    (project.root / "templates" / "_footer.mjml.j2").write_text("<mj-section></mj-section>", encoding="utf-8")
    told = client.get(f"/live?since={since}")
    assert told.headers["content-type"].startswith("text/event-stream")
    assert "event: changed" in told.text


def test_listening_ends_with_the_preview(untouched: Project, visit: Visit) -> None:
    shown = app(untouched, token=TOKEN, port=PORT, stopping=lambda: True)
    client = visit(of=shown)
    told = client.get(f"/live?since={shown.state.desk.stamp()}")
    assert "event" not in told.text


def test_an_added_template_is_noticed(project: Project, visit: Visit) -> None:
    client = visit(project)
    frame = "/frame/daily@2026-11-24/everyone"
    assert "Put in later" not in client.get(frame).text
    (project.root / "templates" / "_end.mjml.j2").write_text(
        "<mj-section><mj-column><mj-text>Put in later</mj-text></mj-column></mj-section>", encoding="utf-8"
    )
    assert "Put in later" in client.get(frame).text
    (project.root / "templates" / "_end.mjml.j2").unlink()
    assert "Put in later" not in client.get(frame).text


def test_one_segment_is_shown_before_the_others_are_built(project: Project, visit: Visit) -> None:
    shown = app(project, token=TOKEN, port=PORT, swift=True)
    desk, client = shown.state.desk, visit(of=shown)
    first = client.get(f"{PAGE}?segment=everyone").text
    assert made(first)["until"] == ["daily@2026-11-24"]
    assert "Being checked" in words(first)
    assert not desk.look(identify(project, "daily"), "everyone").whole
    assert "event: built" in client.get("/live", params={k: v[0] for k, v in made(first).items()}).text
    second = client.get(f"{PAGE}?segment=everyone").text
    assert "until" not in made(second)
    assert "Checked" in words(second)


def test_a_fault_listens_too(project: Project, visit: Visit) -> None:
    client, file = visit(project), project.root / "digest.toml"
    right = file.read_text(encoding="utf-8")
    file.write_text("nonsense", encoding="utf-8")
    page = client.get(PAGE)
    assert page.status_code == 500
    since = made(page.text)["since"][0]
    file.write_text(right, encoding="utf-8")
    assert "event: changed" in client.get(f"/live?since={since}").text
