"""How fast an edition leaves over SMTP, through the whole of `pipeline.deliver`: addressing, ledger, state, sending.

Beside it, against the same sink and in the same run: Postfix's C load generator `smtp-source`, the standard library's
`smtplib` in ten threads and `aiosmtplib` on ten connections (these three send octets that are ready and keep no
state), and the naive way: Jinja, MJML, premailer, `email` and `smtplib` for each recipient. The sink only looks for
the final dot (`smtp_sink.py`). Rates are medians of rounds in which each takes its turn. The last line printed is one
JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import resource
import shutil
import smtplib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from digest.clock import StillClock

HERE = Path(__file__).resolve().parent
MORNING = datetime.fromisoformat("2026-11-24T07:00:00+05:30")
SIZE = 70_000
CONNECTIONS = 10
BODY = b"Subject: x\r\n\r\n" + (b"x" * 70 + b"\r\n") * (SIZE // 72)


# --- the child: one send, alone in its process ----------------------------------------------------------------


def paper(folder: Path, readers: int) -> None:
    """A founded publication with so many readers, its stories read."""
    from digest.pipeline.founding import found
    from digest.pipeline.gather import gather
    from digest.pipeline.importing import import_csv
    from digest.pipeline.project import open_project
    from digest.settings import load_settings

    clock = StillClock(MORNING)
    found(folder, clock, {})
    project = open_project(load_settings(folder, {}), clock, {})
    list(gather(project))
    people = folder / "readers.csv"
    with people.open("w", encoding="utf-8") as file:
        file.write("email,name,status\n")
        for number in range(readers):
            file.write(f"reader{number}@domain{number % 97}.example,Reader {number},active\n")
    list(import_csv(project, people, "daily"))


def send(folder: Path, port: int, connections: int) -> dict[str, float]:
    """Send the edition of `folder`; what it took, in all processes. The clock stands still for the edition's date."""
    from digest.pipeline.build import build, freeze
    from digest.pipeline.deliver import Options, deliver
    from digest.pipeline.draft import draft
    from digest.pipeline.naming import identify
    from digest.pipeline.project import open_project
    from digest.send.smtp import SmtpSender
    from digest.send.smtp_relay import Relay
    from digest.settings import Rate, load_settings

    clock = StillClock(MORNING)
    project = open_project(load_settings(folder, {}), clock, {})
    built = build(project, draft(project, identify(project, "daily", sending=True)))
    built = freeze(project, built, project.now())
    renderings = {name: replace(made, html=_padded(made.html)) for name, made in built.renderings.items()}
    sender = SmtpSender(Relay("127.0.0.1", port, "none", connections=connections), now=project.now)
    options = Options(rate=Rate.parse("1000000/s"))
    began, cpu = time.perf_counter(), time.process_time()
    with sender:
        events = list(deliver(project, built.draft.edition, renderings, sender, options))
    # The conversations of a large send run in a process of their own, which counts too.
    apart = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu + apart.ru_utime + apart.ru_stime
    counts = events[-1].counts.as_json()
    assert counts["accepted"] == counts["total"], counts
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + apart.ru_maxrss) / 1024
    return {"messages": counts["total"], "seconds": seconds, "cpu": cpu, "peak_mb": peak}


