"""Readers in a real Chromium with scripts off, on a real server; and what a checker of accessibility says."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from public_paper import NOW, READER, bodies, mails, opened, token

from digest.clock import StillClock

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine: readers' pages were not looked at in a browser"
    ),
]


@pytest.fixture(scope="module")
def running(sent: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The folder of a publication that `digest serve` shows, and its address here; ended by Ctrl-C."""
    folder = tmp_path_factory.mktemp("served") / "ledger"
    shutil.copytree(sent, folder)
    command = [sys.executable, "-m", "digest", "--project", folder, "--now", NOW.isoformat(), "serve", "--port", "0"]
    with subprocess.Popen([str(part) for part in command], stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        said = ""
        try:
            while not (found := re.search(r"(http://127\.0\.0\.1:\d+)/join", said)):
                line = server.stderr.readline()
                assert line, said
                said += line
            yield folder, found[1]
        finally:
            server.send_signal(signal.SIGINT)
        rest = server.stderr.read()
        assert server.wait(20) == 0
        assert '"event": "stopped"' in rest
        assert "Traceback" not in rest


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


def test_every_flow_works_without_scripts(chromium: Any, running: tuple[Path, str]) -> None:
    folder, base = running
    project = opened(folder, StillClock(NOW))
    context = chromium.new_context(base_url=base, java_script_enabled=False, locale="en-GB")
    context.set_default_timeout(10_000)
    page = context.new_page()

    def heading() -> str:
        return str(page.locator("h1").inner_text())

    page.goto("/join")
    page.fill("#email", "browser@reader.example")
    page.click("button")
    assert heading() == "One step left"
    for _ in range(200):
        written = mails(project, "letters/2026-11-24/confirm")
        if written:
            break
        page.wait_for_timeout(100)
    page.goto("/j/" + bodies(written[0])[1].partition("/j/")[2].split()[0])
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert heading() == "You are in"

    page.goto(f"/p/{token(project, 'p')}")
    page.check("input[value=culture]")
    page.check("input[value=weekly]")
    page.fill("#timezone", "Nowhere/Here")
    page.click("button[value=save]")
    assert page.locator("[role=alert] a").inner_text() == "There is no time zone of this name."
    assert page.is_checked("input[value=culture]")
    page.fill("#timezone", "Europe/Berlin")
    page.click("button[value=save]")
    assert "Changed" in page.locator("[role=status]").inner_text()
    assert page.is_checked("input[value=weekly]")

    page.goto(f"/f/{token(project, 'f')}/daily/2026-11-24")
    page.click("button[value=yes]")
    assert heading() == "Thank you"

    page.goto(f"/u/{token(project, 'u')}")
    page.click("button[value=leave]")
    assert heading().startswith("You have left")
    page.click("button[value=undo]")
    assert heading().startswith("You stay with")
    assert context.cookies() == []
    context.close()
    project.store.database.engine.dispose()


def test_pages_are_accessible_and_fit(chromium: Any, running: tuple[Path, str]) -> None:
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    folder, base = running
    project = opened(folder, StillClock(NOW))
    context = chromium.new_context(base_url=base, locale="en-GB")
    context.set_default_timeout(10_000)
    page = context.new_page()
    choose = f"/p/{token(project, 'p', READER + 1)}"
    addresses = [
        f"/u/{token(project, 'u', READER + 1)}",
        choose,
        f"{choose}/forget",
        "/join",
        "/join?lang=ar",
        "/lost",
        "/archive/",
        "/archive/topic/world/",
        "/archive/daily/2026-11-24/",
    ]

    def look(what: str) -> None:
        assert page.locator("h1").count() == 1
        # Colours do not depend on the width: both of each are seen in two looks.
        for scheme, width in (("dark", 320), ("light", 1280)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            result = Axe().run(page)
            assert result.violations_count == 0, f"{what}, {scheme}, {width}: {result.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (what, scheme, width)

    for address in addresses:
        page.goto(address)
        look(address)
    page.goto(choose)
    page.fill("#timezone", "Nowhere/Here")
    page.click("button[value=save]")
    look("mistakes")
    page.goto(f"/u/{token(project, 'u', 9)}")
    page.click("button.main, button[value=undo]")
    look("left")
    context.close()
    project.store.database.engine.dispose()
