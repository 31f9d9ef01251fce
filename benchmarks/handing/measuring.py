"""The measurements and how they are said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from handing import sink
from handing.mail import by_helpers, fresh_variants, messages

PEOPLE = 1000
CONNECTIONS = 4
ROUNDS = 5
READY = "official client, body ready as a dict"
WHOLE = "official client, body by its helpers each time"
OURS_READY = "digest, body ready"
OURS_WHOLE = "digest, body from messages each time"
OURS_WIDE = f"the same over {CONNECTIONS} connections"


def main(arguments: list[str]) -> None:
    """Measure, say it, and print the JSON object last."""
    seconds = 3.0 if "--quick" in arguments else 12.0
    from digest.send.sendgrid_payload import Account, body

    batch = messages(PEOPLE)
    figures: dict[str, float] = {}
    figures["body_1000_ms"] = round(1000 * _cpu(lambda _: body(batch, Account()), seconds), 2)
    fresh = fresh_variants(batch)
    first = _cpu(lambda one: body(one, Account()), seconds, lambda: next(fresh))
    figures["body_1000_first_ms"] = round(1000 * first, 2)
    figures["body_helpers_ms"] = round(1000 * _cpu(lambda _: json.dumps(by_helpers(batch)), seconds), 2)
    print(f"a body for {PEOPLE:,} readers, {len(body(batch, Account())):,} octets, CPU of one core")
    print(f"  digest            {figures['body_1000_ms']:8.2f} ms")
    print(f"  the first request {figures['body_1000_first_ms']:8.2f} ms, of a variant that was not seen before")
    print(f"  package's helpers {figures['body_helpers_ms']:8.2f} ms")
    with _server() as host:
        for people in (PEOPLE, 1):
            rates = _requests(host, batch[:people], seconds)
            print(f"requests for {people:,} readers each, a second, over TLS")
            for who, rate in rates.items():
                print(f"  {who:52} {rate:8.0f}  ({rate / rates[READY]:.1f} times)")
            figures[f"ratio_requests_{people}"] = round(rates[OURS_READY] / rates[READY], 2)
            figures[f"ratio_whole_{people}"] = round(rates[OURS_WHOLE] / rates[WHOLE], 2)
    figures["ratio_requests"] = min(figures["ratio_requests_1000"], figures["ratio_requests_1"])
    print(json.dumps(figures))


def _cpu(work: Callable[[Any], object], seconds: float, prepare: Callable[[], Any] = lambda: None) -> float:
    """The least CPU-seconds of `work` on what `prepare` gives, in many rounds: what other programs take of the
    processor's caches adds to the others, and is not ours."""
    spent: list[float] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until or len(spent) < 5:
        given = prepare()
        before = time.process_time()
        work(given)
        spent.append(time.process_time() - before)
    return min(spent)


def _requests(host: str, batch: list[Any], seconds: float) -> dict[str, float]:
    """Requests a second of the official client as it comes and of ours: with the body ready, and from messages."""
    from sendgrid import SendGridAPIClient

    from digest.send.sendgrid_client import client
    from digest.send.sendgrid_payload import Account, body
    from digest.send.sendgrid_transport import Pool

    octets = body(batch, Account())
    ready = json.loads(octets)
    pool = Pool(host, keep=CONNECTIONS)
    plain = SendGridAPIClient("SG.x", host=host).client.mail.send
    ours = client("SG.x", host, pool).client.mail.send
    ways: dict[str, Callable[[], Any]] = {
        READY: lambda: plain.post(request_body=ready),
        WHOLE: lambda: plain.post(request_body=by_helpers(batch)),
        OURS_READY: lambda: ours.post(request_body=octets),
        OURS_WHOLE: lambda: ours.post(request_body=body(batch, Account())),
    }
    found: dict[str, list[float]] = {who: [] for who in (*ways, OURS_WIDE)}
    # In turns, so that whatever else the machine does meets all alike.
    for _ in range(ROUNDS):
        for who, way in ways.items():
            found[who].append(_rate(way, seconds / ROUNDS))
        with ThreadPoolExecutor(CONNECTIONS) as crew:
            several = crew.map(lambda _: _rate(ways[OURS_WHOLE], seconds / ROUNDS), range(CONNECTIONS))
            found[OURS_WIDE].append(sum(several))
    pool.close()
    return {who: sorted(rates)[ROUNDS // 2] for who, rates in found.items()}


def _rate(work: Callable[[], Any], seconds: float) -> float:
    assert work().status_code == 202
    begun = time.monotonic()
    count = 0
    while time.monotonic() - begun < seconds:
        work()
        count += 1
    return count / (time.monotonic() - begun)


@contextmanager
def _server() -> Iterator[str]:
    """The host setting of a sink in a process of its own, whose certificate this process trusts."""
    with tempfile.TemporaryDirectory() as folder:
        key, chain = sink.certificate(Path(folder))
        os.environ["SSL_CERT_FILE"] = str(chain)
        command = [sys.executable, str(Path(sink.__file__)), str(key), str(chain)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own file
            assert process.stdout is not None
            try:
                yield f"https://localhost:{process.stdout.readline().strip()}"
            finally:
                process.kill()
