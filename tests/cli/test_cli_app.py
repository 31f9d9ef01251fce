"""The command as a whole: quick to start, options anywhere, words for what it does not know."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from command import Command

from digest.cli.app import hoist

HEAVY = ("premailer", "sendgrid", "sqlalchemy", "jinja2", "mjml", "lxml", "httpx", "feedparser", "babel", "starlette")


@pytest.mark.parametrize("code", ["import digest", "import digest.cli.app"])
def test_nothing_heavy_is_imported_to_start(code: str) -> None:
    script = f"{code}\nimport sys\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_lists_every_command(tmp_path: Path) -> None:
    said = Command(tmp_path)("--help")
    assert said.code == 0
    wanted = "init ingest sources stories select build check preview test approve send status subscribers segments"
    for command in [*wanted.split(), "store", "doctor", "config", "explain"]:
        assert f"\n  {command} " in said.out
    assert max(len(line) for line in said.out.splitlines()) <= 80


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["send", "daily", "--json"], ["--json", "send", "daily"]),
        (["status", "--now", "x", "daily", "-q"], ["--now", "x", "-q", "status", "daily"]),
        (["select", "--project=p", "daily"], ["--project=p", "select", "daily"]),
        (["stories", "parse", "--", "--json"], ["stories", "parse", "--", "--json"]),
        (["send", "--now"], ["--now", "send"]),
    ],
)
def test_global_options_may_stand_anywhere(given: list[str], wanted: list[str]) -> None:
    assert hoist(given) == wanted


def test_unknown_words_are_a_usage_error_with_a_way_out(tmp_path: Path) -> None:
    said = Command(tmp_path)("sned")
    assert said.code == 2
    assert "sned" in said.err
    assert "--help" in said.err or "-h" in said.err


def test_a_moment_without_a_zone_is_refused(digest: Command) -> None:
    said = digest("select", "daily", "--now", "2026-11-24T07:00:00")
    assert said.code == 2
    assert "has no zone" in said.err


def test_bare_digest_says_where_things_stand_and_what_is_next(digest: Command) -> None:
    said = digest()
    assert said.code == 0
    assert "daily/2026-11-24" in said.out
    assert "not begun" in said.out
    assert "Next  digest send daily --dry-run" in said.out
    digest("send", "daily", "--yes")
    after = digest("--json").json
    assert after["digests"][0]["state"] == "sent"
    assert after["stories"] == 53


def test_what_is_printed_can_be_cut_off(digest: Command) -> None:
    digest("ingest")
    shell = f"{sys.executable} -m digest stories list --json | head -1"
    done = subprocess.run(
        shell, shell=True, cwd=digest.folder, env=digest.environment(), capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("{")
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
