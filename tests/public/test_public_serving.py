"""`digest serve` as a process: it answers, does its rounds, and ends in good order."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from public_paper import EDITION, NOW, token, words

from digest.clock import StillClock
from digest.errors import DigestError, UsageError
from digest.models.edition import LEAD, EditionState
from digest.models.people import Recipient
from digest.pipeline import letters, signing_up
from digest.pipeline.giving import Giver
from digest.pipeline.keeping import from_json
from digest.pipeline.project import Project
from digest.store import editions, people
from digest.web.public import serve
from digest.web.public.counts import Counts
from digest.web.public.forms import TooSlow, read_form
from digest.web.public.journal import Journal
from digest.web.public.rounds import Round, keep_doing, usual


def test_it_answers_sends_letters_and_ends_when_asked(folder: Path, project: Project) -> None:
    command = [sys.executable, "-m", "digest", "--project", folder, "--now", NOW.isoformat(), "serve", "--port", "0"]
    signing_up.ask(project, "served@reader.example", "daily", "en", "Yes.")
    with subprocess.Popen([str(part) for part in command], stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        said = ""
        while not (found := re.search(r"(http://127\.0\.0\.1:\d+)/join", said)):
            line = server.stderr.readline()
            assert line, said
            said += line
        try:
            with httpx.Client(base_url=found[1], timeout=20) as client:
                assert client.get("/health").text == "ok\n"
                assert client.get("/ready").status_code == 200
                answer = client.post(f"/u/{token(project, 'u')}", data={"List-Unsubscribe": "One-Click"})
                assert (answer.status_code, answer.content) == (200, b"")
                for _ in range(300):
                    if 'digest_letters{state="accepted"} 1' in client.get("/metrics").text:
                        break
                else:
                    pytest.fail("no letter was sent")
        finally:
            server.send_signal(signal.SIGTERM)
        rest = server.stderr.read()
        assert server.wait(20) in (0, -signal.SIGTERM)
    events = [json.loads(line)["event"] for line in rest.splitlines() if line.startswith("{")]
    assert events[0] == "started"
    assert events[-1] == "stopped"
    assert "served@reader.example" not in rest
    assert len(list((folder / "var" / "outbox" / "letters").rglob("*.eml"))) == 1


def test_a_port_that_is_taken_or_none_is_said(project: Project) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(DigestError, match=f"port {port} cannot be opened"):
            serve(project, host="127.0.0.1", port=port, say=print, write=print)
    with pytest.raises(UsageError, match="70000 is no port"):
        serve(project, host="127.0.0.1", port=70000, say=print, write=print)


def test_a_round_that_fails_is_written_down_and_done_again(clock: StillClock) -> None:
    lines: list[str] = []
    counts = Counts()
    tries: list[int] = []

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()

        def work() -> None:
            tries.append(1)
            if len(tries) == 1:
                raise DigestError("the relay does not answer", hint="look at it")
            if len(tries) == 2:
                raise ValueError("reader@reader.example")
            loop.call_soon_threadsafe(stop.set)

        await keep_doing(Round("letters", 0.001, work), stop, Journal(lines.append, clock), counts)

    asyncio.run(run())
    assert len(tries) == 3
    assert [json.loads(line)["event"] for line in lines] == ["round failed", "round broke"]
    assert "reader@reader.example" not in "".join(lines)
    assert 'digest_rounds_total{result="done",round="letters"} 1' in counts.text({})


def test_the_usual_rounds_can_all_be_done(project: Project) -> None:
    rounds = usual(project)
    assert {one.name for one in rounds} == {"letters", "mailboxes", "tidy"}
    for one in rounds:
        one.do()


def test_a_body_that_does_not_arrive_is_not_waited_for() -> None:
    from starlette.requests import Request

    async def never() -> Any:
        await asyncio.Event().wait()

    request = Request({"type": "http", "method": "POST", "headers": [], "path": "/"}, never)

    async def run() -> None:
        with pytest.raises(TooSlow):
            await read_form(request, patience=0.001)

    asyncio.run(run())


def test_what_the_welcome_brought_is_not_in_the_next_personal_edition(project: Project, guest: Any) -> None:
    from public_paper import bodies, mails

    guest.post("/join", data={"email": "new@reader.example", "digest": "daily"})
    letters.send_due(project)
    text = bodies(mails(project, "letters/2026-11-24/confirm")[0])[1]
    assert "You are in" in words(guest.post("/j/" + text.partition("/j/")[2].split()[0]).text)
    with project.store.database.begin() as connection:
        found = people.find(connection, "new@reader.example")
        kept = editions.load(connection, EDITION)
        assert found is not None
        assert kept is not None
        own = {name: from_json(doc) for name, doc in editions.kept_personal(connection, EDITION).items()}
        # The same pool, as if it were tomorrow's.
        next_one = replace(kept, id="daily/2026-11-25", date="2026-11-25", state=EditionState.DRAFT)
        editions.save(connection, next_one)

    def given() -> set[str]:
        recipient = Recipient("d-1", found.id, "new@reader.example", "", "everyone", "en")
        giver = Giver(next_one, own, kept.cut - timedelta(days=7))
        with project.store.database.begin() as connection:
            # The lead is the edition's, whatever a reader had before.
            listed = giver.give(connection, [recipient])["d-1"].listed
            return {cluster for section, _, cluster in listed if section != LEAD}

    before = given()
    assert len(before) > 3
    assert letters.send_due(project).accepted == 1
    assert not given() & before
