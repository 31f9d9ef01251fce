"""How long readers wait for a page: `benchmarks/pages_served.py [--quick]`.

The sample publication is served by `digest serve` and, beside it, a Starlette application with one route that answers
a fixed page: the floor that the framework and the server set. Both are asked on loopback over the same number of kept
connections, by the same client, in turns. The last line is one JSON object: `page_p99_ms` (the unsubscribe page, for
which the reader is looked up), `preferences_p99_ms`, `one_click_p99_ms` (a POST that writes), `bare_p99_ms`, the
medians, and how many requests a second each took.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

CONNECTIONS = 8
BARE = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
async def page(request): return HTMLResponse("<p>x</p>" * 130)
class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print("http://127.0.0.1:%d/join" % self.servers[0].sockets[0].getsockname()[1], file=sys.stderr, flush=True)
Server(uvicorn.Config(Starlette(routes=[Route("/", page)]), port=0, log_config=None, access_log=False)).run()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer requests")
    number = 800 if parser.parse_args().quick else 8000
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "ledger"
        tokens = _found(folder)
        command = [sys.executable, "-m", "digest", "--project", str(folder), "serve", "--port", "0"]
        with _running(command) as ours, _running([sys.executable, "-c", BARE]) as bare:
            asked = {
                "bare": (bare, "GET", ["/"]),
                "page": (ours, "GET", [f"/u/{token}" for token in tokens["u"]]),
                "preferences": (ours, "GET", [f"/p/{token}" for token in tokens["p"]]),
                "one_click": (ours, "POST", [f"/u/{token}" for token in tokens["u"]]),
            }
            found: dict[str, float] = {}
            for name, (port, method, paths) in asked.items():
                asyncio.run(_ask(port, method, paths, CONNECTIONS * 10))
                began = time.perf_counter()
                waits = asyncio.run(_ask(port, method, paths, number))
                spent = time.perf_counter() - began
                waits.sort()
                found[f"{name}_p50_ms"] = round(waits[len(waits) // 2] * 1000, 2)
                found[f"{name}_p99_ms"] = round(waits[len(waits) * 99 // 100] * 1000, 2)
                found[f"{name}_per_s"] = round(number / spent)
                print(f"{name:>12}: {found[f'{name}_p50_ms']:8.2f} ms p50 {found[f'{name}_p99_ms']:8.2f} ms p99")
    print(json.dumps(found))


def _found(folder: Path) -> dict[str, list[str]]:
    """A sample publication, and the tokens of its readers by purpose."""
    from digest.clock import machine
    from digest.pipeline.founding import found
    from digest.pipeline.project import open_project
    from digest.settings import load_settings

    found(folder, machine, {})
    project = open_project(load_settings(folder, {}), machine, {})
    tokens = {
        purpose: [project.signer.sign(purpose, reader, "daily") for reader in range(1, 11)] for purpose in ("u", "p")
    }
    project.store.database.engine.dispose()
    return tokens


@contextmanager
def _running(command: Sequence[str]) -> Iterator[int]:
    """The port of a server that says where it is; its journal goes to a file, as a service's does."""
    with tempfile.TemporaryFile("w+") as said, subprocess.Popen(command, stderr=said) as server:  # noqa: S603
        try:
            for _ in range(400):
                said.seek(0)
                if match := re.search(r"http://127\.0\.0\.1:(\d+)/join", said.read()):
                    break
                time.sleep(0.1)
            else:
                raise SystemExit(f"did not start: {' '.join(command)}")
            yield int(match[1])
        finally:
            server.terminate()
            server.wait(20)


async def _ask(port: int, method: str, paths: Sequence[str], number: int) -> list[float]:
    """Seconds that each of `number` requests took, over kept connections."""
    body = b"List-Unsubscribe=One-Click" if method == "POST" else b""
    waits: list[float] = []

    async def visitor(at: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for turn in range(at, number, CONNECTIONS):
            head = (
                f"{method} {paths[turn % len(paths)]} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
            )
            began = time.perf_counter()
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", answer)
            await reader.readexactly(int(length[1]) if length else 0)
            waits.append(time.perf_counter() - began)
            if not answer.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"an answer that was not expected: {answer[:40]!r}")
        writer.close()

    await asyncio.gather(*(visitor(at) for at in range(CONNECTIONS)))
    return waits


if __name__ == "__main__":
    main()
