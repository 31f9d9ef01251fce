"""Files of readers taken in: every row counted, refused rows named, and an interrupted import gone on with."""

from __future__ import annotations

import csv
import signal
import subprocess
import sys
import textwrap
import zipfile
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path

import pytest

from digest.errors import Stale, UsageError
from digest.pipeline import membership
from digest.pipeline.exporting import export_csv
from digest.pipeline.importing import BATCH, Imported, foresee, import_csv
from digest.pipeline.project import Project
from digest.store import people


@pytest.fixture
def project(reopen: Callable[[], Project]) -> Project:
    return reopen()


def write(path: Path, count: int, *, bad: tuple[int, ...] = (), start: int = 0) -> Path:
    """A file of readers; the rows with these numbers have no address."""
    with path.open("w") as file:
        file.write("email,name,topics,consent,city\n")
        for number in range(start, start + count):
            email = "nobody" if number in bad else f"reader{number}@mail.example"
            file.write(f"{email},Reader {number},world,2024-01-02 form,Delhi\n")
    return path


def taken(project: Project, path: Path, digest: str | None = "daily", **options: object) -> Imported:
    return deque(import_csv(project, path, digest, **options), maxlen=1).pop()  # type: ignore[arg-type]


def addresses(project: Project) -> set[str]:
    with project.store.database.read() as connection:
        return {person.email or "" for person, _ in people.listing(connection)}


def test_every_row_is_counted_once(project: Project, tmp_path: Path) -> None:
    path = write(tmp_path / "readers.csv", 20, bad=(3, 7))
    with path.open("a") as file:
        file.write("READER1@mail.example,Reader One,,,\n")
    done = taken(project, path)
    assert (done.rows, done.new, done.known, done.repeated, done.failed) == (21, 18, 0, 1, 2)
    again = taken(project, path)
    assert (again.new, again.known, again.repeated, again.failed) == (0, 18, 1, 2)


def test_refused_rows_are_written_beside_the_file(project: Project, tmp_path: Path) -> None:
    path = write(tmp_path / "readers.csv", 6, bad=(2, 4))
    with path.open("a") as file:
        file.write('=1+1@x,"=cmd()",unknown topic,,\n')
    done = taken(project, path)
    assert done.refused == tmp_path / "readers.rejected.csv"
    assert done.refused.stat().st_mode & 0o077 == 0
    with done.refused.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["email"]) for row in rows] == [("4", "nobody"), ("6", "nobody"), ("8", "'=1+1@x")]
    assert rows[0]["reason"] == "the address has no @"


def test_no_file_is_made_when_nothing_is_refused(project: Project, tmp_path: Path) -> None:
    assert taken(project, write(tmp_path / "readers.csv", 3)).refused is None
    assert [path.name for path in tmp_path.glob("*.csv")] == ["readers.csv"]


def test_a_file_that_is_no_list_of_refused_rows_is_not_written_over(project: Project, tmp_path: Path) -> None:
    (tmp_path / "readers.rejected.csv").write_text("precious")
    with pytest.raises(UsageError, match="another file is there"):
        taken(project, write(tmp_path / "readers.csv", 3, bad=(1,)))
    assert (tmp_path / "readers.rejected.csv").read_text() == "precious"


def test_an_interrupted_import_goes_on_where_it_was(project: Project, tmp_path: Path) -> None:
    path = write(tmp_path / "readers.csv", 2 * BATCH + 10, bad=(5, BATCH + 5))
    running = import_csv(project, path, "daily")
    first = next(running)
    assert (first.rows, first.failed) == (BATCH, 1)
    running.close()  # type: ignore[attr-defined]
    done = taken(project, path)
    assert done.resumed == BATCH
    assert (done.rows, done.new, done.repeated, done.failed) == (2 * BATCH + 10, 2 * BATCH + 8, 0, 2)
    assert done.refused is not None
    with done.refused.open(newline="") as file:
        assert [row["line"] for row in csv.DictReader(file)] == ["7", str(BATCH + 7)]
    assert taken(project, path).resumed == 0


def test_another_file_or_another_digest_begins_at_its_start(project: Project, tmp_path: Path) -> None:
    path = write(tmp_path / "readers.csv", BATCH + 10)
    next(import_csv(project, path, "daily"))
    assert taken(project, write(tmp_path / "other.csv", BATCH + 20)).resumed == 0
    assert taken(project, path, afresh=True).resumed == 0


