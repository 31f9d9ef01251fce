"""`digest subscribers` and `digest segments`, as a person uses them."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from pathlib import Path

from command import Command

SUBSTACK = (
    "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\n"
    "ada@mail.example,true,2027-01-01,yearly,false,2025-01-02T03:04:05Z,\n"
    "bo@mail.example,false,,other,true,2025-01-02T03:04:05Z,\n"
    "not an address,false,,other,false,2025-01-02T03:04:05Z,\n"
)


def test_readers_come_in_are_looked_at_and_go_out(digest: Command, tmp_path: Path) -> None:
    path = tmp_path / "email_list.csv"
    path.write_text(SUBSTACK)
    planned = digest("subscribers", "import", str(path), "--digest", "daily", "--dry-run")
    assert planned.code == 0
    assert "Substack" in planned.out
    assert "email_disabled" in planned.out
    assert [line.split() for line in planned.out.splitlines() if "left" in line][-1] == ["1", "left"]
    assert digest("subscribers", "show", "ada@mail.example").code == 1

    done = digest("--json", "subscribers", "import", str(path), "--digest", "daily")
    assert (done.code, done.json["rows"], done.json["new"], done.json["failed"]) == (0, 3, 2, 1)
    assert Path(done.json["rejects"]).name == "email_list.rejected.csv"

    shown = digest("subscribers", "show", "ada@mail.example")
    assert shown.code == 0
    assert "yearly" in shown.out
    assert "active" in shown.out
    out = digest("subscribers", "export")
    states = {row["email"]: row["status"] for row in csv.DictReader(io.StringIO(out.out, newline=""))}
    assert (states["ada@mail.example"], states["bo@mail.example"]) == ("active", "left")
    file = tmp_path / "out.csv"
    assert digest("subscribers", "export", "--out", str(file)).code == 0
    with file.open(newline="") as stream:
        assert set(states) == {row["email"] for row in csv.DictReader(stream)}
    assert file.stat().st_mode & 0o077 == 0


def test_one_reader_is_added_suppressed_and_forgotten(digest: Command) -> None:
    added = digest("subscribers", "add", "Eve@mail.example", "--digest", "daily", "--name", "Eve", "--tag", "press")
    assert (added.code, "is a reader" in added.err) == (0, True)
    stands = digest("--json", "segments", "test", "eve@mail.example", "--digest", "daily")
    assert stands.code in (0, 1)
    assert set(stands.json) == {"digest", "admitted", "taken_by", "why_not"}
    assert digest("subscribers", "suppress", "eve@mail.example", "--reason", "asked by phone").code == 0
    barred = digest("segments", "test", "eve@mail.example", "--digest", "daily")
    assert (barred.code, "asked by phone" in barred.out) == (1, True)
    assert "eve@mail.example" in digest("subscribers", "list", "--suppressed").out
    unasked = digest("subscribers", "forget", "eve@mail.example")
    assert (unasked.code, "--yes" in unasked.err) == (2, True)
    assert digest("subscribers", "forget", "eve@mail.example", "--yes").code == 0
    assert "eve@mail.example" not in digest("subscribers", "list", "--suppressed").out
    again = digest("subscribers", "add", "eve@mail.example", "--digest", "daily")
    assert (again.code, "stays so" in again.err) == (3, True)


def test_a_segment_is_shown_with_its_people(digest: Command) -> None:
    shown = digest("--json", "segments", "show", "everyone", "--digest", "daily")
    assert shown.code == 0
    assert shown.json["people"] > 0
    counted = digest("--json", "segments", "count", "--digest", "daily").json
    assert set(counted) == {"digest", "segments", "overlaps", "nobody", "left_out"}
    assert digest("segments", "show", "nobody", "--digest", "daily").code == 2


def test_the_doctor_says_what_was_not_looked_at(digest: Command) -> None:
    found = digest("doctor", "--offline")
    assert "– DNS was not looked at" in found.out
    assert digest("doctor", "--from-address", "mail.example").code == 2


def test_a_reader_of_text_only_is_shown_as_one_and_counted(digest: Command) -> None:
    for name in ("ada", "eve"):
        added = digest("subscribers", "add", f"{name}@mail.example", "--digest", "daily", "--name", name)
        assert added.code == 0
    with closing(sqlite3.connect(digest.folder / "var" / "digest.db")) as store, store:
        store.execute("UPDATE subscribers SET plain = 1 WHERE email_key = 'ada@mail.example'")
    assert "text only" in digest("subscribers", "show", "ada@mail.example").out
    assert "text only" not in digest("subscribers", "show", "eve@mail.example").out
    (digest.folder / "audiences" / "everyone.toml").write_text('label = "Text"\nfilter = "text_only = yes"\n')
    for name, admitted in (("ada", True), ("eve", False)):
        stands = digest("--json", "segments", "test", f"{name}@mail.example", "--digest", "daily")
        assert stands.json["admitted"]["everyone"] is admitted
