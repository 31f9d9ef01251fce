"""`digest send` as an editor on deadline meets it: once, resumable, and clear about every refusal."""

from __future__ import annotations

import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from command import Command


def mails(folder: Path) -> list[Path]:
    return sorted((folder / "var" / "outbox").rglob("*.eml"))


def crowd(digest: Command, number: int) -> None:
    rows = "".join(f"r{n}@reader.example,daily,active\n" for n in range(number))
    (digest.folder / "crowd.csv").write_text("email,digests,status\n" + rows)
    assert digest("-q", "subscribers", "import", "crowd.csv").code == 0


def until_mails(folder: Path, number: int, process: subprocess.Popen[str]) -> None:
    """Wait for a running send to have written so many mails."""
    for _ in range(6000):
        if len(mails(folder)) >= number:
            return
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.01)
    raise AssertionError("the send does not get on")


def test_the_main_job_twice(digest: Command) -> None:
    first = digest("send", "daily", "--yes")
    assert first.code == 0, first.err
    assert len(mails(digest.folder)) == 10
    assert "a fresh selection" in first.err
    assert "index.html" in first.err
    assert "Next" in first.err
    for line in first.err.splitlines():
        assert len(line) <= 80 or "/" in line, line
    before = {path: path.stat().st_mtime_ns for path in mails(digest.folder)}
    second = digest("send", "daily", "--yes")
    assert second.code == 0
    assert "daily/2026-11-24 is complete: nothing was sent." in second.err
    assert {path: path.stat().st_mtime_ns for path in mails(digest.folder)} == before


def test_the_mails_are_whole_and_each_for_one_reader(digest: Command) -> None:
    digest("send", "daily", "--yes")
    readers = set()
    for path in mails(digest.folder):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        readers.add(mail["To"].addresses[0].addr_spec)
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
        for part in mail.iter_parts():
            content = part.get_content()
            assert "{{" not in content
            assert "https://ledger.example/u/u." in content
    assert len(readers) == 10


def test_json_is_one_event_a_line_and_ends_with_the_sum(digest: Command) -> None:
    said = digest("send", "daily", "--yes", "--json")
    last = said.lines[-1]
    assert last["event"] == "finished"
    assert (last["total"], last["accepted"], last["remaining"]) == (10, 10, 0)
    assert {
        "run",
        "planned",
        "deferred",
        "rejected",
        "unknown",
        "suppressed",
        "skipped",
        "expired",
        "seconds",
    } <= set(last)


def test_seven_days_bring_seven_different_full_editions(digest: Command) -> None:
    stories: list[set[str]] = []
    subjects = set()
    for day in range(24, 31):
        today = replace(digest, now=f"2026-11-{day}T07:30:00+05:30")
        said = today("send", "daily", "--yes", "--json")
        assert said.code == 0, said.err
        assert said.lines[-1]["accepted"] == 10
        plan = today("select", f"daily@2026-11-{day}", "--json").json
        picked = {pick["story"] for section in plan["sections"] for pick in section["picks"]}
        assert len(picked) >= 10
        assert {"lead", "world", "business"} <= {section["name"] for section in plan["sections"]}
        stories.append(picked)
        subjects.add(mails_subject(today, day))
    assert len(set.union(*stories)) == sum(len(one) for one in stories)
    assert len(subjects) == 7


def mails_subject(digest: Command, day: int) -> str:
    folder = digest.folder / "var" / "outbox" / "daily" / f"2026-11-{day}" / "everyone"
    mail = message_from_bytes(next(folder.glob("*.eml")).read_bytes(), policy=policy.default)
    return str(mail["Subject"])


