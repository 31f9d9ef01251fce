"""Before it goes out: select, build, explain, check, doctor, config, and what a second reading adds."""

from __future__ import annotations

import json

from command import Command


def test_a_second_ingest_adds_nothing_and_the_next_day_does(digest: Command) -> None:
    assert digest("ingest", "--json").json[0]["new"] == 53
    again = digest("ingest", "--json").json[0]
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 53)
    tomorrow = Command(digest.folder, "2026-11-25T07:00:00+05:30")("ingest", "--json").json[0]
    assert tomorrow["new"] >= 12
    assert tomorrow["changed"] == 0


def test_a_changed_story_is_a_new_revision(digest: Command) -> None:
    digest("ingest")
    story = next((digest.folder / "sample" / "stories").glob("tue-*.md"))
    story.write_text(story.read_text().replace('\ntitle = "', '\ntitle = "Corrected: ', 1))
    assert digest("ingest", "--json").json[0]["changed"] >= 1
    corrected = [s for s in digest("stories", "list", "--json").lines if s["title"].startswith("Corrected: ")]
    assert [s["revision"] for s in corrected] == [2]


def test_the_plan_as_json_has_the_promised_shape(digest: Command) -> None:
    digest("ingest")
    plan = digest("select", "daily", "--segment", "business", "--json").json
    assert set(plan) == {"digest", "edition", "cut", "segment", "sections", "left_out"}
    assert plan["segment"] == "business"
    assert plan["cut"].endswith("+05:30")
    assert {s["name"] for s in plan["sections"]} <= {"lead", "business", "technology", "world", "latest"}
    for section in plan["sections"]:
        for pick in section["picks"]:
            assert set(pick) == {"story", "title", "score", "reasons"}
            assert pick["reasons"]
    assert all(left["reason"] for left in plan["left_out"])


def test_every_story_can_be_explained(digest: Command) -> None:
    digest("ingest")
    plan = digest("select", "daily", "--json").json
    picked = plan["sections"][0]["picks"][0]["story"]
    said = digest("explain", "daily", picked[:8], "--json").json
    assert said["where"] == "lead"
    assert said["reason"]
    left = plan["left_out"][0]["story"]
    assert digest("explain", "daily", left, "--json").json["where"] == "left out"
    assert digest("explain", "daily", "zzzzzzzz").code == 2


def test_the_same_edition_built_twice_is_the_same_bytes(digest: Command) -> None:
    digest("ingest")
    assert digest("build", "daily", "--out", "one").code == 0
    assert digest("build", "daily", "--out", "two").code == 0
    parts = {f"{s}.{kind}" for s in ("business", "deutsch", "everyone") for kind in ("eml", "html", "txt")}
    names = sorted(path.name for path in (digest.folder / "one").iterdir())
    assert set(names) == parts | {"manifest.json"}
    for name in names:
        assert (digest.folder / "one" / name).read_bytes() == (digest.folder / "two" / name).read_bytes(), name
    manifest = json.loads((digest.folder / "one" / "manifest.json").read_text())
    assert "unsubscribe_url" in manifest["variants"]["everyone"]["slots"]
    assert manifest["stories"]
    assert "{{unsubscribe_url}}" in (digest.folder / "one" / "everyone.html").read_text()
    assert "{{" not in (digest.folder / "one" / "everyone.eml").read_text()


def test_the_sample_paper_passes_its_checks(digest: Command) -> None:
    digest("ingest")
    said = digest("check", "daily", "--json")
    assert said.code == 0
    assert [finding for finding in said.json if finding["level"] == "error"] == []
    assert digest("doctor").code == 0
    assert digest("config", "check").code == 0


def test_doctor_says_what_is_wrong_and_how_to_mend_it(digest: Command) -> None:
    path = digest.folder / "digest.toml"
    path.write_text(path.read_text().replace('path = "sample/stories"', 'path = "elsewhere"'))
    said = digest("doctor")
    assert said.code == 3
    assert "the folder elsewhere is not there" in said.out
    said = digest("doctor", env={"DIGEST_DELIVERY__TRANSPORT": "sendgrid"})
    assert "SENDGRID_API_KEY" in said.out


def test_settings_are_shown_without_secrets(digest: Command) -> None:
    env = {"SMTP_PASSWORD": "hunter2", "DIGEST_DELIVERY__SMTP__PASSWORD": '{ env = "SMTP_PASSWORD" }'}
    said = digest("config", "show", env=env)
    assert said.code == 0
    assert "publication.name = The Ledger" in said.out
    assert "digests.daily.window = 24h" in said.out
    assert "hunter2" not in said.out
    assert "$SMTP_PASSWORD" in said.out


def test_segments_are_counted_first_match_wins(digest: Command) -> None:
    found = digest("segments", "count", "--json").json
    assert found["segments"] == {"deutsch": 3, "business": 3, "everyone": 4}
    assert {"segments": ["deutsch", "business"], "people": 1} in found["overlaps"]
    assert found["left_out"] == {"left": 1, "paused": 1}


