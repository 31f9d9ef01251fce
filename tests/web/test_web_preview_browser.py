"""A person at the preview: a real Chromium on a real server, with the keyboard, in light and dark."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from web_preview_paper import NOW, PAGE, write_story

from digest.pipeline.project import Project

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SERVER = """
import sys
from datetime import datetime
from pathlib import Path
from digest.pipeline.project import open_project
from digest.settings import load_settings
from digest.web.preview import serve
now = datetime.fromisoformat(sys.argv[2])
project = open_project(load_settings(Path(sys.argv[1]), {}), lambda: now, {})
serve(project, "daily", port=0, say=lambda text: print(text, file=sys.stderr, flush=True))
"""
HOSTILE = """<mjml><mj-body><mj-section><mj-column><mj-text>
<p id="mark">untouched</p><a href="https://elsewhere.example/">away</a>
</mj-text><mj-raw><script>document.getElementById("mark").textContent = "ran"; alert("ran")</script>
<img src="data:,x" onerror="document.getElementById('mark').textContent = 'ran'" alt="" width="1" height="1" />
</mj-raw></mj-column></mj-section></mj-body></mjml>
"""

ROOMS = ("", "/links", "/stories", "/changes", "/all", "/readers?q=m")
LATE = "<mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section>"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine: the preview was not looked at in a browser"
    ),
]


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The link that a preview of this publication prints; ended by Ctrl-C."""
    command = [sys.executable, "-c", SERVER, str(folder), NOW.isoformat()]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        said = ""
        try:
            while not (found := re.search(r"http://127\.0\.0\.1:\d+/\?t=\S+", said)):
                line = server.stderr.readline()
                assert line, said
                said += line
            yield found[0]
        finally:
            server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0
        assert "Traceback" not in server.stderr.read()


TYPES_MEANWHILE = """(field) => {
  const fetched = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await fetched(...asked);
    field.value = "somebody else";
    return answer;
  };
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def session(chromium: Any, untouched: Project) -> Iterator[dict[str, Any]]:
    """A browser session that has come in by the link."""
    with running(untouched.root) as link:
        yield entered(chromium, link)


@pytest.fixture
def page(chromium: Any, session: dict[str, Any]) -> Iterator[Any]:
    """A page that stands at the edition."""
    context = chromium.new_context(**session)
    page = context.new_page()
    page.goto(PAGE)
    yield page
    context.close()


def entered(chromium: Any, link: str) -> dict[str, Any]:
    """The options of a context that has opened the link. Playwright's own colour scheme is switched off: it would
    reach into the frame, and hide whether the frame's own choice does anything."""
    options = {
        "base_url": link.partition("/?")[0],
        "color_scheme": "null",
        "viewport": {"width": 1280, "height": 900},
    }
    context = chromium.new_context(**options)
    page = context.new_page()
    page.goto(link)
    assert page.url.endswith("/e/daily@2026-11-24")
    options["storage_state"] = context.storage_state()
    context.close()
    return options


def mail(page: Any) -> Any:
    frame = page.locator("iframe").element_handle().content_frame()
    frame.wait_for_load_state()
    return frame


def brightness(page: Any) -> float:
    """How light the mail's paper is, from 0 to 1."""
    colour = mail(page).evaluate("getComputedStyle(document.body).backgroundColor")
    parts = [int(part) for part in re.findall(r"\d+", colour)[:3]]
    return sum(parts) / (3 * 255)


