"""The archive over HTTP: what each address answers, and that nothing is sent twice to who has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digest.archive import places as at
from digest.clock import StillClock
from digest.pipeline.archiving import withdraw
from digest.pipeline.gather import gather
from digest.pipeline.naming import identify
from digest.pipeline.options import Options
from digest.pipeline.project import Project
from digest.pipeline.sending import make_ready, start
from digest.send import MemorySender
from digest.web.public.archive_pages import routes

TODAY, BEFORE = "daily/2026-11-25", "daily/2026-11-24"


@pytest.fixture
def sent(reopen: Callable[[], Project], clock: StillClock) -> Project:
    project = reopen()
    for _ in range(2):
        list(gather(project))
        sender = MemorySender()
        ready = make_ready(project, identify(project, "daily", sending=True), sender, None)
        list(start(project, ready, sender, Options(), lambda: False))
        clock.forward(timedelta(days=1))
    return project


@pytest.fixture
def client(sent: Project) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes(sent)), follow_redirects=False) as made:
        yield made


GIVEN = {
    at.LIST: "text/html",
    at.issue(TODAY): "text/html",
    at.topic("world"): "text/html",
    at.ATOM: "application/atom+xml",
    at.RSS: "application/rss+xml",
    at.SITEMAP: "application/xml",
    at.SHEET: "text/css",
}
NOT_THERE = ("daily/2020-01-01/", "topic/nothing/", "%2e%2e/%2e%2e/etc/passwd/", "x/")


def test_each_address_answers_once_and_is_kept(client: TestClient) -> None:
    for place, kind in GIVEN.items():
        first = client.get(f"/{place}")
        assert first.status_code == 200, place
        assert first.headers["content-type"].startswith(kind)
        assert "script-src" not in first.headers["content-security-policy"]
        again = client.get(f"/{place}", headers={"If-None-Match": f'W/{first.headers["etag"]}, "other"'})
        assert (again.status_code, again.content) == (304, b"")
        assert client.post(f"/{place}").status_code == 405
    for place in NOT_THERE:
        assert client.get(f"/archive/{place}").status_code == 404, place


def test_latest_leads_to_the_newest(client: TestClient, sent: Project) -> None:
    answer = client.get("/latest")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/{at.issue(TODAY)}")
    withdraw(sent, TODAY, "")
    assert client.get("/latest").headers["location"] == f"/{at.issue(BEFORE)}"


def test_a_withdrawn_edition_answers_410_with_its_reason(client: TestClient, sent: Project) -> None:
    withdraw(sent, BEFORE, "Its lead was wrong.")
    answer = client.get(f"/{at.issue(BEFORE)}")
    assert answer.status_code == 410
    assert "Its lead was wrong." in answer.text
