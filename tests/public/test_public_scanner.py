"""Machines that follow every link, guess tokens and send junk: nobody's record changes, and nothing breaks."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from public_paper import EDITION, NOW, READER, everything, links, mails, opened, state, token
from starlette.routing import Route

from digest.clock import StillClock
from digest.pipeline import letters, reader_links
from digest.pipeline.project import Project
from digest.web.public import app

PURPOSES = ("u", "p", "r", "f", "c", "o")
RESTS = {"r": f"/{EDITION}", "f": f"/{EDITION}", "c": f"/{EDITION}/x", "o": f"/{EDITION}.gif"}
# What a machine may say about a mail is an event; everything that is about a person stands in the other tables.
EVENTS = "events"


@pytest.fixture(scope="module")
def site(sent: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, Any]]:
    """A publication that no test of this module may change, and a visitor to it."""
    import shutil

    folder = tmp_path_factory.mktemp("scanned") / "ledger"
    shutil.copytree(sent, folder)
    project = opened(folder, StillClock(NOW))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from starlette.testclient import TestClient
    client = TestClient(
        app(project, write=lambda _: None, ticks=lambda: 0.0), base_url="https://news.example", follow_redirects=False
    )
    yield project, client
    client.close()
    project.store.database.engine.dispose()


def test_a_scanner_that_follows_every_link_of_every_mail_changes_nobody(project: Project, guest: Any) -> None:
    guest.post("/join", data={"email": "fresh@reader.example", "digest": "daily"})
    guest.post(f"/p/{token(project, 'p')}", data={"do": "address", "email": "moved@reader.example"})
    letters.send_due(project)
    before = everything(project, EVENTS)
    followed = 0
    one_a_segment = [next(iter(mails(project, f"{EDITION}/{name}"))) for name in ("deutsch", "business", "everyone")]
    for mail in (*one_a_segment, *mails(project, "letters")):
        for link in links(mail):
            for method in ("HEAD", "GET", "GET"):
                assert guest.request(method, link or "/").status_code in (200, 302), link
                followed += 1
    assert followed > 100
    assert everything(project, EVENTS) == before
    assert {row[2] for row in everything(project)["events"]} == {"clicked", "opened"}


def test_every_token_is_worth_something_for_one_purpose_only(site: tuple[Project, Any]) -> None:
    project, guest = site
    before = everything(project)
    for purpose in PURPOSES:
        held = token(project, purpose)
        for other in (*PURPOSES, "j", "a"):
            if other == purpose:
                continue
            rest = RESTS.get(other, "")
            assert guest.get(f"/{other}/{held}{rest}").status_code == 404
            if other not in ("r", "c", "o"):
                assert guest.post(f"/{other}/{held}{rest}", data={"do": "leave"}).status_code == 404
    assert everything(project) == before


def test_a_reader_reaches_nobody_elses_record(site: tuple[Project, Any]) -> None:
    project, guest = site
    before = everything(project)
    for purpose in PURPOSES:
        mine = token(project, purpose).split(".")
        for number in ("1", "5", str(READER + 1), "999999999999999999999", "-1", "04", "٤", "4 "):
            forged = ".".join([mine[0], number, *mine[2:]])
            rest = RESTS.get(purpose, "")
            for method in ("GET", "POST"):
                answer = guest.request(method, f"/{purpose}/{forged}{rest}", data={"do": "leave", "answer": "yes"})
                assert answer.status_code in (404, 405), forged
    assert everything(project) == before


def test_confirming_links_work_for_their_own_letter_only(project: Project, guest: Any) -> None:
    from datetime import timedelta

    guest.post(f"/p/{token(project, 'p')}", data={"do": "address", "email": "moved@reader.example"})
    letters.send_due(project)
    later = NOW + timedelta(days=1)
    row = next(row for row in everything(project)["letters"] if row[1] == "address")
    before = everything(project)
    for subscriber in (1, 2, READER + 1):
        link = reader_links.confirming(project, "a", subscriber, row[0], later).removeprefix("https://news.example")
        assert guest.post(link).status_code == 410
        link = reader_links.confirming(project, "j", subscriber, row[0], later).removeprefix("https://news.example")
        assert guest.post(link).status_code == 410
    link = reader_links.confirming(project, "a", READER, row[0], later)
    longer = link.removeprefix("https://news.example").replace(str(int(later.timestamp())), "9999999999")
    assert guest.post(longer).status_code == 404
    assert everything(project) == before


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    purpose=st.sampled_from(PURPOSES),
    change=st.one_of(
        st.integers(0, 60).map(lambda at: lambda text: text[:at]),
        st.tuples(st.integers(0, 50), st.characters(exclude_characters="/?#%")).map(
            lambda pair: lambda text: text[: pair[0]] + pair[1] + text[pair[0] + 1 :]
        ),
        st.text(max_size=80).map(lambda other: lambda _: other.replace("/", "")),
    ),
)
def test_no_changed_token_opens_anything(
    site: tuple[Project, Any], purpose: str, change: Callable[[str], str]
) -> None:
    project, _ = site
    right = token(project, purpose)
    changed = change(right)
    found = reader_links.opened(project, purpose, changed)
    assert found is None or changed == right


ROOMS = (
    *PURPOSES,
    *("j", "a", "i", "join", "lost", "health", "ready", "metrics", "robots.txt", "site.css"),
    *("archive", "latest", "archive/feed.atom", "archive/feed.rss", "archive/sitemap.xml", "archive/archive.css", ""),
)
JUNK = st.text(alphabet=st.characters(codec="utf-8"), max_size=40)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    room=st.sampled_from(ROOMS),
    purpose=st.sampled_from((*PURPOSES, "x", "preview")),
    rest=st.one_of(st.sampled_from(["", "/forget", "/data.json", *RESTS.values()]), JUNK),
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]),
    query=st.dictionaries(st.sampled_from(["lang", "embed", "digest", "t"]), JUNK, max_size=3),
    kind=st.sampled_from(
        [
            "",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "text/xml",
        ]
    ),
    body=st.one_of(
        st.binary(max_size=200),
        st.dictionaries(st.sampled_from(["do", "email", "topics", "pause", "name"]), JUNK, max_size=4).map(
            lambda fields: "&".join(f"{name}={value}" for name, value in fields.items()).encode()
        ),
    ),
    language=st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=30),
)
def test_no_request_breaks_anything(
    site: tuple[Project, Any],
    room: str,
    purpose: str,
    rest: str,
    method: str,
    query: dict[str, str],
    kind: str,
    body: bytes,
    language: str,
) -> None:
    from urllib.parse import quote

    project, guest = site
    # Readers who were never there act on nothing, so that the publication stays as it is.
    held = project.signer.sign(purpose, 10_000, "daily") if purpose in PURPOSES else purpose
    path = f"/{room}" + (f"/{held}" if len(room) == 1 else "") + quote(rest, safe="/")
    headers = {"accept-language": language, "x-forwarded-for": language} | ({"content-type": kind} if kind else {})
    answer = guest.request(method, path, params=query, content=body, headers=headers)
    assert answer.status_code < 500, (method, path)
    assert "set-cookie" not in answer.headers


def test_every_route_is_one_that_the_fuzzer_knows(site: tuple[Project, Any]) -> None:
    _, guest = site
    rooms = {route.path.split("/")[1] for route in guest.app.routes if isinstance(route, Route)}
    assert len(rooms) > 15
    assert rooms - {"hooks"} <= set(ROOMS)


def test_a_huge_body_is_turned_away(site: tuple[Project, Any]) -> None:
    project, guest = site
    for address in (f"/p/{token(project, 'p')}", "/join", f"/f/{token(project, 'f')}/{EDITION}"):
        kind = {"content-type": "application/x-www-form-urlencoded"}
        assert guest.post(address, content=b"name=" + b"x" * 10_000_000, headers=kind).status_code == 413

        def pieces() -> Iterator[bytes]:
            for _ in range(100):
                yield b"x" * 1000

        assert guest.post(address, content=pieces(), headers=kind).status_code == 413
    assert state(project)["state"] == "active"
