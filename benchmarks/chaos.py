"""Pull the plug, again and again: `benchmarks/chaos.py [--quick]`.

A publication with 10,000 readers is sent by the command itself, which is killed (SIGKILL) at a random moment and
started again, 50 times; once over SMTP and once over SendGrid, against stand-ins on this machine that hang up, hang,
put off and refuse, and that write down every message they take. After each round the ledger is compared with what
they wrote down. The last line is one JSON object: `rounds` (kills), `lost` (readers who should have got the edition
and did not), `twice` (readers who got it more than once) and `unknown` (readers whom the ledger itself names as
doubtful), over both transports.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

MORNING = datetime.fromisoformat("2026-11-24T07:00:00+05:30")
EDITION = "daily/2026-11-24"
READERS = 10_000
ROUNDS = 50
LONGEST = {"smtp": 0.8, "sendgrid": 3.0}


@dataclass
class Figures:
    """What came out, over one transport or several."""

    rounds: int = 0
    lost: int = 0
    twice: int = 0
    unknown: int = 0

    def add(self, other: Figures) -> None:
        self.rounds += other.rounds
        self.lost += other.lost
        self.twice += other.twice
        self.unknown += other.unknown


class _WayOut(BaseHTTPRequestHandler):
    """The page on which readers unsubscribe, which must answer before mail may leave."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


# --- the publication -----------------------------------------------------------------------------------------------