def test_a_person_looks_at_an_edition(page: Any) -> None:
    page.get_by_role("link", name="Auf Deutsch").click()
    assert "Dienstag, 24. November" in mail(page).inner_text("body")
    page.get_by_role("link", name="Tablet").click()
    page.get_by_role("link", name="Phone").click()
    assert page.locator("iframe").bounding_box()["width"] == pytest.approx(375, abs=2)
    assert mail(page).evaluate("innerWidth") == pytest.approx(375, abs=2)
    page.get_by_role("link", name="Plain text").click()
    assert "Das Wichtigste" in page.get_by_role("region", name="Plain text").inner_text()
    assert "segment=deutsch" in page.url
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as .eml").click()
    assert download.value.suggested_filename == "daily-2026-11-24-deutsch.eml"
    page.get_by_role("link", name="Mail", exact=True).last.click()
    page.get_by_label("Any width").fill("500")
    page.get_by_label("Any width").press("Enter")
    page.wait_for_url("**width=500**")
    assert "segment=deutsch" in page.url
    assert mail(page).evaluate("innerWidth") == pytest.approx(500, abs=2)


def test_a_person_looks_through_a_subscribers_eyes(page: Any) -> None:
    page.get_by_label("A subscriber").fill("meera")
    page.get_by_label("A subscriber").press("Enter")
    page.get_by_role("link", name="Meera Raghunath").click()
    page.wait_for_url("**segment=business**")
    assert "Meera Raghunath" in page.locator(".person").inner_text()
    assert "/u/preview" in mail(page).content()
    page.get_by_role("link", name="Stories").click()
    assert "As Meera Raghunath" in page.locator(".person").inner_text()


def test_dark_is_the_mails_own_dark(page: Any) -> None:
    assert brightness(page) > 0.9
    page.get_by_role("link", name="Own dark", exact=True).click()
    page.wait_for_url("**scheme=dark**")
    assert brightness(page) < 0.2
    assert mail(page).evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    ours = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ours == "rgb(255, 253, 249)"
    page.get_by_role("link", name="All inverted", exact=True).click()
    page.wait_for_url("**scheme=full**")
    assert brightness(page) < 0.1
    assert not mail(page).evaluate("matchMedia('(prefers-color-scheme: dark)').matches")


def test_a_link_in_the_mail_leads_nowhere(page: Any) -> None:
    before = mail(page).url
    mail(page).locator("a").first.click()
    page.wait_for_load_state()
    assert mail(page).url == before
    assert len(page.context.pages) == 1


def test_a_hostile_mail_runs_nothing(chromium: Any, folder: Path) -> None:
    (folder / "templates" / "evil.mjml.j2").write_text(HOSTILE, encoding="utf-8")
    write_story(folder, "A <script>alert(1)</script><img src=x onerror=alert(1)>", ["<svg onload=alert(3)> was said"])
    settings = folder / "digest.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('template = "daily"', 'template = "evil"'), encoding="utf-8"
    )
    alarms: list[str] = []
    with running(folder) as link:
        page = chromium.new_context(**entered(chromium, link)).new_page()
        page.on("dialog", lambda dialog: alarms.append(dialog.message))
        page.goto(PAGE)
        assert mail(page).locator("#mark").inner_text() == "untouched"
        page.goto(page.locator("iframe").get_attribute("src"))
        assert "<script>" in page.content()
        assert page.locator("#mark").inner_text() == "untouched"
        for address in (*ROOMS, "?view=source", "?view=raw", "?scheme=full", "?mark=0"):
            page.goto(PAGE + address)
            assert page.evaluate("document.scripts.length") == 1
            for frame in page.frames[1:]:
                frame.wait_for_load_state()
                assert frame.locator("#mark").inner_text() == "untouched"
        page.context.close()
    assert not alarms


