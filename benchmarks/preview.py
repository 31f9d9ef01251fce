"""How fast a saved template is seen in the preview, how soon the first page stands, and how much memory it takes.

A real Chromium looks at the sample publication; the same kind of edit is made twenty times. Beside it, react-email's
preview (npm) shows a mail with the same stories and is edited likewise. The first page is timed from the command to
the last byte of the page that the printed link leads to, as an installed `digest` starts: with its bytecode at hand.
The last line printed is one JSON object.
"""

from __future__ import annotations

import argparse
import contextlib
import http.cookiejar
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

NOW = datetime.fromisoformat("2026-11-24T07:00:00+05:30")
EDIT = "<mj-section><mj-column><mj-text>{words}</mj-text></mj-column></mj-section>"
PEER = ("@react-email/components", "react", "react-dom")
PATIENCE = 60_000
STARTS = 3
LINK = re.compile(r"http://127\.0\.0\.1:\d+/\?t=\S+")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer saves")
    parser.add_argument("--no-peer", action="store_true", help="leave react-email out")
    parser.add_argument("--saves", type=int, default=20)
    given = parser.parse_args()
    saves = min(given.saves, 8) if given.quick else given.saves
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("no Chromium on this machine: nothing can be measured")
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(prefix="digest-preview-") as place, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        stories = publication(Path(place) / "paper")
        result = ours(Path(place) / "paper", browser, saves)
        words = "left out" if given.no_peer else ""
        try:
            result |= {} if words else peer(Path(place) / "react", browser, saves, stories)
        except (OSError, RuntimeError, subprocess.SubprocessError) as problem:
            words = f"could not be measured: {problem}"
        if words:
            print(f"react-email: {words}")
        browser.close()
    print(json.dumps(result))


def publication(folder: Path) -> list[tuple[str, list[str]]]:
    """Found the sample publication with its stories; (headline, lines) of what the edition holds."""
    from digest.pipeline.draft import draft
    from digest.pipeline.founding import found
    from digest.pipeline.gather import gather
    from digest.pipeline.naming import identify
    from digest.pipeline.project import open_project
    from digest.pipeline.shown import Shown
    from digest.settings import load_settings

    found(folder, lambda: NOW, {})
    project = open_project(load_settings(folder, {}), lambda: NOW, {})
    list(gather(project))
    made = draft(project, identify(project, "daily"), keep=False)
    shown = Shown(project.summariser, project.digest("daily").summary)
    picked = [(section.name, pick) for section in made.base.sections for pick in section.picks]
    project.store.database.engine.dispose()
    return [
        (pick.title, [line.text for line in shown.lines(made.stories[pick.story], name)]) for name, pick in picked
    ]


def ours(folder: Path, browser: Any, saves: int) -> dict[str, float]:
    """What the preview of a publication takes."""
    command = [sys.executable, "-m", "digest", "--project", str(folder), "--now", NOW.isoformat()]
    command += ["preview", "daily", "--port", "0"]
    bytecode = {"PYTHONPYCACHEPREFIX": str(folder.parent / "bytecode"), "PYTHONDONTWRITEBYTECODE": ""}
    starts = []
    for _ in range(1 + STARTS):
        began = time.monotonic()
        with running(command, folder, bytecode) as (_server, lines):
            first_page(lines)
            starts.append(time.monotonic() - began)
    first = statistics.median(starts[1:])
    with running(command, folder, bytecode) as (server, lines):
        base, cookie = first_page(lines)
        page = browser.new_context(base_url=base).new_page()
        assert cookie.value is not None
        page.context.add_cookies([{"name": cookie.name, "value": cookie.value, "url": base}])
        page.goto("/e/daily@2026-11-24?segment=everyone")
        page.frame_locator("iframe").locator("h1").wait_for()
        footer = folder / "templates" / "_footer.mjml.j2"
        original = (Path(__file__).resolve().parents[1] / "templates" / "_footer.mjml.j2").read_text("utf-8")

        def save(words: str) -> None:
            footer.write_text(EDIT.format(words=words) + "\n" + original, encoding="utf-8")

        def seen(words: str) -> None:
            page.frame_locator("iframe").get_by_text(words, exact=True).wait_for(timeout=PATIENCE, state="attached")

        def whole() -> None:
            page.locator("meta[name=live]:not([content*=until])").wait_for(state="attached", timeout=PATIENCE)

        times = timed(save, seen, saves, whole)
        rss = memory(server.pid)
        page.context.close()
    tell("digest preview", times, rss, first)
    return {
        "reload_ms": round(statistics.median(times) * 1000, 1),
        "rss_mb": round(rss, 1),
        "first_page_s": round(first, 2),
    }


def first_page(lines: Iterator[str]) -> tuple[str, http.cookiejar.Cookie]:
    """Follow the link that a preview prints, and read the page; the preview's address and the session's cookie."""
    link = next(found[0] for line in lines if (found := LINK.search(line)))
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    with opener.open(link) as answer:
        assert b"<h1>" in answer.read()
    return link.partition("/?")[0], next(iter(jar))