def test_killed_in_mid_send_and_resumed_everyone_has_exactly_one_mail(digest: Command) -> None:
    crowd(digest, 1200)
    for done in (150, 500):
        process = digest.start("send", "daily", "--yes")
        until_mails(digest.folder, done, process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        status = digest("status", "daily", "--json").json
        assert status["total"] == 1210
        assert status["accepted"] < 1210
    assert digest("send", "daily", "--yes", "--resume").code == 0
    status = digest("status", "daily", "--json").json
    assert (status["accepted"], status["unknown"], status["remaining"]) == (1210, 0, 0)
    names = [path.name for path in mails(digest.folder)]
    assert len(names) == len(set(names)) == 1210
    leftovers = [
        p for p in (digest.folder / "var" / "outbox").rglob("*") if p.is_file() and p.suffix not in (".eml", ".html")
    ]
    assert leftovers == []


def test_ctrl_c_stops_after_the_messages_in_flight_and_says_how_to_go_on(digest: Command) -> None:
    crowd(digest, 1500)
    process = digest.start("send", "daily", "--yes")
    until_mails(digest.folder, 100, process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "go on with: digest send daily@2026-11-24 --resume" in err
    status = digest("status", "daily", "--json").json
    assert status["accepted"] == len(mails(digest.folder))
    assert status["intent"] == status["claimed"] == 0
    assert digest("send", "daily", "--yes", "--resume").code == 0
    assert len(mails(digest.folder)) == 1510


def test_a_full_disk_loses_nothing(digest: Command) -> None:
    """A limit on the size of files stands in for a full disk: no mail fits, so none is left half written."""
    digest("ingest")

    def tiny() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    shutil.copytree(digest.folder / "var", digest.folder / "kept")
    done = subprocess.run(
        [sys.executable, "-m", "digest", "send", "daily", "--yes", "--no-ingest"],
        cwd=digest.folder,
        env=digest.environment() | {"SQLITE_TMPDIR": str(digest.folder)},
        preexec_fn=tiny,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (1, 75), done.stderr
    assert len(done.stderr.split("✗")) == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert mails(digest.folder) == []
    again = digest("send", "daily", "--yes", "--no-ingest")
    assert again.code == 0, again.err
    assert len(mails(digest.folder)) == 10


def test_a_dry_run_prints_the_plan_and_sends_nothing(digest: Command) -> None:
    said = digest("send", "daily", "--dry-run")
    assert said.code == 0
    assert "4 people in both business and everyone: business takes them" in said.err
    assert "Left out: 1 left · 1 paused" in said.err
    assert "Dry run: nothing was sent." in said.err
    assert mails(digest.folder) == []
    assert digest("send", "daily", "--dry-run", "--json").json["recipients"] == {
        "deutsch": 3,
        "business": 3,
        "everyone": 4,
    }


def test_an_unexpected_audience_is_refused(digest: Command) -> None:
    said = digest("send", "daily", "--yes", "--expect", "500~5%")
    assert said.code == 3
    assert "10 people" in said.err
    assert digest("send", "daily", "--yes", "--expect", "11~10%").code == 0


def test_mail_that_leaves_needs_a_person_or_yes_and_a_way_out(digest: Command) -> None:
    env = {"DIGEST_DELIVERY__TRANSPORT": "smtp", "DIGEST_DELIVERY__SMTP__SECURITY": "none"}
    asked = digest("send", "daily", env=env)
    assert asked.code == 2
    assert "--yes" in asked.err
    refused = digest("send", "daily", "--yes", env=env | {"DIGEST_PUBLICATION__BASE_URL": "https://news.invalid"})
    assert refused.code == 3
    assert "nobody could unsubscribe" in refused.err
    status = digest("status", "daily", "--json")
    assert status.json["total"] == 0


def test_without_a_story_nothing_is_sent_and_it_says_what_to_do(digest: Command) -> None:
    for path in (digest.folder / "sample" / "stories").glob("*.md"):
        path.unlink()
    said = digest("send", "daily", "--yes")
    assert said.code == 3
    assert "there is no story to send" in said.err
    assert mails(digest.folder) == []


def test_an_approval_that_is_wanted_is_waited_for(digest: Command) -> None:
    env = {"DIGEST_DIGESTS__DAILY__APPROVAL": "true"}
    refused = digest("send", "daily", "--yes", env=env)
    assert refused.code == 3
    assert "is not approved" in refused.err
    assert digest("approve", "daily", "--by", "mara", env=env).code == 0
    assert digest("send", "daily", "--yes", "--no-ingest", env=env).code == 0


def test_a_test_goes_to_oneself_and_counts_for_nobody(digest: Command) -> None:
    digest("ingest")
    said = digest("test", "daily", "--to", "me@press.example", "--segment", "everyone")
    assert said.code == 0, said.err
    (path,) = mails(digest.folder)
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert mail["To"].addresses[0].addr_spec == "me@press.example"
    assert "/u/preview" in str(mail["List-Unsubscribe"])
    assert digest("status", "daily", "--json").json["total"] == 0


@pytest.mark.parametrize(
    "words", [("send", "nope"), ("send", "daily@2026-13-01"), ("send", "daily", "--rate", "fast")]
)
def test_wrong_words_are_a_usage_error(digest: Command, words: tuple[str, ...]) -> None:
    said = digest(*words)
    assert said.code == 2
    assert "Traceback" not in said.err


def test_a_day_that_was_never_prepared_is_old_news(digest: Command) -> None:
    said = digest("send", "daily@2026-11-20", "--yes")
    assert said.code == 3
    assert "old news is not sent" in said.err
