"""A preview on a port of its own, and a real Chromium that has come in by its link."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from web_preview_paper import NOW, TOKEN, opened

from digest.web.preview import app
from digest.web.preview.access import Access

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# The narrowest in dark, the usual in light: the other two pairs differ from these in nothing of their own.
LOOKS = ((320, "dark"), (1280, "light"))


@contextmanager
def served(
    folder: Path, clock: Callable[[], datetime] = lambda: NOW, password: str | None = None
) -> Iterator[tuple[str, Any]]:
    """A preview on a port of its own; its address and the app. With a `password` others may come to it as well."""
    import uvicorn

    project = opened(folder, clock)
    listener = socket.create_server(("127.0.0.1", 0))
    port = int(listener.getsockname()[1])
    access = Access(port, "0.0.0.0", password) if password else None
    shown = app(project, token=TOKEN, port=port, access=access)
    server = uvicorn.Server(uvicorn.Config(shown, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=lambda: server.run(sockets=[listener]))
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}", shown
    finally:
        server.should_exit = True
        shown.state.sends.stop()
        thread.join(20)
        listener.close()
        project.store.database.engine.dispose()


@contextmanager
def browsing(base: str, **options: Any) -> Iterator[Any]:
    """A Chromium page that has come in by the link. Scripts are off: every form works without them."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(base_url=base, **options)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(f"/?t={TOKEN}")
        yield page
        browser.close()


def accessible(page: Any, *addresses: str) -> None:
    """Every page has no axe violation, one headline, and fits."""
    from axe_playwright_python.sync_playwright import Axe

    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        for address in addresses:
            if address:
                page.goto(address)
            page.evaluate("document.querySelectorAll('details').forEach(element => { element.open = true })")
            found = Axe().run(page, options={"iframes": False})
            assert found.violations_count == 0, f"{address} {width} {scheme}: {found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
            assert page.locator("h1").count() == 1


def follow(page: Any, control: Any) -> None:
    """Press a button or a link, and wait for the page that it leads to."""
    with page.expect_navigation():
        control.click()