@dataclass
class Paper:
    """The publication that is sent, and how its command is run."""

    folder: Path
    environment: dict[str, str]
    now: datetime = MORNING
    log: Path = field(default_factory=Path)

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "digest", *words],
            cwd=self.folder,
            env=self.environment | {"DIGEST_NOW": self.now.isoformat()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def send(self) -> subprocess.Popen[str]:
        return self.start("--json", "-q", "send", "daily", "--yes", "--no-ingest", "--resume", "--wait", "0")

    def rows(self) -> list[tuple[str, str]]:
        """(address, state) of everyone, from the ledger."""
        import sqlite3

        connection = sqlite3.connect(self.folder / "var" / "digest.db")
        try:
            found = connection.execute("SELECT email, state FROM deliveries WHERE edition = ?", (EDITION,)).fetchall()
        finally:
            connection.close()
        return [(str(email), str(state)) for email, state in found]

    def taken(self) -> Counter[str]:
        """How often the other side took a message to each address."""
        return Counter(self.log.read_text().split()) if self.log.exists() else Counter()


def found_paper(folder: Path, readers: int) -> None:
    """The sample publication with so many readers, and today's edition as if its send had begun: its checks are
    behind it, since links to this machine, where the readers' pages are here, would never pass them."""
    from digest.clock import StillClock
    from digest.models.edition import EditionState
    from digest.pipeline.build import build, freeze
    from digest.pipeline.draft import draft
    from digest.pipeline.founding import found
    from digest.pipeline.gather import gather
    from digest.pipeline.naming import identify
    from digest.pipeline.project import open_project
    from digest.settings import load_settings
    from digest.store import editions
    from digest.store.schema import subscribers, subscriptions

    clock = StillClock(MORNING)
    found(folder, clock, {})
    project = open_project(load_settings(folder, {}), clock, {})
    list(gather(project))
    freeze(project, build(project, draft(project, identify(project, "daily", sending=True))), MORNING)
    at = MORNING.timestamp() - 86_400
    emails = [f"r{n}@d{n % 7}.example" for n in range(readers)]
    people = [
        {"id": 1000 + n, "email": e, "email_key": e, "language": "en", "attributes": {}, "joined": at, "name": ""}
        for n, e in enumerate(emails)
    ]
    rows = [{"subscriber": row["id"], "digest": "daily", "state": "active", "since": at} for row in people]
    with project.store.database.begin() as connection:
        editions.set_state(connection, EDITION, EditionState.SENDING, MORNING)
        connection.execute(subscribers.insert(), people)
        connection.execute(subscriptions.insert(), rows)
    project.store.database.engine.dispose()


@contextmanager
def other_side(transport: str, log: Path, seed: int) -> Iterator[str]:
    """The stand-in, running; its port or address."""
    words = [sys.executable, str(Path(__file__).with_name("chaos_sides.py")), transport, str(log), str(seed)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own file
    try:
        assert process.stdout
        where = process.stdout.readline().strip()
        if not where:
            raise SystemExit(f"the stand-in for {transport} did not start")
        yield where
    finally:
        process.kill()
        process.wait()


def settings(transport: str, where: str, page: str, rate: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DIGEST_")}
    chosen = {
        "PUBLICATION__BASE_URL": page,
        "DELIVERY__TRANSPORT": transport,
        "DELIVERY__RATE": f"{rate}/s",
        "DELIVERY__SMTP__PORT": where if transport == "smtp" else "25",
        "DELIVERY__SMTP__HOST": "127.0.0.1",
        "DELIVERY__SMTP__SECURITY": "none",
        "DELIVERY__SMTP__TIMEOUT": "2s",
        "DELIVERY__SENDGRID__HOST": where if transport == "sendgrid" else "https://api.sendgrid.com",
        "DELIVERY__SENDGRID__TIMEOUT": "5s",
    }
    return kept | {f"DIGEST_{name}": value for name, value in chosen.items()} | {"SENDGRID_API_KEY": "SG.chaos"}


# --- the rounds ----------------------------------------------------------------------------------------------------


def kill_once(paper: Paper, dice: random.Random, longest: float) -> bool:
    """Start, and pull the plug: mostly while messages leave, now and then before. Whether there was one to kill."""
    process = paper.send()
    assert process.stdout
    if dice.random() < 0.9:
        for line in process.stdout:
            if json.loads(line)["event"] in ("started", "resumed", "progress"):
                break
        time.sleep(dice.random() * longest)
    else:
        time.sleep(dice.random() * 1.5)
    killed = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return killed


def check(paper: Paper, total: int | None) -> int:
    """Everyone is in the ledger exactly once, whatever happened; how many that is."""
    addresses = Counter(address for address, _ in paper.rows())
    if addresses and max(addresses.values()) > 1:
        raise SystemExit("somebody is in the ledger twice")
    if total is not None and len(addresses) != total:
        raise SystemExit(f"the sum does not hold: {len(addresses)} instead of {total}")
    return len(addresses)


def finish(paper: Paper) -> None:
    """Send what is left, and what was put off, without pulling the plug."""
    for _ in range(40):
        process = paper.send()
        _, words = process.communicate(timeout=300)
        if process.returncode in (0, 5):
            return
        if process.returncode not in (1, 75):
            raise SystemExit(f"exit {process.returncode}: {words}")
        paper.now += timedelta(minutes=15)
    raise SystemExit("the send did not come to an end")


def weigh(paper: Paper) -> Figures:
    """Compare the ledger with what the other side took."""
    taken, rows = paper.taken(), paper.rows()
    found = Figures()
    found.twice = sum(1 for number in taken.values() if number > 1)
    for address, state in rows:
        got = taken[address] > 0
        found.unknown += state == "unknown"
        wrong = (state == "accepted" and not got) or state not in ("accepted", "unknown", "rejected")
        if wrong or (got and state == "rejected"):
            found.lost += 1
    if found.unknown > len(rows) * 0.9:
        raise SystemExit("nearly everyone is in doubt: this tells nothing")
    strangers = set(taken) - {address for address, _ in rows}
    if strangers:
        raise SystemExit(f"{len(strangers)} got mail who are not in the ledger")
    return found


def run(transport: str, *, readers: int, rounds: int, seed: int, say: bool = True) -> Figures:
    """All rounds over one transport."""
    dice = random.Random(seed)  # noqa: S311 - a fixed row of dice, not a secret
    with tempfile.TemporaryDirectory(prefix="digest-chaos-") as place:
        folder, log = Path(place) / "paper", Path(place) / "taken.log"
        found_paper(folder, readers)
        page = ThreadingHTTPServer(("127.0.0.1", 0), _WayOut)
        threading.Thread(target=page.serve_forever, daemon=True).start()
        try:
            with other_side(transport, log, seed) as where:
                # So fast that the last of the readers are left for the last of the rounds. A request to SendGrid
                # carries a second's worth, so its plug is pulled later.
                longest = LONGEST[transport]
                rate = max(int(readers / max(rounds, 1) / longest), 20)
                at = f"http://127.0.0.1:{page.server_address[1]}"
                paper = Paper(folder, settings(transport, where, at, rate), log=log)
                kills, total = 0, None
                for number in range(rounds * 2):
                    if kills == rounds:
                        break
                    kills += kill_once(paper, dice, longest)
                    paper.now += timedelta(seconds=30)
                    # Until the first run froze its readers there are none to count.
                    total = check(paper, total) or None
                    if say and number % 10 == 9:
                        states = Counter(state for _, state in paper.rows())
                        print(f"  {transport:<9} {kills:>3} kills  {dict(states)}", flush=True)
                paper.environment["DIGEST_DELIVERY__RATE"] = "1000/s"
                finish(paper)
                if total is not None:
                    check(paper, total)
                result = weigh(paper)
                result.rounds = kills
        finally:
            page.shutdown()
            page.server_close()
    if say:
        print(f"{transport}: {result}", flush=True)
    return result


def main(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="half as many kills over each transport")
    parser.add_argument("--readers", type=int, default=READERS)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="kills over each transport")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", choices=("smtp", "sendgrid"))
    given = parser.parse_args(words)
    rounds = min(given.rounds, ROUNDS // 2) if given.quick else given.rounds
    whole = Figures()
    for transport in ("smtp", "sendgrid"):
        if given.only in (None, transport):
            whole.add(run(transport, readers=given.readers, rounds=rounds, seed=given.seed))
    print(json.dumps({"rounds": whole.rounds, "lost": whole.lost, "twice": whole.twice, "unknown": whole.unknown}))


if __name__ == "__main__":
    main(sys.argv[1:])