def test_what_is_saved_is_seen_by_itself(chromium: Any, folder: Path) -> None:
    template = folder / "templates" / "_end.mjml.j2"
    with running(folder) as link:
        page = chromium.new_context(**entered(chromium, link)).new_page()
        page.goto(f"{PAGE}?segment=everyone")
        shown = page.frame_locator("iframe")
        template.write_text(LATE.format("Saved once"), encoding="utf-8")
        shown.get_by_text("Saved once").wait_for(state="attached")
        page.get_by_text("Checked", exact=True).wait_for()
        template.write_text(LATE.format("{{ leed.headline }}"), encoding="utf-8")
        page.get_by_text("Did you mean lead?").wait_for()
        assert f"{template}:1" in page.locator("main").inner_text()
        template.write_text(LATE.format("Mended"), encoding="utf-8")
        shown.get_by_text("Mended").wait_for(state="attached")
        audience = folder / "audiences" / "business.toml"
        audience.write_text(
            audience.read_text("utf-8").replace("Business readers", "People of business"), encoding="utf-8"
        )
        page.get_by_role("link", name="People of business").wait_for()
        page.get_by_label("A subscriber").fill("somebody")
        template.write_text(LATE.format("Saved while typing"), encoding="utf-8")
        page.get_by_text("This changed on disk while you were typing").wait_for()
        assert page.get_by_label("A subscriber").input_value() == "somebody"
        page.get_by_role("link", name="Show it", exact=True).click()
        shown.get_by_text("Saved while typing").wait_for(state="attached")
        # Who begins to type while the new page is on its way keeps what they typed, too.
        page.get_by_text("Checked", exact=True).wait_for()
        page.get_by_label("A subscriber").evaluate(TYPES_MEANWHILE)
        template.write_text(LATE.format("Saved meanwhile"), encoding="utf-8")
        page.get_by_text("This changed on disk while you were typing").wait_for()
        assert page.get_by_label("A subscriber").input_value() == "somebody else"
        page.context.close()


def test_a_finding_is_shown_in_the_mail(chromium: Any, folder: Path) -> None:
    (folder / "templates" / "_end.mjml.j2").write_text(
        LATE.format('<a href="http://news.example/">more</a>'), encoding="utf-8"
    )
    with running(folder) as link:
        page = chromium.new_context(**entered(chromium, link)).new_page()
        page.goto(f"{PAGE}?segment=everyone")
        assert page.locator(".checks h3").first.inner_text().startswith("Must be put right")
        page.get_by_role("link", name=re.compile("Show it in the mail.*not https")).first.click()
        marked = mail(page).locator("[data-digest-mark]")
        assert marked.inner_text() == "more"
        assert marked.evaluate("e => e.getBoundingClientRect().top < innerHeight")
        page.get_by_role("link", name=re.compile("Its line in the template.*not https")).first.click()
        assert page.url.endswith("/template/_end.mjml.j2?line=1#L1")
        assert "news.example" in page.locator("[aria-current=true]").inner_text()
        page.context.close()


def test_images_can_be_left_out(page: Any) -> None:
    page.get_by_role("group", name="Images").get_by_role("link", name="Off").click()
    page.wait_for_url("**images=off**")
    assert "images=off" in mail(page).url


def test_the_keyboard_reaches_everything(page: Any) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        if "Auf Deutsch" in page.evaluate("document.activeElement.textContent"):
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**segment=deutsch**")


@pytest.mark.parametrize(
    "address",
    [
        *("/", "/nowhere", "/template/daily.mjml.j2?line=3"),
        *(PAGE + room for room in ROOMS),
        *(f"{PAGE}?{view}" for view in ("scheme=full", "width=1024", "as=4")),
        *(f"{PAGE}?view={view}" for view in ("text", "raw", "headers", "nonsense")),
    ],
)
def test_every_page_is_accessible_and_fits(page: Any, address: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.goto(address)
    if address == f"{PAGE}/stories":
        page.evaluate("document.querySelectorAll('details').forEach(element => { element.open = true })")
    assert page.locator("h1").count() == 1
    # Colours do not depend on the width: both of each are seen in two looks.
    for scheme, width in (("dark", 320), ("light", 1280)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        result = Axe().run(page, options={"iframes": False})
        assert result.violations_count == 0, f"{scheme}, {width}: {result.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (scheme, width)


def test_the_locked_page_is_accessible(chromium: Any, session: dict[str, Any]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = chromium.new_context()
    page = context.new_page()
    answer = page.goto(session["base_url"])
    assert answer.status == 403
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") == "30px"
    assert Axe().run(page).violations_count == 0
    context.close()
