"""The send board in a real Chromium while a send runs: pause, go on, cancel, take back; every sum adds up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from web_preview_chromium import CHROMIUM, browsing, follow, served
from web_preview_paper import PAGE, opened

from digest.pipeline.changes import Overlook
from digest.pipeline.editing import edit, mark_of
from digest.pipeline.edition_file import file_path
from digest.pipeline.naming import identify
from digest.pipeline.project import Project
from digest.send.fake_smtp import FakeRelay
from local_site import local_site

PEOPLE = 10
RATE = "3/s"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: the board was not tried in a browser"),
]


@pytest.fixture
def board(folder: Path) -> Iterator[tuple[Any, FakeRelay]]:
    """The board of a publication that sends slowly by SMTP, in a browser; and the relay that takes its mail."""
    with FakeRelay() as relay, local_site() as site:
        site.give("/u/preview", "You can unsubscribe here")
        file = folder / "digest.toml"
        settings: Any = tomlkit.parse(file.read_text(encoding="utf-8"))
        delivery = settings.setdefault("delivery", tomlkit.table())
        delivery |= {"transport": "smtp", "rate": RATE}
        delivery["smtp"] = {"host": "127.0.0.1", "port": relay.port, "security": "none"}
        settings["publication"]["base_url"] = site.url
        file.write_text(tomlkit.dumps(settings), encoding="utf-8")
        overlook(opened(folder))
        with served(folder) as (base, _), browsing(base) as page:
            yield page, relay


def overlook(project: Project) -> None:
    """Ignore what stands against links to this machine."""
    identity, mark = identify(project, "daily"), mark_of(None)
    for rule in ("link.valid", "hdr.unsubscribe"):
        edit(project, identity, Overlook(rule, "nothing leaves this machine"), mark=mark, by="Ann")
        mark = mark_of(file_path(project, identity.id).read_text(encoding="utf-8"))
    project.store.database.engine.dispose()


def start(page: Any, undo: int = 0) -> None:
    page.goto(f"{PAGE}/send")
    page.get_by_label("Type the number of people").fill(str(PEOPLE))
    page.get_by_label("Seconds in which it can be taken back").fill(str(undo))
    follow(page, page.get_by_role("button", name="Send", exact=True))


def counts(page: Any) -> dict[str, int]:
    """The board's table, whose last row must be the sum of the others."""
    rows = page.get_by_role("row").all_inner_texts()
    found = {words: int(number) for words, number in (row.split("\t") for row in rows[1:])}
    total = found.pop("All")
    assert sum(found.values()) == total == PEOPLE
    return found


def held(page: Any, heading: str) -> None:
    """The board, held still, once it says this."""
    for _ in range(100):
        page.goto(f"{PAGE}/send?still")
        if page.get_by_role("heading", name=heading, exact=True).count():
            return
        page.wait_for_timeout(100)
    raise AssertionError(page.locator("main").inner_text())


def test_a_send_is_paused_and_goes_on(board: tuple[Any, FakeRelay]) -> None:
    page, relay = board
    start(page)
    held(page, "Being sent")
    follow(page, page.get_by_role("button", name="Pause"))
    assert page.get_by_role("status").first.inner_text().startswith("It ")
    held(page, "Paused")
    # What was in flight may still arrive; then nothing more does.
    before = counts(page)
    assert before.get("To be sent", 0) >= 1, before
    assert len(relay.taken) < PEOPLE
    page.get_by_label("Rate").fill("1000/s")
    follow(page, page.get_by_role("button", name="Hold it to this rate"))
    assert page.get_by_text("held to 1000/s").count() == 1
    follow(page, page.get_by_role("button", name="Go on"))
    page.get_by_text(f"{PEOPLE} of {PEOPLE} (100 %)").wait_for()
    assert counts(page) == {"Accepted by the mail server": PEOPLE}
    assert len(relay.taken) == PEOPLE


def test_the_rest_is_cancelled(board: tuple[Any, FakeRelay]) -> None:
    page, relay = board
    start(page)
    held(page, "Being sent")
    cancel = page.get_by_role("button", name="Cancel the rest")
    # The browser itself asks for the tick.
    cancel.click()
    assert page.get_by_label("I am sure").evaluate("box => box.matches(':invalid')")
    page.get_by_label("I am sure").check()
    follow(page, cancel)
    held(page, "Cancelled")
    found = counts(page)
    assert set(found) == {"Accepted by the mail server", "Cancelled"}
    assert len(relay.taken) == found["Accepted by the mail server"] < PEOPLE
    assert page.get_by_role("button", name=re.compile("Go on|Pause")).count() == 0


def test_it_is_taken_back_while_it_counts_down(board: tuple[Any, FakeRelay]) -> None:
    page, relay = board
    start(page, undo=90)
    counting = page.get_by_role("heading", name=re.compile(r"It begins in \d+ seconds"))
    counting.wait_for()
    first = int(re.findall(r"\d+", counting.inner_text())[0])
    # The board counts down by itself, without scripts.
    seconds = "Number(document.querySelector('#undo')?.textContent.match(/[0-9]+/)?.[0] ?? first)"
    page.wait_for_function(f"first => {seconds} < first", arg=first)
    follow(page, page.get_by_role("button", name="Take it back"))
    held(page, f"Send it to {PEOPLE} people")
    assert len(relay.taken) == 0
