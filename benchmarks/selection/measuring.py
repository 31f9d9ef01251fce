"""The whole run: ingest, choosing, personal lists and memory, in words and as one JSON line."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from selection import choosing, ingesting, reading

STORIES, READERS = 1_000_000, 1_000_000
SOME_STORIES, SOME_READERS = 300_000, 150_000
FEW = 10_000


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Choosing stories: speed and memory.")
    parser.add_argument("--quick", action="store_true", help="less of all; ends within ten minutes on two cores")
    parser.add_argument("--readers", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="digest-bench-") as name:
        if options.readers:
            print(json.dumps(reading.remember(Path(name), options.readers)))
            return
        print(json.dumps(_all(Path(name), quick=options.quick)))


def _all(folder: Path, *, quick: bool) -> dict[str, float]:
    began = time.monotonic()
    # Memory is measured in processes of their own, the large one beside what follows.
    readers, stories = (SOME_READERS, SOME_STORIES) if quick else (READERS, STORIES)
    many = _readers(readers)
    few = _said(_readers(FEW))
    print(
        f"Readers' lists, {FEW:,} readers: peak {few['peak']:.0f} MB, {few['rate']:,.0f} readers a CPU-s in the store"
    )
    picked = reading.measure(100_000 if quick else 1_000_000)
    print("\nA list for each of many readers, 50 topics, 1 to 10 chosen, 30 events had (lists a CPU-s)")
    _table(picked, "{:,.0f}")
    placed = ingesting.measure(folder, 3 if quick else 10)
    print("\nNew stories, title and lead, eight topics by rules and model, 4,000 at a time (stories a CPU-s)")
    _table(placed, "{:,.0f}")
    database = choosing.fill(folder, stories)
    size = sum(file.stat().st_size for file in folder.glob("million.db*")) / 1e6
    print(
        f"\nAn edition of five topics from {stories:,} stories of 60 days, {size:,.0f} MB of SQLite (median ms, wall)"
    )
    chosen = choosing.measure(database, 300 if quick else 2_000)
    _table({name: value for name, value in chosen.items() if not name.endswith((" cpu", " p95"))}, "{:,.2f}")
    print(f"  the heads: {chosen['heads cpu']:.2f} ms of CPU, p95 {chosen['heads p95']:.2f} ms")
    most = _said(many)
    growth = most["peak"] - few["peak"]
    print(f"\nReaders' lists, {readers:,} readers: peak {most['peak']:.0f} MB, {growth:+.1f} MB")
    print(f"Took {time.monotonic() - began:,.0f} s on {os.cpu_count()} cores\n")
    return {
        "choose_p50_ms": round(chosen["heads"], 3),
        "ingest_stories_per_cpu_s": round(placed["the same, and kept in the store"]),
        "personal_plans_per_cpu_s": round(picked["picked from the shelves"]),
        "memory_growth_mb": round(growth, 1),
    }


def _table(found: dict[str, float], form: str) -> None:
    for name, value in found.items():
        print(f"  {name:44} {form.format(value):>14}", flush=True)


def _readers(number: int) -> subprocess.Popen[str]:
    script = Path(__file__).resolve().parents[1] / "select.py"
    command = [sys.executable, str(script), "--readers", str(number)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own script


def _said(process: subprocess.Popen[str]) -> dict[str, float]:
    output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(process.returncode)
    found: dict[str, float] = json.loads(output.splitlines()[-1])
    return found
