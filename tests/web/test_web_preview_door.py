"""Who may look at the preview, and what every answer carries."""

from __future__ import annotations

import pytest
from web_preview_paper import PORT, TOKEN, Visit

from digest.pipeline.project import Project
from digest.web.preview import app

PAGES = ("/", "/e/daily", "/e/daily@2026-11-24", "/frame/daily@2026-11-24/everyone", "/preview.css", "/nowhere")


@pytest.mark.parametrize("path", [*PAGES, "/eml/daily@2026-11-24/everyone.eml"])
def test_nothing_is_shown_without_the_link(untouched: Project, visit: Visit, path: str) -> None:
    answer = visit(untouched, inside=False).get(path)
    assert answer.status_code == 403
    assert "printed in the terminal" in answer.text
    assert "set-cookie" not in answer.headers
    assert "Ledger" not in answer.text


def test_the_link_opens_a_session_and_leaves_no_token_behind(untouched: Project, visit: Visit) -> None:
    client = visit(untouched, inside=False)
    answer = client.get(f"/e/daily@2026-11-24?width=768&t={TOKEN}&segment=deutsch")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/e/daily@2026-11-24?width=768&segment=deutsch"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert TOKEN not in cookie
    assert client.get(answer.headers["location"]).status_code == 200


def test_the_link_leads_to_the_edition_that_was_asked_for(untouched: Project, visit: Visit) -> None:
    client = visit(untouched, inside=False, start="/e/daily@2026-11-24")
    assert client.get(f"/?t={TOKEN}").headers["location"] == "/e/daily@2026-11-24"


def test_the_link_never_leads_to_another_site(untouched: Project, visit: Visit) -> None:
    client = visit(untouched, inside=False)
    location = client.get(f"http://127.0.0.1:{PORT}//elsewhere.example/?t={TOKEN}").headers["location"]
    assert location.startswith("/")
    assert not location.startswith("//")


def test_the_link_works_once_and_the_terminal_gets_a_fresh_one(untouched: Project, visit: Visit) -> None:
    told: list[str] = []
    shown = app(untouched, token=TOKEN, port=PORT, tell=told.append)
    first, second = visit(of=shown), visit(of=shown, inside=False)
    assert first.get(f"/?t={TOKEN}").status_code == 303
    assert not told
    assert second.get("/?t=guessed").status_code == 403
    assert not told
    refused = second.get(f"/?t={TOKEN}")
    assert refused.status_code == 403
    fresh = told[0].rpartition("?t=")[2]
    assert fresh not in refused.text
    assert second.get(f"/?t={fresh}").status_code == 303
    assert second.get("/").status_code == 200


def test_looking_at_the_link_without_opening_it_does_not_use_it_up(untouched: Project, visit: Visit) -> None:
    client = visit(untouched, inside=False)
    assert client.head(f"/?t={TOKEN}").status_code == 403
    assert client.get(f"/?t={TOKEN}").status_code == 303


def test_a_session_is_worth_nothing_in_another_run(untouched: Project, visit: Visit) -> None:
    before = visit(untouched)
    after = visit(untouched, inside=False)
    after.cookies.update(before.cookies)
    assert after.get("/").status_code == 403


@pytest.mark.parametrize(
    "host", ["news.example", f"news.example:{PORT}", "127.0.0.1", "127.0.0.1:80", f"127.0.0.1.example:{PORT}", ""]
)
def test_other_names_for_this_machine_are_refused(untouched: Project, visit: Visit, host: str) -> None:
    client = visit(untouched)
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "only to this machine" in answer.text


def test_localhost_is_this_machine(untouched: Project, visit: Visit) -> None:
    client = visit(untouched, inside=False)
    assert client.get(f"http://localhost:{PORT}/?t={TOKEN}").status_code == 303


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("inside", [True, False])
def test_pages_are_opened_and_forms_sent_and_nothing_else(
    untouched: Project, visit: Visit, method: str, inside: bool
) -> None:
    answer = visit(untouched, inside=inside).request(method, "/e/daily@2026-11-24")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("path", [*PAGES, "/e/daily?view=nonsense", "/e/weekly", "/?t=wrong"])
def test_every_answer_is_guarded(untouched: Project, visit: Visit, path: str, inside: bool) -> None:
    headers = visit(untouched, inside=inside).get(path).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'self'" in policy
    scripts = [rule for rule in policy.split("; ") if rule.startswith("script-src")]
    assert scripts == ([] if inside and path.startswith("/frame") else ["script-src 'self'"])


def test_reading_the_head_gives_the_same_headers(untouched: Project, visit: Visit) -> None:
    client = visit(untouched)
    whole, head = client.get("/e/daily@2026-11-24"), client.head("/e/daily@2026-11-24")
    assert head.status_code == 200
    assert head.headers["content-security-policy"] == whole.headers["content-security-policy"]
