"""Steering a send from another terminal, and reading about it afterwards."""

from __future__ import annotations

import csv
import io
import json
import time
from html.parser import HTMLParser

import pytest
from command import Command


def crowd(digest: Command, number: int) -> None:
    rows = "".join(f"r{n}@reader.example,daily,active\n" for n in range(number))
    (digest.folder / "crowd.csv").write_text("email,digests,status\n" + rows)
    assert digest("-q", "subscribers", "import", "crowd.csv").code == 0


def test_pause_rate_resume_and_the_report(digest: Command) -> None:
    crowd(digest, 390)
    process = digest.start("send", "daily", "--yes", "--rate", "20/s", "--wait", "0")
    for _ in range(600):
        if list((digest.folder / "var" / "outbox").rglob("*.eml")):
            break
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.05)
    paused = digest("pause", "daily")
    assert paused.code == 0, paused.err
    _, words = process.communicate(timeout=30)
    assert process.returncode == 75, words
    assert "digest resume daily@2026-11-24" in words
    status = digest("status", "daily", "--json").json
    assert (status["total"], status["paused"]) == (400, True)
    assert 0 < status["accepted"] < 400
    assert status["planned"] + status["accepted"] == 400
    again = digest("send", "daily", "--yes")
    assert again.code == 75
    assert "is paused: nothing was sent" in again.err
    assert digest("rate", "daily", "1000/s").code == 0
    assert digest("resume", "daily").code == 0
    told = digest("report", "daily", "--format", "json").json
    assert told["counts"]["accepted"] == told["counts"]["total"] == 400
    assert sum(sum(states.values()) for states in told["segments"].values()) == 400
    assert sum(row["total"] for row in told["domains"]) == 400
    rows = list(csv.DictReader(io.StringIO(digest("report", "daily", "--format", "csv").out)))
    assert {"table": "counts", "name": "accepted", "detail": "", "number": "400"} in rows
    page = digest("report", "daily", "--format", "html").out
    reader = HTMLParser()
    reader.feed(page)
    assert page.count("<table>") == page.count("<caption>") >= 3
    assert "Accepted by the mail server" in page
    assert "400" in digest("report", "daily").out


def test_cancel_is_for_good_and_asks_first(digest: Command) -> None:
    assert digest("ingest").code == 0
    assert digest("select", "daily").code == 0
    assert digest("cancel", "daily").code == 2
    assert digest("cancel", "daily", "--yes").code == 0
    said = digest("send", "daily", "--yes")
    assert said.code == 7
    assert "was cancelled: nothing was sent" in said.err


def test_an_hour_is_kept_by_whoever_sends_it(digest: Command) -> None:
    said = digest("send", "daily", "--yes", "--at", "07:45", "--wait", "0")
    assert said.code == 75, said.err
    assert "is scheduled for 24 Nov 07:45" in said.err
    assert digest("status", "daily", "--json").json["state"] == "scheduled"
    early = digest("send", "daily", "--yes", "--resume", "--wait", "0")
    assert early.code == 75
    late = Command(digest.folder, "2026-11-24T07:46:00+05:30")
    assert late("send", "daily", "--yes").code == 0
    assert late("status", "daily", "--json").json["accepted"] == 10


def test_a_countdown_before_the_first_message(digest: Command) -> None:
    said = digest("send", "daily", "--yes", "--undo", "1s", "--json")
    assert said.code == 0, said.err
    assert "takes it back" in said.err
    assert [line["event"] for line in said.lines[:2]] == ["undo", "started"]
    json.dumps(said.lines)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("send", "daily", "--yes", "--at", "06:00"), 2),
        (("send", "daily", "--yes", "--at", "soon"), 2),
        (("send", "daily", "--yes", "--at", "2026-11-25T07:00"), 3),
        (("pause", "daily"), 3),
        (("rate", "daily", "fast"), 2),
        (("report", "weekly-that-is-not"), 2),
    ],
)
def test_what_cannot_be_asked_is_said(digest: Command, words: tuple[str, ...], code: int) -> None:
    said = digest(*words)
    assert said.code == code, said.err
    assert "Traceback" not in said.err
