"""What guards every form of the preview: the session's own token, where it was sent from, its size, its right."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.routing import Route
from web_preview_hands import ORIGIN, done, hidden, post, send
from web_preview_paper import PAGE, PORT, TOKEN, Visit, words

from digest.pipeline.project import Project
from digest.store import editions
from digest.web.preview import app
from digest.web.preview.access import Access

FORMS = ("edit", "approve", "remarks", "test", "shares", "send", "/me")
PASSWORD = "twelve letters and more"


def path(form: str) -> str:
    return form if form.startswith("/") else f"{PAGE}/{form}"


def test_every_address_that_takes_a_form_is_tried_here(untouched: Project) -> None:
    routes = [route for route in app(untouched, token=TOKEN, port=PORT).routes if isinstance(route, Route)]
    taking = {route.path for route in routes if "POST" in (route.methods or ())}
    known = {path(form).replace(PAGE, "/e/{edition}") for form in FORMS}
    assert taking == known | {"/share/{token}", "/enter"}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_without_the_sessions_token_does_nothing(untouched: Project, visit: Visit, form: str) -> None:
    client, other = visit(untouched), visit(untouched)
    foreign = hidden(other.get("/me").text)["csrf"]
    for fields in ({}, {"csrf": ""}, {"csrf": "guessed"}, {"csrf": foreign}, {"CSRF": foreign}):
        answer = post(client, form, name="Eve", **fields)
        assert answer.status_code == 403
        assert "not of this session" in words(answer.text)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("origin", [None, "null", "http://elsewhere.example", f"http://127.0.0.1:{PORT + 1}", "x"])
def test_a_form_from_elsewhere_does_nothing(untouched: Project, visit: Visit, form: str, origin: str | None) -> None:
    client = visit(untouched)
    fields = {**hidden(client.get("/me").text), "name": "Eve"}
    answer = client.post(path(form), data=fields, headers={"origin": origin} if origin else {})
    assert answer.status_code == 403
    assert "came from somewhere else" in words(answer.text)


@pytest.mark.parametrize("form", [*FORMS, "/share/share.0.x.1.y"])
def test_a_form_without_a_session_does_nothing(untouched: Project, visit: Visit, form: str) -> None:
    answer = post(visit(untouched, inside=False), form, csrf="x")
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"a=1&" * 300, "application/x-www-form-urlencoded"),
        (b"a=" + b"x" * 300_000, "application/x-www-form-urlencoded"),
        (b"a=%ff%fe", "application/x-www-form-urlencoded"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"a=1", "text/plain"),
        (b"{}", "application/json"),
        (b"a=1", "multipart/form-data; boundary=x"),
    ],
)
def test_what_is_no_form_is_refused_before_it_is_read_whole(
    untouched: Project, visit: Visit, body: bytes, kind: str
) -> None:
    headers = {"origin": ORIGIN, "content-type": kind}
    assert visit(untouched).post(f"{PAGE}/remarks", content=body, headers=headers).status_code == 400


def test_no_get_changes_anything(project: Project, visit: Visit) -> None:
    client = visit(project)
    files = {file: file.read_bytes() for file in project.root.rglob("*.toml")}
    tries = {"send": "?do=start&typed=10&undo=0", "edit": "?do=drop&story=x", "shares": "?do=make&person=A&days=1"}
    for form in FORMS:
        assert client.get(path(form) + tries.get(form, "?do=undo&name=Eve&text=x")).status_code == 200
        assert client.head(path(form)).status_code == 200
    assert {file: file.read_bytes() for file in project.root.rglob("*.toml")} == files
    with project.store.database.read() as connection:
        assert editions.load(connection, "daily/2026-11-24") is None


@pytest.mark.parametrize("name", ["daily", "weekly@2026-11-24", "daily@2026-99-99", "daily@2026-11-24x"])
def test_only_a_whole_name_of_an_edition_is_acted_on(untouched: Project, visit: Visit, name: str) -> None:
    client = visit(untouched)
    fields = {**hidden(client.get("/me").text), "text": "Hello"}
    answer = client.post(f"/e/{name}/remarks", data=fields, headers={"origin": ORIGIN})
    assert answer.status_code == 400


def test_a_header_cannot_be_written_through_a_form(project: Project, visit: Visit) -> None:
    client = visit(project)
    answer = send(client, "test", to="me@news.example\r\nBcc: all@news.example", who="sample", segment="everyone")
    assert answer.status_code == 400
    assert not list((project.root / "var").glob("outbox/test/**/*.eml"))
    done(client, "shares", do="make", person="Mira\r\nSet-Cookie: a=b", right="view", days="1")
    assert "Mira Set-Cookie: a=b" in words(client.get(f"{PAGE}/shares").text)


def test_one_signs_with_the_name_that_one_said(project: Project, visit: Visit) -> None:
    client = visit(project)
    page = post(client, "/me", **hidden(client.get("/me").text), name="  Asha   Rao ")
    assert page.status_code == 303
    assert "You sign as Asha Rao" in words(client.get("/me").text)
    assert "Asha Rao 24 Nov" in words(done(client, "remarks", text="The lead is too long.\n<b>Really</b>"))
    assert "<b>Really" not in client.get(f"{PAGE}/remarks").text
    for name in ("", " ", "x" * 100):
        assert post(client, "/me", **hidden(client.get("/me").text), name=name).status_code == 400


def open_to_others(project: Project) -> Any:
    access = Access(PORT, "0.0.0.0", PASSWORD, ("preview.news.example",))
    return app(project, token=TOKEN, port=PORT, access=access, start=PAGE)


def test_another_host_asks_for_the_password_and_takes_no_token(untouched: Project, visit: Visit) -> None:
    client = visit(of=open_to_others(untouched), inside=False)
    assert client.get(f"/?t={TOKEN}").headers["location"] == "/enter"
    assert client.get(PAGE).headers["location"] == "/enter"
    assert "Password" in words(client.get("/enter").text)
    wrong = post(client, "/enter", name="Asha", password="something else")
    assert wrong.status_code == 403
    assert "set-cookie" not in wrong.headers
    assert post(client, "/enter", name="", password=PASSWORD).status_code == 400
    entered = post(client, "/enter", name="Asha", password=PASSWORD)
    assert entered.headers["location"] == PAGE
    assert "httponly" in entered.headers["set-cookie"].lower()
    assert "samesite=strict" in entered.headers["set-cookie"].lower()
    assert "You sign as Asha" in words(client.get(f"{PAGE}/remarks").text)


def test_a_password_cannot_be_guessed_at_speed(untouched: Project, visit: Visit) -> None:
    client = visit(of=open_to_others(untouched), inside=False)
    tries = [post(client, "/enter", name="Eve", password=f"guess {n}").status_code for n in range(12)]
    assert tries[:10] == [403] * 10
    assert tries[10:] == [429] * 2
    assert post(client, "/enter", name="Eve", password=PASSWORD).status_code == 429


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("preview.news.example", True),
        (f"preview.news.example:{PORT}", True),
        (f"192.168.7.5:{PORT}", True),
        (f"[fe80::1]:{PORT}", True),
        ("192.168.7.5", False),
        (f"attacker.example:{PORT}", False),
        (f"user@192.168.7.5:{PORT}", False),
        ("", False),
    ],
)
def test_only_names_of_this_preview_are_answered(untouched: Project, visit: Visit, host: str, inside: bool) -> None:
    client = visit(of=open_to_others(untouched), inside=False)
    assert (client.get("/enter", headers={"host": host}).status_code == 200) is inside


def test_here_nobody_is_asked_for_a_password(untouched: Project, visit: Visit) -> None:
    client = visit(untouched, inside=False)
    assert post(client, "/enter", name="Eve", password="").status_code == 403
    inside = visit(untouched)
    assert post(inside, "/enter", name="Eve", password="").status_code == 403
    assert not re.search("set-cookie", str(inside.get("/enter").headers), re.IGNORECASE)
