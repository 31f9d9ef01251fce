"""An editor's morning in a real Chromium: edit, see a check appear and go, test, approve, send, watch the board."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from web_preview_chromium import CHROMIUM, accessible, browsing, follow, served
from web_preview_paper import PAGE, opened

from digest.content import template_roots
from digest.pipeline.edition_file import file_path
from digest.send.fake_smtp import FakeRelay

EDITION = "daily/2026-11-24"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine: the editor's hand was not tried in a browser"
    ),
]


def button_for(page: Any, words: str, headline: str) -> Any:
    """The button of one story; its name says which to those who do not see where it stands."""
    return page.get_by_role("button", name=re.compile(f"^{words} ?: {re.escape(headline)}$"))


def transport(folder: Path, name: str, port: int = 0) -> None:
    """Have the mail leave by this way from now on."""
    file = folder / "digest.toml"
    settings = tomlkit.parse(file.read_text(encoding="utf-8"))
    delivery: Any = settings.setdefault("delivery", tomlkit.table())
    delivery["transport"] = name
    delivery["smtp"] = {"host": "127.0.0.1", "port": port, "security": "none"}
    file.write_text(tomlkit.dumps(settings), encoding="utf-8")


def test_an_editors_morning(folder: Path) -> None:
    file = file_path(opened(folder), EDITION)
    with served(folder) as (base, _), browsing(base, java_script_enabled=False) as page:
        page.goto(f"{PAGE}/edit")

        # Reorder with the keyboard alone.
        headlines = page.locator(".places .headline").all_inner_texts()
        button = button_for(page, "Down", headlines[1])
        button.focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.get_by_role("status").first.inner_text() == "Written to the edition’s file."
        assert page.locator(".places .headline").all_inner_texts()[1:3] == [headlines[2], headlines[1]]

        # Edit a line; the mail has it.
        first = page.locator(".places li").first
        first.locator("summary").click()
        lines = first.get_by_label("Lines, one a row")
        lines.fill("Ministers say nothing.\n" + lines.input_value())
        follow(page, first.get_by_role("button", name="Keep these words"))
        assert "written by the editor" in page.locator(".places li").first.inner_text()
        page.goto("/frame/daily@2026-11-24/everyone")
        assert "Ministers say nothing." in page.content()

        # A check appears, and goes.
        page.goto(f"{PAGE}/edit")
        page.get_by_label("Your own", exact=True).check()
        page.get_by_label("Your own subject").fill("TK")
        follow(page, page.get_by_role("button", name="Keep subject and preheader"))
        assert page.get_by_text("Blocks:").count() == 1
        page.get_by_role("radio").first.check()
        follow(page, page.get_by_role("button", name="Keep subject and preheader"))
        assert page.get_by_text("Blocks:").count() == 0

        # Somebody saves the file meanwhile.
        file.write_text(file.read_text(encoding="utf-8") + "# from the desk\n", encoding="utf-8")
        follow(page, button_for(page, "Up", headlines[1]))
        assert page.locator("h1").inner_text() == "Somebody changed this edition meanwhile"
        follow(page, page.get_by_role("button", name="Make my change to it"))
        assert page.locator(".places .headline").all_inner_texts()[1:3] == headlines[1:3]
        assert "# from the desk" in file.read_text(encoding="utf-8")

        # A test to oneself, over SMTP.
        with FakeRelay() as relay:
            transport(folder, "smtp", relay.port)
            page.goto(f"{PAGE}/test")
            page.get_by_label("Your address").fill("me@news.example")
            page.get_by_label("Segment").select_option("Auf Deutsch")
            follow(page, page.get_by_role("button", name="Send the test"))
            assert "Auf Deutsch: accepted by the mail server" in page.locator("section[role=status]").inner_text()
            assert [taken.recipient for taken in relay.taken] == ["me@news.example"]
        transport(folder, "folder")

        # Approve; change the template; the approval is void; approve again.
        page.goto(f"{PAGE}/approve")
        for name in ("Ben", "Chitra"):
            page.get_by_label("Your name").fill(name)
            follow(page, page.get_by_role("button", name="Approve this edition"))
            assert page.get_by_role("status").first.inner_text() == f"Approved by {name}."
            assert page.get_by_text("it must be approved again").count() == 0
            if name == "Ben":
                given = next(root for root in template_roots(folder) if (root / "daily.mjml.j2").is_file())
                text = (given / "daily.mjml.j2").read_text(encoding="utf-8")
                row = "<mj-section><mj-column><mj-text>New</mj-text></mj-column></mj-section></mj-body>"
                (folder / "templates").mkdir(exist_ok=True)
                changed = text.replace("</mj-body>", row)
                (folder / "templates" / "daily.mjml.j2").write_text(changed, encoding="utf-8")
                page.reload()
                assert page.get_by_text("it must be approved again").count() == 1

        # Send, with a moment to take it back, and watch the board go on by itself.
        page.goto(f"{PAGE}/send")
        page.get_by_label("Type the number of people").fill("10")
        page.get_by_label("Seconds in which it can be taken back").fill("2")
        follow(page, page.get_by_role("button", name="Send", exact=True))
        page.get_by_text("10 of 10 (100 %)").wait_for()
        follow(page, page.get_by_role("link", name="The report"))
        assert "accepted of 10" in page.locator("main").inner_text()
        assert len(list((folder / "var" / "outbox").glob("**/*.eml"))) == 10


def test_the_pages_that_act_are_accessible(folder: Path) -> None:
    with served(folder) as (base, shown), browsing(base) as page:
        page.goto(f"{PAGE}/shares")
        page.get_by_label("For whom").fill("Mira Sen")
        follow(page, page.get_by_role("button", name="Make the link"))
        link = page.get_by_label("Link for Mira Sen").input_value()
        page.goto(f"{PAGE}/remarks")
        page.get_by_label("Your remark").fill("The lead is long.")
        follow(page, page.get_by_role("button", name="Leave this remark"))
        page.goto(f"{PAGE}/edit")
        follow(page, page.get_by_role("button", name="Down", disabled=False).first)
        rooms = ("edit", "test", "remarks", "approve", "shares", "send")
        accessible(page, *(f"{PAGE}/{room}" for room in rooms), "/me", link)
        page.goto(f"{PAGE}/edit")
        file = file_path(opened(folder), EDITION)
        file.write_text(file.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
        follow(page, page.get_by_role("button", name="Down", disabled=False).first)
        assert page.get_by_role("table").count() == 2
        accessible(page, "")
        page.goto(f"{PAGE}/send")
        page.get_by_label("Type the number of people").fill("10")
        page.get_by_label("Seconds in which it can be taken back").fill("0")
        follow(page, page.get_by_role("button", name="Send", exact=True))
        shown.state.sends.wait(EDITION, 60)
        accessible(page, f"{PAGE}/send", f"{PAGE}/report")