def _padded(html: str) -> str:
    """As much more of the page that a message has about SIZE octets; five of them are the other parts."""
    filler = "<p>" + "One more line of news, so that the mail has the usual size. " * 8 + "</p>\n"
    room = SIZE - 8_000 - int(len(html.encode()) * 1.05)
    return html.replace("</body>", filler * max(room // (len(filler) + 10), 0) + "</body>")


# --- what runs beside it --------------------------------------------------------------------------------------


@contextmanager
def sink(delay: float = 0.0) -> Iterator[int]:
    """The sink's port while it runs."""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, HERE / "smtp_sink.py", "--delay", str(delay)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def postfix(folder: Path) -> tuple[dict[str, str], dict[str, str]] | None:
    """Where `smtp-source` and `smtp-sink` are, and the environment that they need; taken out of Debian's package
    without installing it when they are not on this machine."""
    names = ("smtp-source", "smtp-sink")
    here = {name: shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") for name in names}
    if all(here.values()):
        return {name: str(path) for name, path in here.items()}, dict(os.environ)
    try:
        subprocess.run(["apt-get", "download", "postfix"], cwd=folder, check=True, capture_output=True, timeout=120)  # noqa: S607
        [package] = folder.glob("postfix_*.deb")
        subprocess.run(["dpkg", "-x", package, folder / "postfix"], check=True, capture_output=True)  # noqa: S603, S607
    except (OSError, ValueError, subprocess.SubprocessError) as problem:
        print(f"Postfix is not here and could not be brought, so there is no comparison with smtp-source: {problem}")
        return None
    libraries = str(folder / "postfix/usr/lib/postfix")
    return {name: str(folder / "postfix/usr/sbin" / name) for name in names}, {
        **os.environ,
        "LD_LIBRARY_PATH": libraries,
    }


def smtp_source(tools: tuple[dict[str, str], dict[str, str]], port: int, count: int) -> float:
    """Messages a second of Postfix's load generator, connections kept."""
    command = [tools[0]["smtp-source"], "-d", "-s", str(CONNECTIONS), "-l", str(SIZE), "-m", str(count)]
    began = time.perf_counter()
    subprocess.run(  # noqa: S603
        [*command, "-f", "a@news.example", "-t", "b@mail.example", f"inet:127.0.0.1:{port}"],
        check=True,
        capture_output=True,
        env=tools[1],
    )
    return count / (time.perf_counter() - began)


def plain_threads(port: int, count: int) -> float:
    """Messages a second of `smtplib` in ten threads, octets ready."""

    def work() -> None:
        with smtplib.SMTP("127.0.0.1", port) as client:
            for _ in range(count // CONNECTIONS):
                client.sendmail("a@news.example", ["b@mail.example"], BODY)

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count / (time.perf_counter() - began)


def aio(port: int, count: int) -> float | None:
    """Messages a second of `aiosmtplib` on ten connections, octets ready; None when it is not installed."""
    try:
        import aiosmtplib
    except ImportError:
        print("aiosmtplib is not installed, so there is no comparison with it")
        return None

    async def work() -> None:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, use_tls=False)
        async with client:
            for _ in range(count // CONNECTIONS):
                await client.sendmail("a@news.example", ["b@mail.example"], BODY)

    async def all_of_them() -> None:
        await asyncio.gather(*(work() for _ in range(CONNECTIONS)))

    began = time.perf_counter()
    asyncio.run(all_of_them())
    return count / (time.perf_counter() - began)


def naive_cpu(port: int, count: int) -> float:
    """CPU seconds a message when nothing is kept between two recipients."""
    import cssutils

    from digest.render import Words, long_way
    from digest.render.environment import fill
    from digest.render.prepare import prepare
    from digest.render.slots import Slots
    from digest.render.values import template_values
    from digest.settings import Theme
    from render import ROOTS, Desk, _naive

    # premailer's library of CSS warns of each property that is newer than itself.
    cssutils.log.setLevel(logging.CRITICAL)
    shown = prepare(Desk(24).edition(4, 3))
    Words.of("en")
    values = template_values(shown, Words.of("en"), Slots.apart_from(repr(shown)), Theme())
    sheet = fill(ROOTS, long_way.SHEET, values)

    def one(client: smtplib.SMTP, number: int) -> None:
        message = EmailMessage()
        message["From"], message["Subject"] = "The Ledger <a@news.example>", "Rents rise"
        message["To"] = f"Reader <reader{number}@mail.example>"
        message.set_content("words " * 1200)
        message.add_alternative(_naive(values, sheet), subtype="html")
        client.send_message(message)

    with smtplib.SMTP("127.0.0.1", port) as client:
        one(client, 0)
        began = time.process_time()
        for number in range(count):
            one(client, number)
        return (time.process_time() - began) / count


# --- the run --------------------------------------------------------------------------------------------------


def child(*arguments: object) -> dict[str, float]:
    """The JSON that a process of our own printed last."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, __file__, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True
    )
    made: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return made


def through_the_pipeline(papers: Path, count: int, port: int, connections: int = CONNECTIONS) -> dict[str, float]:
    """One send of an edition to `count` readers, in a process of its own, on a fresh copy of their paper."""
    pattern = papers / f"paper-{count}"
    if not pattern.exists():
        child("--paper", pattern, "--readers", count)
    with tempfile.TemporaryDirectory(dir=papers) as copy:
        shutil.copytree(pattern, copy, dirs_exist_ok=True)
        return child("--send", copy, "--port", port, "--connections", connections)


def paired(rounds: int, ours: Callable[[], float], theirs: Callable[[], float]) -> tuple[float, float, float]:
    """Medians of both rates, and of the ratios of the rounds."""
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    return (
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(a / b for a, b in pairs),
    )


def rate(result: dict[str, float]) -> float:
    return result["messages"] / result["seconds"]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer messages and rounds, 200,000 readers for memory")
    parser.add_argument("--paper", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--send", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--readers", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--connections", type=int, default=CONNECTIONS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.paper:
        paper(given.paper, given.readers)
        print("{}")
    elif given.send:
        print(json.dumps(send(given.send, given.port, given.connections)))
    else:
        compare(given.quick)


def compare(quick: bool) -> None:
    """Everything, printed."""
    rounds, many, far = (3, 20_000, 2_000) if quick else (7, 60_000, 10_000)
    small, large = 10_000, 200_000 if quick else 1_000_000
    keys: dict[str, Any] = dict.fromkeys(
        ("ratio_smtp_source", "ratio_smtp_source_20ms", "ratio_naive_cpu", "memory_growth_mb")
    )
    with tempfile.TemporaryDirectory(prefix="digest-smtp-") as made:
        folder = Path(made)
        tools = postfix(folder)
        used: list[float] = []

        def near(port: int) -> float:
            result = through_the_pipeline(folder, many, port)
            used.append(result["cpu"] / result["messages"])
            return rate(result)

        with sink() as port:
            if tools:
                ours, theirs, ratio = paired(rounds, lambda: near(port), lambda: smtp_source(tools, port, many))
                keys["ratio_smtp_source"] = round(ratio, 2)
                print(f"no delay: whole pipeline {ours:9,.0f} messages/s, smtp-source {theirs:9,.0f}/s, {ratio:.2f}x")
            else:
                print(f"no delay: whole pipeline {near(port):9,.0f} messages/s")
            print(f"          smtplib, 10 threads {plain_threads(port, many // 8):9,.0f}/s", flush=True)
            if (other := aio(port, many // 16)) is not None:
                print(f"          aiosmtplib, 10 connections {other:9,.0f}/s", flush=True)
            slow = naive_cpu(port, 15 if quick else 60)
            cpu = statistics.median(used)
            keys["ratio_naive_cpu"] = round(slow / cpu, 1)
            print(
                f"CPU of a message: {cpu * 1e6:,.0f} us, naive {slow * 1e6:,.0f} us, {slow / cpu:,.0f}x", flush=True
            )
        with sink(0.02) as port:
            if tools:
                ours, theirs, ratio = paired(
                    rounds,
                    lambda: rate(through_the_pipeline(folder, far, port)),
                    lambda: smtp_source(tools, port, far // 4),
                )
                keys["ratio_smtp_source_20ms"] = round(ratio, 2)
                print(f"20 ms: whole pipeline {ours:9,.0f} messages/s, smtp-source {theirs:9,.0f}/s, {ratio:.2f}x")
            print(f"       smtplib, 10 threads {plain_threads(port, far // 4):9,.0f}/s", flush=True)
            if (other := aio(port, far // 4)) is not None:
                print(f"       aiosmtplib, 10 connections {other:9,.0f}/s", flush=True)
        if tools:
            keys["ratio_smtp_sink"] = against_smtp_sink(tools, folder, rounds, many)
        with sink() as port:
            first = through_the_pipeline(folder, small, port)
            last = through_the_pipeline(folder, large, port)
            growth = last["peak_mb"] - first["peak_mb"]
            keys["memory_growth_mb"] = round(growth, 1)
            peaks = f"{first['peak_mb']:,.0f} MB for {small:,} readers, {last['peak_mb']:,.0f} MB for {large:,}"
            print(f"peak memory {peaks} ({rate(last):,.0f} messages/s)")
        keys |= {"cpu_us": round(cpu * 1e6, 1), "memory_readers": large}
    print(json.dumps(keys))


def against_smtp_sink(
    tools: tuple[dict[str, str], dict[str, str]], folder: Path, rounds: int, many: int
) -> float | None:
    """The ratio where Postfix's own sink, which reads line by line, is the limit."""
    with sink() as port:
        pass
    command = [
        tools[0]["smtp-sink"],
        *(["-u", "nobody"] if os.getuid() == 0 else []),
        f"inet:127.0.0.1:{port}",
        "100",
    ]
    process = subprocess.Popen(command, env=tools[1], stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        for _ in range(50):
            try:
                smtplib.SMTP("127.0.0.1", port).quit()
                break
            except OSError:
                time.sleep(0.1)
        else:
            print("smtp-sink did not start")
            return None
        ours, theirs, ratio = paired(
            rounds, lambda: rate(through_the_pipeline(folder, many, port)), lambda: smtp_source(tools, port, many)
        )
        print(f"against smtp-sink: {ours:9,.0f} messages/s, smtp-source {theirs:9,.0f}/s, {ratio:.2f}x", flush=True)
        return round(ratio, 2)
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