def test_an_import_that_was_killed_goes_on_and_counts_as_if_it_had_not_been(
    paper: Path, reopen: Callable[[], Project], tmp_path: Path
) -> None:
    total = 12 * BATCH
    path = write(tmp_path / "readers.csv", total, bad=(1, total - 1))
    code = """
        import sys
        from datetime import datetime
        from pathlib import Path
        from digest.clock import StillClock
        from digest.pipeline.importing import import_csv
        from digest.pipeline.project import open_project
        from digest.settings import load_settings
        clock = StillClock(datetime.fromisoformat("2026-11-24T07:00:00+05:30"))
        project = open_project(load_settings(Path(sys.argv[1]), {}), clock, {})
        for done in import_csv(project, Path(sys.argv[2]), "daily"):
            print(done.rows, flush=True)
    """
    run = [sys.executable, "-c", textwrap.dedent(code), str(paper), str(path)]
    with subprocess.Popen(run, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(3):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    project = reopen()
    before = len(addresses(project))
    done = taken(project, path)
    assert 3 * BATCH <= done.resumed < total
    assert (done.rows, done.failed, done.repeated) == (total, 2, 0)
    assert done.new == total - 2
    assert len(addresses(project)) == before + total - done.resumed - (1 if done.resumed else 2)


def test_two_imports_of_one_file_at_once_are_refused(project: Project, tmp_path: Path) -> None:
    path = write(tmp_path / "readers.csv", BATCH + 10)
    running = import_csv(project, path, "daily")
    next(running)
    with pytest.raises(Stale, match="importing"):
        taken(project, path)
    running.close()  # type: ignore[attr-defined]


MAILCHIMP = "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,LEID,EUID,TAGS"


def mailchimp(path: Path) -> Path:
    def lines(*names: str, more: str = "") -> str:
        return "".join(f"{name}@mail.example,{name},,2,2020-01-02 03:04:05,1,x,{more}\n" for name in names)

    with zipfile.ZipFile(path, "w") as made:
        made.writestr("subscribed_members_export_1.csv", f"{MAILCHIMP}\n{lines('ada', 'bo', 'cy')}")
        made.writestr(
            "unsubscribed_members_export_1.csv", f"{MAILCHIMP},UNSUB_TIME\n{lines('bo', more=',2024-01-01 00:00:00')}"
        )
        made.writestr(
            "cleaned_members_export_1.csv", f"{MAILCHIMP},CLEAN_TIME\n{lines('cy', more=',2024-01-01 00:00:00')}"
        )
    return path


def test_another_systems_archive(project: Project, tmp_path: Path) -> None:
    done = taken(project, mailchimp(tmp_path / "export.zip"))
    assert (done.rows, done.new, done.suppressed) == (5, 3, 1)
    states = {
        name: [held.state.value for held in membership.show(project, f"{name}@mail.example").subscriptions]
        for name in ("ada", "bo", "cy")
    }
    assert states == {"ada": ["active"], "bo": ["left"], "cy": ["left"]}
    (barred,) = membership.show(project, "cy@mail.example").barred
    assert (barred.reason, barred.at.year) == ("bounced", 2024)


def test_a_dry_run_tells_all_and_stores_nothing(project: Project, tmp_path: Path) -> None:
    before = addresses(project)
    found = foresee(project, mailchimp(tmp_path / "export.zip"), "daily")
    assert (found.rows, found.become, found.refused) == (5, Counter(active=3, left=1, bounced=1), {})
    assert [file.origin for file in found.files] == ["Mailchimp"] * 3
    bad = foresee(project, write(tmp_path / "readers.csv", 4, bad=(1,)), "daily")
    assert (bad.become, bad.refused) == ({"active": 3}, {"the address has no @": 1})
    assert addresses(project) == before
    assert not (tmp_path / "readers.rejected.csv").exists()


def test_what_is_exported_is_what_is_imported(
    project: Project, tmp_path: Path, paper: Path, reopen: Callable[[], Project]
) -> None:
    taken(project, mailchimp(tmp_path / "export.zip"))
    taken(project, write(tmp_path / "readers.csv", 3))

    def exported() -> list[dict[str, str]]:
        path = tmp_path / "out.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            number = export_csv(project, stream)
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert number == len({row["email"] for row in rows})
        return rows

    first = exported()
    cy = next(row for row in first if row["email"] == "cy@mail.example")
    assert (cy["status"], cy["status_since"]) == ("bounced", "2024-01-01T00:00:00+00:00")
    reader = next(row for row in first if row["email"] == "reader0@mail.example")
    assert reader["consent"].endswith(" form")
    done = taken(project, tmp_path / "out.csv", None)
    assert (done.new, done.failed) == (0, 0)
    assert exported() == first


def test_a_forgotten_reader_goes_out_of_the_refused_rows_and_stays_out(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "readers.csv"
    path.write_text("email,topics\nAda@mail.example,no such topic\nbo@mail.example,no such topic\n")
    refused = taken(project, path).refused
    assert refused is not None
    membership.add(project, "ada@mail.example", digest="daily")
    assert membership.forget(project, "ada@mail.example") == membership.Forgotten(True, 1)
    assert "ada" not in refused.read_text().lower()
    assert "bo@mail.example" in refused.read_text()
    path.write_text("email\nada@mail.example\n")
    done = taken(project, path)
    assert (done.new, done.kept_out) == (0, 1)
    assert "ada@mail.example" not in addresses(project)
    assert membership.add(project, "ada@mail.example", digest="daily").kept_out == 1
    assert membership.show(project, "ada@mail.example").barred[0].reason == "forgotten"


def test_an_address_that_was_nobodys_can_be_kept_out_too(project: Project, tmp_path: Path) -> None:
    membership.suppress(project, "cy@mail.example", "asked")
    assert membership.forget(project, "cy@mail.example") == membership.Forgotten(False, 0)
    assert "cy@mail.example" not in {listed.email for listed in membership.suppressed(project)}
    assert membership.show(project, "cy@mail.example").barred
