"""How fast readers come in, are counted and go out: a file of a million into the store, a segment of them, an export.

Beside it, in the same run on the same file: the plain way, `csv.DictReader`, one look-up and one or two inserts a row
straight through the database's driver, in one transaction, without checking anything. `import_growth_mb` is how much
more memory the import of the whole file takes at its highest than that of a twentieth of it, each in a process of its
own. Times are by the clock; `_cpu_s` by CPU time. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import deque
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from digest.clock import StillClock
from digest.pipeline.audience import admitted, reach
from digest.pipeline.exporting import export_csv
from digest.pipeline.importing import import_csv
from digest.pipeline.project import Project, open_project
from digest.settings import load_settings

NOW = datetime.fromisoformat("2026-11-24T07:00:00+05:30")
TOML = """[publication]
id = "ledger"
name = "The Ledger"
base_url = "https://news.example"
from = "The Ledger <hello@news.example>"
postal_address = "1 Press Lane, Delhi 110001"
language = "en"
timezone = "Asia/Kolkata"

[topics.world]
label = "World"

[topics.business]
label = "Business"

[digests.daily]
segments = ["readers"]
"""
FILTER = "status = active and language = en and topics has world and attr.city = Delhi and joined > 2024-03-01"


def publication(folder: Path) -> Project:
    """An empty publication with one digest and one segment."""
    (folder / "audiences").mkdir(parents=True)
    (folder / "digest.toml").write_text(TOML)
    (folder / "audiences" / "readers.toml").write_text(f"label = \"Readers\"\nfilter = '{FILTER}'\n")
    return opened(folder)


def opened(folder: Path) -> Project:
    return open_project(load_settings(folder, {}), StillClock(NOW), {})


def write(path: Path, people: int) -> Path:
    """A file such as a newsroom has: names, languages, topics, tags, consent with its date, two columns of its own;
    one row in a thousand is broken and one in five hundred stands there before."""
    with path.open("w", encoding="utf-8") as file:
        file.write("email,name,language,topics,tags,joined,consent,status,city,plan\n")
        for n in range(people):
            number = n // 2 if n % 500 == 499 else n
            email = "no address" if n % 1000 == 7 else f"reader{number}@mail{number % 97}.example"
            day = f"2024-{1 + n // 7 % 12:02d}-{1 + n % 28:02d}"
            file.write(
                f"{email},Reader {number},{('en', 'de', 'fr', '')[n % 4]},"
                f"{('world', 'business;world', '')[n % 3]},{('vip', '', 'press;vip')[n % 3]},{day},"
                f"{day} sign-up form,{'left' if n % 50 == 3 else 'active'},"
                f"{('Delhi', 'Berlin', 'Paris')[n % 3]},{n % 5}\n"
            )
    return path


def imported(folder: Path, path: Path) -> dict[str, Any]:
    """Import a file into a new publication; run in a process of its own, for its memory."""
    project = publication(folder)
    wall, cpu = time.perf_counter(), time.process_time()
    done = deque(import_csv(project, path), maxlen=1).pop()
    return {
        "rows": done.rows,
        "new": done.new,
        "failed": done.failed,
        "seconds": time.perf_counter() - wall,
        "cpu_s": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def apart(folder: Path, path: Path) -> dict[str, Any]:
    """`imported` in another process."""
    run = [sys.executable, __file__, "--import", str(folder), str(path)]
    told = subprocess.run(run, check=True, capture_output=True, text=True).stdout  # noqa: S603 - ourselves
    found: dict[str, Any] = json.loads(told.splitlines()[-1])
    return found


def plainly(folder: Path, path: Path, most: int) -> dict[str, float]:
    """The plain way, with the first rows of the file, into the same tables."""
    publication(folder).store.database.engine.dispose()
    wall, cpu = time.perf_counter(), time.process_time()
    rows = 0
    with closing(sqlite3.connect(folder / "var" / "digest.db")) as connection, path.open(newline="") as file:
        connection.execute("PRAGMA synchronous=FULL")
        for row in csv.DictReader(file):
            if rows == most:
                break
            rows += 1
            key = row["email"].lower()
            known = connection.execute("SELECT id FROM subscribers WHERE email_key = ?", (key,)).fetchone()
            attributes = json.dumps({"city": row["city"], "plan": row["plan"]})
            tags = "," + row["tags"].replace(";", ",") + ","
            joined = datetime.fromisoformat(row["joined"]).timestamp()
            if known:
                connection.execute("UPDATE subscribers SET name = ? WHERE id = ?", (row["name"], known[0]))
                continue
            made = connection.execute(
                "INSERT INTO subscribers (email, email_key, name, language, tags, attributes, joined)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (row["email"], key, row["name"], row["language"], tags, attributes, joined),
            )
            held = (made.lastrowid, "daily", row["joined"], "import", row["consent"], "")
            consent = connection.execute(
                'INSERT INTO consents (subscriber, digest, "at", how, wording, version) VALUES (?, ?, ?, ?, ?, ?)',
                held,
            )
            connection.execute(
                "INSERT INTO subscriptions (subscriber, digest, state, topics, consent, since)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (made.lastrowid, "daily", row["status"], row["topics"], consent.lastrowid, joined),
            )
        connection.commit()
    return {"rows_per_s": rows / (time.perf_counter() - wall), "rows_per_cpu_s": rows / (time.process_time() - cpu)}


def counted(project: Project) -> dict[str, float]:
    """How long it takes to count a segment, and to count what a send would reach; the best of three."""
    found: dict[str, float] = {}
    for name in ("count_ms", "reach_ms"):
        best = float("inf")
        for _ in range(3):
            start = time.perf_counter()
            people = admitted(project, "readers", "daily")[1] if name == "count_ms" else reach(project, "daily").total
            best = min(best, time.perf_counter() - start)
        found[name] = best * 1000
        found["people"] = people
    return found


def main() -> None:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="100,000 readers instead of a million")
    parser.add_argument("--import", dest="only", nargs=2, metavar=("FOLDER", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        print(json.dumps(imported(Path(options.only[0]), Path(options.only[1]))))
        return
    people = 100_000 if options.quick else 1_000_000
    with tempfile.TemporaryDirectory(prefix="digest-readers-") as place:
        folder = Path(place)
        small = apart(folder / "small", write(folder / "small.csv", people // 20))
        path = write(folder / "readers.csv", people)
        print(f"{people:,} rows, {path.stat().st_size / 1e6:.0f} MB", flush=True)
        whole = apart(folder / "whole", path)
        print(f"imported {whole['new']:,}, {whole['failed']:,} refused, in {whole['seconds']:.1f} s", flush=True)
        naive = plainly(folder / "plain", path, people // 4)
        project = opened(folder / "whole")
        count = counted(project)
        print(f"counted a segment of {count['people']:,.0f}: {count['count_ms']:.0f} ms", flush=True)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start, cpu = time.perf_counter(), time.process_time()
        with (folder / "out.csv").open("w", encoding="utf-8", newline="") as stream:
            exported = export_csv(project, stream)
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    result = {
        "import_rows_per_s": round(whole["rows"] / whole["seconds"]),
        "import_growth_mb": round(whole["peak_mb"] - small["peak_mb"], 1),
        "count_ms": round(count["count_ms"], 1),
        "export_rows_per_s": round(exported / seconds),
        "import_rows_per_cpu_s": round(whole["rows"] / whole["cpu_s"]),
        "naive_rows_per_s": round(naive["rows_per_s"]),
        "naive_rows_per_cpu_s": round(naive["rows_per_cpu_s"]),
        "reach_ms": round(count["reach_ms"], 1),
        "export_rows_per_cpu_s": round(exported / cpu),
        "export_growth_mb": round(grown, 1),
        "rows": whole["rows"],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