def peer(folder: Path, browser: Any, saves: int, stories: list[tuple[str, list[str]]]) -> dict[str, float]:
    """What react-email's preview takes for a mail with the same stories.

    Raises:
        RuntimeError, OSError, SubprocessError: it cannot be installed or started here.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("there is no npm")
    emails = folder / "emails"
    emails.mkdir(parents=True)
    (folder / "package.json").write_text('{"name": "peer", "private": true}', encoding="utf-8")
    # Its pages are a package of their own, which must be of the very same version; else it stops and asks.
    asked = [npm, "view", "@react-email/ui", "version"]
    version = subprocess.run(asked, check=True, timeout=60, capture_output=True, text=True).stdout.strip()  # noqa: S603
    same = [f"{name}@{version}" for name in ("react-email", "@react-email/ui")]
    install = [npm, "install", "--no-audit", "--no-fund", "--loglevel=error", *same, *PEER]
    subprocess.run(install, cwd=folder, check=True, timeout=420, stdout=subprocess.DEVNULL)  # noqa: S603
    file = emails / "digest.tsx"

    def save(words: str) -> None:
        file.write_text(component(stories, words), encoding="utf-8")

    save("as it was")
    command = [str(folder / "node_modules" / ".bin" / "email"), "dev", "--port", "8126"]
    with running(command, folder) as (server, _lines):
        page = browser.new_context().new_page()
        end = time.monotonic() + 180
        while True:
            try:
                page.goto("http://localhost:8126/preview/digest", timeout=PATIENCE)
                page.frame_locator("iframe").get_by_text("as it was", exact=True).wait_for(timeout=PATIENCE)
                break
            except Exception as problem:
                if time.monotonic() > end or server.poll() is not None:
                    raise RuntimeError(f"its page never stood: {str(problem).splitlines()[0]}") from problem
                time.sleep(1)

        def seen(words: str) -> None:
            page.frame_locator("iframe").get_by_text(words, exact=True).wait_for(timeout=PATIENCE, state="attached")

        times = timed(save, seen, saves, lambda: None)
        rss = sum(memory(pid) for pid in family(server.pid))
        page.context.close()
    tell("react-email", times, rss, None)
    return {
        "react_email_reload_ms": round(statistics.median(times) * 1000, 1),
        "react_email_rss_mb": round(rss, 1),
    }


def component(stories: list[tuple[str, list[str]]], words: str) -> str:
    """A mail of these stories as react-email writes one."""
    parts = "".join(
        f"<Section><Heading as='h2'>{{{json.dumps(title)}}}</Heading>"
        + "".join(f"<Text>{{{json.dumps(line)}}}</Text>" for line in lines)
        + "<Link href='https://news.example/story'>Read</Link></Section>"
        for title, lines in stories
    )
    names = "Body, Container, Head, Heading, Html, Link, Preview, Section, Text"
    return (
        f'import {{ {names} }} from "@react-email/components";\nexport default function Digest() {{\n'
        "  return <Html lang='en'><Head /><Preview>Today</Preview><Body><Container>"
        f"<Text>{{{json.dumps(words)}}}</Text>{parts}</Container></Body></Html>;\n}}\n"
    )


def timed(
    save: Callable[[str], None], seen: Callable[[str], None], saves: int, settled: Callable[[], None]
) -> list[float]:
    """Seconds from each save until its words stand in the mail on the screen, each from rest (`settled`). Two come
    first that do not count."""
    times = []
    for number in range(saves + 2):
        words = f"saved for the {number}. time"
        began = time.monotonic()
        save(words)
        seen(words)
        times.append(time.monotonic() - began)
        settled()
        time.sleep(0.7)
    return times[2:]


@contextmanager
def running(
    command: list[str], folder: Path, more: Mapping[str, str] = MappingProxyType({})
) -> Iterator[tuple[subprocess.Popen[str], Iterator[str]]]:
    """A server of our own; what it says to a person is read line by line."""
    environ = {**os.environ, "NO_COLOR": "1", "CI": "1", **more}
    server = subprocess.Popen(  # noqa: S603
        command,
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert server.stderr is not None
    try:
        yield server, iter(server.stderr.readline, "")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGINT)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
        server.stderr.close()


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                session = int((entry / "stat").read_text().rpartition(")")[2].split()[3])
            except (OSError, ValueError, IndexError):
                continue
            if int(entry.name) != pid and (parent == pid or session == pid):
                found.append(int(entry.name))
    return found


def memory(pid: int) -> float:
    """Resident megabytes of one process."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def tell(name: str, times: list[float], rss: float, first: float | None) -> None:
    """One line for people."""
    ordered = sorted(times)
    began = f", first page after {first:.2f} s" if first is not None else ""
    print(
        f"{name}: reload median {statistics.median(times) * 1000:.0f} ms "
        f"({ordered[0] * 1000:.0f} to {ordered[-1] * 1000:.0f}), {rss:.0f} MB{began}"
    )


if __name__ == "__main__":
    main()
