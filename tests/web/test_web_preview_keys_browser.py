"""By keyboard alone: pick a reader, switch the view, reorder, approve, send. And what is said aloud on the way."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from web_preview_chromium import CHROMIUM, accessible, browsing, served
from web_preview_paper import PAGE, opened

PASSWORD = "twelve letters and more"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: the keyboard was not tried"),
]


def reach(page: Any, control: Any) -> None:
    """Press Tab until the control has the focus, and see that its focus shows."""
    wanted = control.element_handle()
    for _ in range(200):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            outline = wanted.evaluate("element => getComputedStyle(element).outlineStyle")
            assert outline not in ("none", ""), "one does not see where one is"
            return
    raise AssertionError("the keyboard does not come there")


def press(page: Any, control: Any, key: str = "Enter") -> None:
    """Come to a link or button by Tab, and use it."""
    reach(page, control)
    with page.expect_navigation():
        page.keyboard.press(key)


def write(page: Any, control: Any, text: str) -> None:
    reach(page, control)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def test_an_edition_goes_out_by_keyboard_alone(folder: Path) -> None:
    with served(folder) as (base, shown), browsing(base) as page:
        # Past the banner at once.
        page.goto(PAGE)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"

        # A reader by search, then plain text as they get it.
        write(page, page.get_by_label("A subscriber"), "a")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        found = page.get_by_role("table").get_by_role("link").first
        name = found.inner_text()
        press(page, found)
        assert "as=" in page.url, name
        press(page, page.get_by_role("link", name="Plain text", exact=True))
        assert page.get_by_role("region", name="Plain text").count() == 1

        # Another order; the page says what was done.
        press(page, page.get_by_role("link", name="Edit", exact=True))
        headlines = page.locator(".places .headline").all_inner_texts()
        press(page, page.get_by_role("button", name=re.compile(f"^Down ?: {re.escape(headlines[1])}$")), "Space")
        assert page.get_by_role("status").first.inner_text() == "Written to the edition’s file."
        assert page.locator(".places .headline").all_inner_texts()[1:3] == [headlines[2], headlines[1]]
        # One is still at the story that was moved.
        place = page.locator(".places > li", has_text=headlines[1])
        assert page.evaluate("location.hash") == f"#{place.first.get_attribute('id')}"

        # Approve, and send.
        press(page, page.get_by_role("link", name="Approve", exact=True))
        write(page, page.get_by_label("Your name"), "Chitra")
        press(page, page.get_by_role("button", name="Approve this edition"), "Space")
        assert page.get_by_role("status").first.inner_text() == "Approved by Chitra."
        press(page, page.get_by_role("link", name="Send", exact=True))
        write(page, page.get_by_label("Type the number of people"), "10")
        write(page, page.get_by_label("Seconds in which it can be taken back"), "0")
        press(page, page.get_by_role("button", name="Send", exact=True))
        shown.state.sends.wait("daily/2026-11-24", 60)
        page.goto(f"{PAGE}/send")
        assert page.get_by_role("progressbar", name="10 of 10 (100 %)").count() == 1
        press(page, page.get_by_role("link", name="The report"))
        assert "accepted of 10" in page.locator("main").inner_text()


def test_the_edge_of_the_preview_is_accessible(folder: Path) -> None:
    """The password, faults, nothing there, and a page on which somebody types while a file is saved."""
    with served(folder) as (base, _), browsing(base) as page:
        accessible(page, "/nowhere", f"{PAGE}/readers?q=zzzz", f"{PAGE}/report", f"{PAGE}?as=999999")
        page.goto(f"{PAGE}/edit")
        subject = page.get_by_label("Your own subject")
        subject.fill("Half a")
        footer = folder / "templates" / "_footer.mjml.j2"
        footer.write_text("<mj-section></mj-section>", encoding="utf-8")
        page.get_by_text("This changed on disk while you were typing").wait_for()
        assert subject.input_value() == "Half a"
        accessible(page, "")
        page.get_by_role("link", name="Show it", exact=True).click()
        page.wait_for_load_state()
        # Nothing is typed now, so it is shown as it is.
        settings = folder / "digest.toml"
        text = settings.read_text(encoding="utf-8")
        document: Any = tomlkit.parse(text)
        document["digests"]["daily"]["label"] = "The Evening Ledger"
        settings.write_text(tomlkit.dumps(document), encoding="utf-8")
        page.get_by_role("heading", name="Edit The Evening Ledger").wait_for()
        settings.write_text("nonsense", encoding="utf-8")
        page.get_by_role("heading", name="The settings cannot be used as they stand").wait_for()
        accessible(page, PAGE)
        settings.write_text(text, encoding="utf-8")
        page.get_by_role("heading", name=opened(folder).digest("daily").label, exact=True).wait_for()


def test_the_way_in_by_password_is_accessible(folder: Path) -> None:
    with served(folder, password=PASSWORD) as (base, _), browsing(base) as page:
        accessible(page, "/enter")
        write(page, page.get_by_label("Your name"), "Mira")
        write(page, page.get_by_label("Password"), "a wrong one")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.get_by_role("alert").inner_text() == "That is not the password."
        assert page.get_by_label("Your name").input_value() == "Mira"
        accessible(page, "")
        write(page, page.get_by_label("Password"), PASSWORD)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.get_by_role("heading", name="Digests").count() == 1
        page.goto("/me")
        assert page.get_by_label("Sign as").input_value() == "Mira"
