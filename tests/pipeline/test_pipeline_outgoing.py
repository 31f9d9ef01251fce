"""Calls to the newsroom's own systems: signed, once, retried, and never to where they must not go."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from digest.clock import StillClock
from digest.models.mail import EventKind
from digest.pipeline.hearing import hear
from digest.pipeline.outgoing import SIGNATURE, WAITS, Called, call_out, signature
from digest.pipeline.project import Project, open_project
from digest.settings import load_settings
from digest.store.schema import hook_calls
from sent_ledger import sent, told

K = EventKind


class Receiver:
    """A system of the newsroom's: answers with `statuses` in turn (200 when none is left) and keeps what it got."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.got: list[tuple[str, bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append((self.headers.get(SIGNATURE, ""), body))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.send_header("location", "http://127.0.0.1:9/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/in"

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for _, body in self.got for event in json.loads(body)["events"]]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def told_project(paper: Path, clock: StillClock, receiver: Receiver) -> Iterator[Callable[..., Project]]:
    """Opens the sample publication with a hook that leads to the receiver."""
    opened: list[Project] = []
    original = (paper / "digest.toml").read_text(encoding="utf-8")

    def made(more: str = "private = true", url: str = receiver.url, **environ: str) -> Project:
        hook = f'\n[[hooks]]\nurl = "{url}"\nsecret = {{ env = "HOOK" }}\n{more}\n'
        (paper / "digest.toml").write_text(original + (hook if url else ""), encoding="utf-8")
        secrets = {"HOOK": "s3cret"} | environ
        opened.append(open_project(load_settings(paper, {}), clock, secrets))
        return opened[-1]

    yield made
    for project in opened:
        project.store.database.engine.dispose()


def states(project: Project) -> dict[str, int]:
    with project.store.database.read() as connection:
        found = connection.scalars(select(hook_calls.c.state)).all()
    return {state: found.count(state) for state in sorted(set(found))}


def test_an_event_is_posted_once_signed_and_with_what_it_says(
    told_project: Callable[..., Project], receiver: Receiver, clock: StillClock
) -> None:
    project = told_project()
    first, _ = sent(project.store.database)
    hear(project, [told(K.BOUNCED, first, "sg:1", bounce="hard", reason="550 no")])
    assert call_out(project) == Called(taken=1)
    assert call_out(project) == Called()
    ((header, body),) = receiver.got
    stamp, _, code = header.partition(",v1=")
    assert stamp == f"t={int(clock().timestamp())}"
    assert hmac.compare_digest(
        code, hmac.new(b"s3cret", stamp[2:].encode() + b"." + body, hashlib.sha256).hexdigest()
    )
    assert signature("s3cret", body, clock()) == header
    content = json.loads(body)
    assert content["publication"] == project.settings.publication.id
    assert content["events"] == [
        {
            "at": "2026-11-24T07:01:00+00:00",
            "bounce": "hard",
            "delivery": first,
            "digest": "daily",
            "edition": "daily/2026-11-24",
            "email": "r0@reader.example",
            "id": "sg:1",
            "kind": "bounced",
            "machine": False,
            "proven": True,
            "reason": "550 no",
            "subscriber": int(first.rpartition("-")[2]),
        }
    ]


def test_many_events_go_in_few_calls_each_once(told_project: Callable[..., Project], receiver: Receiver) -> None:
    project = told_project('private = true\nevents = ["delivered"]')
    first, second = sent(project.store.database)
    hear(project, [told(K.DELIVERED, first, f"e{n}") for n in range(250)] + [told(K.DEFERRED, second)])
    assert call_out(project) == Called(taken=250)
    assert len(receiver.got) == 3
    assert len({event["id"] for event in receiver.events}) == 250


