"""Fifty feeds at once, among them dead, slow, gone and unchanged ones: all are counted, and asked again politely."""

from __future__ import annotations

import os
import pty
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from command import NOW, Command

from digest.clock import StillClock
from digest.ingest import Answer
from digest.pipeline.founding import found
from digest.pipeline.gather import Gathered, gather
from digest.pipeline.project import Project, open_project
from digest.settings import load_settings
from local_site import LocalSite, local_site, rss

WHEN = datetime.fromisoformat(NOW) - timedelta(hours=1)
STAMP = "Tue, 24 Nov 2026 01:00:00 GMT"
KINDS = {
    "tagged": 34,
    "dated": 4,
    "plain": 4,
    "slow": 1,
    "gone": 2,
    "missing": 2,
    "broken": 1,
    "nofeed": 1,
    "dead": 1,
}
READABLE = ("tagged", "dated", "plain", "slow")


@pytest.fixture
def site() -> Iterator[LocalSite]:
    with local_site() as running:
        yield running


@pytest.fixture
def fifty(site: LocalSite, tmp_path: Path) -> Path:
    """A publication with fifty feeds on a local server, and one on a port where nobody listens."""
    folder = tmp_path / "fifty"
    found(folder, StillClock(WHEN), {}, empty=True)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
    names = [f"{kind}-{number}" for kind, count in KINDS.items() for number in range(count)]
    assert len(names) == 50
    others = threading.Event()

    def slow(headers: Mapping[str, str]) -> Answer:
        # answers only when others have been asked meanwhile: one after the other it would never come
        others.wait(15)
        return Answer(200, story("slow-0")) if others.is_set() else Answer(500)

    def meanwhile(headers: Mapping[str, str]) -> Answer:
        others.set()
        return Answer(200, story("plain-3"))

    def dated(name: str, headers: Mapping[str, str]) -> Answer:
        same = headers.get("if-modified-since") == STAMP
        return Answer(304 if same else 200, b"" if same else story(name), "", {"last-modified": STAMP})

    def story(name: str) -> bytes:
        return rss([f"News of {name}"], WHEN).replace("{url}", f"https://{name}.example").encode()

    for name in names:
        kind = name.partition("-")[0]
        if kind == "tagged":
            site.pages[f"/{name}"] = Answer(200, story(name), "", {"etag": f'"{name}"'})
        elif kind == "dated":
            site.pages[f"/{name}"] = lambda headers, name=name: dated(name, headers)
        elif kind == "plain":
            site.pages[f"/{name}"] = Answer(200, story(name))
        elif kind in ("gone", "broken"):
            site.pages[f"/{name}"] = Answer(410 if kind == "gone" else 500)
        elif kind == "nofeed":
            site.give(f"/{name}", "<rss><channel><item>")
    site.pages["/slow-0"], site.pages["/plain-3"] = slow, meanwhile
    written = "".join(
        f'[[sources]]\nname = "{n}"\nkind = "feed"\nurl = "{nowhere if n == "dead-0" else site.url}/{n}"\n'
        for n in sorted(names, key=lambda n: not n.startswith("slow"))
    )
    text = (folder / "digest.toml").read_text()
    start, end = text.index("[[sources]]"), text.index("[topics.news]")
    text = text[:start] + written + text[end:] + "\n[fetch]\nprivate_addresses = true\n"
    (folder / "digest.toml").write_text(text)
    return folder


def opened(folder: Path) -> Project:
    return open_project(load_settings(folder, {}), StillClock(datetime.fromisoformat(NOW)), {})


def by_kind(results: list[Gathered]) -> dict[str, list[Gathered]]:
    kinds: dict[str, list[Gathered]] = {}
    for result in results:
        kinds.setdefault(result.source.partition("-")[0], []).append(result)
    return kinds


def test_fifty_feeds_are_read_side_by_side_and_each_is_counted(fifty: Path, site: LocalSite) -> None:
    first = list(gather(opened(fifty)))
    assert Counter(r.source.partition("-")[0] for r in first) == KINDS
    for kind, results in by_kind(first).items():
        assert all((r.new, bool(r.failures)) == ((1, False) if kind in READABLE else (0, True)) for r in results), (
            kind
        )

    site.asked.clear()
    again = list(gather(opened(fifty)))
    for kind, results in by_kind(again).items():
        assert all(r.unchanged == (kind in ("tagged", "dated")) and not r.new and not r.changed for r in results), (
            kind
        )
    sent = {path.strip("/"): headers for path, headers in site.asked}
    for number in range(KINDS["tagged"]):
        assert sent[f"tagged-{number}"]["if-none-match"] == f'"tagged-{number}"'
    for number in range(KINDS["dated"]):
        assert sent[f"dated-{number}"]["if-modified-since"] == STAMP
    assert not any("if-none-match" in headers for path, headers in sent.items() if not path.startswith("tagged"))


def test_ingest_says_one_line_a_source_and_a_sum_that_adds_up(fifty: Path) -> None:
    digest = Command(fifty)
    said = digest("ingest")
    assert said.code == 0
    lines = said.err.splitlines()
    assert sum(1 for line in lines if line.lstrip().startswith(tuple(KINDS)) and line.startswith("  ")) == 50
    assert lines[-1] == "  43 sources read · 7 could not be read: 43 stories, 43 new"
    said = digest("ingest", "--source", "tagged-0", "--source", "gone-1")
    assert said.err.splitlines()[-1] == "  0 sources read · 1 unchanged · 1 could not be read: 0 stories, 0 new"

    listed = {row["name"]: row for row in digest("sources", "list", "--json").json}
    assert listed["tagged-0"]["state"] == "ok"
    assert listed["tagged-0"]["gave"] == 1
    assert datetime.fromisoformat(listed["tagged-0"]["last_success"]) == datetime.fromisoformat(NOW)
    assert listed["gone-1"]["failures"] == 2
    assert "410" in listed["gone-1"]["state"]
    assert listed["gone-1"]["last_success"] is None
    table = digest("sources", "list").out
    assert "failing (2 times)" in table

    tried = digest("sources", "test", "plain-0", "gone-0", "--json")
    assert tried.code == 1
    assert [(row["source"], row["stories"]) for row in tried.json] == [
        ("plain-0", ["News of plain-0"]),
        ("gone-0", []),
    ]
    said = digest("sources", "test", "plain-0")
    assert "1 story, 0 with takeaways, 0 with a picture, newest 24 Nov" in said.out


def test_a_terminal_shows_one_line_of_progress(fifty: Path) -> None:
    digest = Command(fifty)
    ours, theirs = pty.openpty()
    environment = digest.environment({"TERM": "xterm", "COLUMNS": "100"})
    environment.pop("NO_COLOR", None)
    running = subprocess.Popen(
        [sys.executable, "-m", "digest", "ingest"],
        cwd=fifty, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        try:
            while part := terminal.read(65_536):
                seen += part
        except OSError:
            pass  # a terminal whose last writer is gone ends with an error on Linux
    assert running.wait() == 0
    text = seen.decode()
    assert "reading the sources" in text
    assert "50/50" in text
    assert "43 stories, 43 new" in text
    assert "tagged-7" not in [line.split()[0] for line in text.splitlines() if line.strip()]
