"""The other sides of `chaos.py`: `chaos_sides.py smtp|sendgrid LOG SEED`, a process of its own, since it must outlive
the sender. It prints where it listens, and writes the address of every message that it takes into LOG."""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

# What SendGrid answers to a wrong key or a wrong request: it stops the send, as it should.
NO_FAULT_OF_THE_LINE = ("bad-key", "forbidden", "bad-request", "too-large")


def serve_smtp(log: Path, seed: int) -> None:
    """A relay that takes mail, now and then not, and sometimes takes it and does not say so."""
    from digest.send.fake_smtp import DROP, KEEP_THEN_DROP, FakeRelay, Taken

    dice = random.Random(seed)  # noqa: S311 - a fixed row of dice, not a secret

    def script(faults: Mapping[str, float]) -> list[str]:
        names = [*faults, ""]
        weights = [*faults.values(), 1 - sum(faults.values())]
        return dice.choices(names, weights, k=40_000)

    class Relay(FakeRelay):
        def keep(self, taken: Taken) -> int:
            with self._lock:
                out.write(f"{taken.recipient}\n")
                out.flush()
            return 1

    faults = {
        "end": script({KEEP_THEN_DROP: 0.001, DROP: 0.001, "451 4.3.0 try again": 0.004}),
        "rcpt": script({"450 4.2.0 mailbox busy": 0.004, "550 5.1.1 no such mailbox": 0.002}),
        "connect": script({"421 4.3.2 too busy": 0.02}),
    }
    with log.open("a") as out, Relay(faults) as relay:
        print(relay.port, flush=True)
        threading.Event().wait()


def serve_sendgrid(log: Path, seed: int) -> None:
    """A SendGrid that is often too busy, fails, hangs, or resets the connection after it took the mail."""
    from digest.send.fake_sendgrid import FakeMail, FakeSendGrid, Fault

    dice = random.Random(seed)  # noqa: S311 - a fixed row of dice, not a secret
    usual = [fault for fault in Fault if fault.value == "none"]
    others = [
        fault
        for fault in Fault
        if fault not in usual and fault.value not in ("bad-key", "forbidden", "bad-request", "too-large")
    ]
    faults = [dice.choice(others) if dice.random() < 0.05 else usual[0] for _ in range(20_000)]
    lock = threading.Lock()

    def heard(mail: FakeMail) -> None:
        with lock:
            out.write(f"{mail.to}\n")
            out.flush()

    with log.open("a") as out, FakeSendGrid(faults, heard=heard) as fake:
        print(fake.url, flush=True)
        threading.Event().wait()


def main(words: Sequence[str]) -> None:
    transport, log, seed = words
    {"smtp": serve_smtp, "sendgrid": serve_sendgrid}[transport](Path(log), int(seed))


if __name__ == "__main__":
    main(sys.argv[1:])