def test_a_call_that_fails_is_tried_again_ever_later_and_then_given_up(
    told_project: Callable[..., Project], receiver: Receiver, clock: StillClock
) -> None:
    project = told_project()
    first, _ = sent(project.store.database)
    hear(project, [told(K.DELIVERED, first)])
    receiver.statuses = [500, 302, 404, 429] + [503] * len(WAITS)
    problems = []
    for wait in WAITS:
        called = call_out(project)
        assert (called.taken, called.waiting, called.given_up) == (0, 1, 0)
        problems += called.problems
        clock.forward(timedelta(seconds=wait - 1))
        assert call_out(project) == Called()
        clock.forward(timedelta(seconds=1))
    called = call_out(project)
    assert (called.waiting, called.given_up) == (0, 1)
    assert states(project) == {"failed": 1}
    assert problems[:2] == [
        "127.0.0.1: HTTP 500",
        "127.0.0.1: answers with a redirect (HTTP 302), which is not followed",
    ]
    assert len({event["id"] for event in receiver.events}) == 1
    clock.forward(timedelta(days=31))
    call_out(project)
    assert states(project) == {}


def test_a_call_that_is_taken_later_is_over(
    told_project: Callable[..., Project], receiver: Receiver, clock: StillClock
) -> None:
    project = told_project()
    first, _ = sent(project.store.database)
    hear(project, [told(K.DELIVERED, first)])
    receiver.statuses = [500]
    assert call_out(project).waiting == 1
    clock.forward(timedelta(minutes=2))
    assert call_out(project) == Called(taken=1)
    assert states(project) == {"done": 1}


@pytest.mark.parametrize(
    ("more", "url", "problem"),
    [
        ("", "http://127.0.0.1:1/in", "must begin with https://"),
        ("", "https://127.0.0.1:1/in", "private network"),
        ("", "https://inner.example/in", "private network"),
        ("", "https://nowhere.example/in", "not known"),
        ("private = true", "http://127.0.0.1:1/in", "cannot be reached"),
        ("private = true", "ftp://127.0.0.1/in", "must begin with https://"),
        ("private = true", "http://[::1/in", "cannot be reached"),
    ],
    ids=range(7),
)
def test_a_hook_that_must_not_or_cannot_be_called_is_a_problem_in_words(
    told_project: Callable[..., Project], more: str, url: str, problem: str
) -> None:
    project = told_project(more, url)
    first, _ = sent(project.store.database)
    hear(project, [told(K.DELIVERED, first)])

    def look_up(host: str, _port: int) -> list[str]:
        if host == "nowhere.example":
            raise OSError("unknown")
        return ["10.0.0.7"]

    called = call_out(project, look_up=look_up)
    assert (called.taken, called.waiting) == (0, 1)
    assert problem in called.problems[0]
    assert "/in" not in called.problems[0]


def test_a_missing_secret_is_a_problem_in_words_and_nothing_is_posted(
    told_project: Callable[..., Project], receiver: Receiver
) -> None:
    project = told_project(HOOK="")
    first, _ = sent(project.store.database)
    hear(project, [told(K.DELIVERED, first)])
    assert "HOOK is not set" in call_out(project).problems[0]
    assert receiver.got == []


def test_events_for_a_hook_that_was_taken_away_are_given_up_and_said(
    told_project: Callable[..., Project], receiver: Receiver
) -> None:
    project = told_project()
    first, _ = sent(project.store.database)
    hear(project, [told(K.DELIVERED, first)])
    called = call_out(told_project(url=""))
    assert called.given_up == 1
    assert "no longer in [[hooks]]" in called.problems[0]
    assert receiver.got == []


def test_two_processes_do_not_post_the_same_event(told_project: Callable[..., Project], receiver: Receiver) -> None:
    project = told_project()
    first, _ = sent(project.store.database)
    hear(project, [told(K.DELIVERED, first, f"e{n}") for n in range(300)])
    threads = [threading.Thread(target=call_out, args=(project,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receiver.events) == 300


def test_the_check_that_the_documents_show_takes_what_is_ours_and_nothing_else() -> None:
    text = (Path(__file__).parents[2] / "docs" / "events.md").read_text(encoding="utf-8")
    shown: dict[str, Any] = {}
    exec(text.partition("```python\n")[2].partition("```")[0], shown)
    genuine, now = shown["genuine"], datetime.now(UTC)
    header = signature("s3cret", b"{}", now)
    assert genuine(header, b"{}", "s3cret")
    assert not genuine(header, b"{ }", "s3cret")
    assert not genuine(header, b"{}", "other")
    assert not genuine(signature("s3cret", b"{}", now - timedelta(hours=1)), b"{}", "s3cret")
    assert not genuine("", b"{}", "s3cret")