def test_a_suppressed_reader_is_left_out_and_counted(digest: Command) -> None:
    email = digest("subscribers", "list", "--segment", "everyone", "--json").lines[0]["email"]
    assert digest("subscribers", "suppress", email, "--reason", "complained").code == 0
    last = digest("send", "daily", "--yes", "--json").lines[-1]
    assert (last["accepted"], last["suppressed"], last["total"]) == (9, 1, 10)
    assert "complained" in digest("status", "daily").out


def test_a_preview_without_the_extra_says_what_to_install(digest: Command) -> None:
    blocked = (
        "import sys; sys.modules['starlette'] = None; from digest.cli.app import run; sys.exit(run(['preview']))"
    )
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-c", blocked],
        cwd=digest.folder,
        env=digest.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "digest[web]" in done.stderr


def test_select_writes_a_file_to_edit_and_leaves_it_alone_afterwards(digest: Command) -> None:
    digest("ingest")
    path = digest.folder / "editions" / "daily-2026-11-24.toml"
    first = digest("select", "daily")
    assert first.code == 0
    assert "Written to editions/daily-2026-11-24.toml" in first.err
    text = path.read_text().replace('subject = "', 'subject = "By hand: ', 1)
    path.write_text(text)
    again = digest("select", "daily")
    assert "By hand: " in again.err
    assert path.read_text() == text
    assert digest("build", "daily").code == 0
    assert digest("check", "daily").code == 0
    assert path.read_text() == text
    assert digest("select", "daily", "--refresh").code == 0
    assert 'subject = "By hand: ' in path.read_text()


def test_a_typo_in_the_edition_file_stops_everything_and_writes_nothing(digest: Command) -> None:
    digest("ingest")
    digest("select", "daily")
    path = digest.folder / "editions" / "daily-2026-11-24.toml"
    text = path.read_text().replace('name = "world"', 'name = "wurld"', 1)
    path.write_text(text)
    line = text[: text.index('"wurld"')].count("\n") + 1
    for command in (("select", "daily"), ("build", "daily"), ("check", "daily"), ("send", "daily", "--yes")):
        said = digest(*command)
        assert said.code == 2, command
        assert f"daily-2026-11-24.toml:{line}" in said.err
        assert "did you mean world?" in said.err
    assert path.read_text() == text
    assert not (digest.folder / "var" / "outbox").exists()


def test_a_file_from_another_selection_is_stale(digest: Command) -> None:
    digest("ingest")
    digest("select", "daily")
    path = digest.folder / "editions" / "daily-2026-11-24.toml"
    path.write_text(path.read_text().replace('base = "', 'base = "f', 1))
    said = digest("send", "daily", "--yes")
    assert said.code == 6
    assert "--refresh" in said.err
    assert digest("select", "daily", "--refresh").code == 0
    assert digest("send", "daily", "--yes").code == 0


def test_a_plain_send_needs_no_file(digest: Command) -> None:
    said = digest("send", "daily", "--yes")
    assert said.code == 0
    assert "a fresh selection" in said.err
    assert not (digest.folder / "editions").exists()


def test_diff_says_what_differs(digest: Command) -> None:
    digest("ingest")
    assert digest("diff", "daily").code == 3
    digest("select", "daily")
    assert digest("approve", "daily", "--by", "Ann").code == 0
    assert "Nothing differs." in digest("diff", "daily").err
    story = digest("select", "daily", "--json").json["sections"][1]["picks"][0]
    digest("stories", "drop", story["story"][:8])
    found = digest("diff", "daily", "--json").json
    assert [one["story"] for one in found["removed"]] == [story["story"]]
    assert found["against"] == "daily/2026-11-24 as approved"
    assert f"- {'world 1':<14} " in digest("diff", "daily", "--against", "approved").out
    assert digest("diff", "daily", "--against", "last").code == 3
    assert digest("diff", "daily", "--against", "never").code == 2


def test_two_editors_at_once_lose_nothing(digest: Command) -> None:
    digest("ingest")
    digest("select", "daily")
    plan = digest("select", "daily", "--json").json
    latest = next(s for s in plan["sections"] if s["name"] == "latest")["picks"]
    one, two = (pick["story"] for pick in latest[:2])
    first = digest.start("stories", "pin", one, "daily", "--section", "lead")
    second = digest.start("stories", "drop", two, "daily")
    ends = [
        (process.wait(timeout=120), process.stderr.read() if process.stderr else "") for process in (first, second)
    ]
    for process in (first, second):
        if process.stderr:
            process.stderr.close()
    assert {code for code, _ in ends} <= {0, 6}
    assert all("changing the edition file" in said for code, said in ends if code == 6)
    text = (digest.folder / "editions" / "daily-2026-11-24.toml").read_text()
    lead = text.split('name = "lead"')[1].split("]")[0]
    assert (one in lead) == (ends[0][0] == 0)
    assert (two in text.split("drop = ")[1].split("]")[0]) == (ends[1][0] == 0)
    assert digest("build", "daily").code == 0
