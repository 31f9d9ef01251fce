"""The mail in a real browser: accessible, readable in dark, no sideways scrolling on the smallest phone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from render_sample import LEAD, WORLD, edition, of_size, of_template, takeaways

from digest.models.story import Kind
from digest.render import Context, render
from digest.settings import Theme

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
TEMPLATES = (Path(__file__).parents[2] / "templates",)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# A mail is shown inside a page that has its own landmarks (emailmarkup.org).
RULES = {"rules": {"region": {"enabled": False}, "landmark-one-main": {"enabled": False}}}
PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00"
    b"\x00\rIDATx\xdac\xfc\xcf\xc0P\x0f\x00\x04\x85\x01\x80\x84\xa9\x8c!\x00\x00\x00\x00IEND\xaeB`\x82"
)


def editions() -> dict[str, tuple[Context, str, str]]:
    long = replace(
        LEAD,
        headline="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 2
        + "beschließt es",
        lines=takeaways(
            "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz tritt außer Kraft.", "B" * 120
        ),
        kind=Kind.OPINION,
        paywalled=True,
    )
    arabic = replace(LEAD, headline="خمس دول تتفق على تقاسم مياه النهر", lines=takeaways("حد أدنى سنوي لكل دولة."))
    long_edition = edition(lead=long, sections=(replace(WORLD, stories=(replace(long, id="b"),)),))
    each = {
        template: (of_template(template), "en", template) for template in ("daily", "weekly", "breaking", "personal")
    }
    return each | {
        "long": (long_edition, "de", "daily"),
        "long week": (long_edition, "de", "weekly"),
        "right-to-left": (edition(lead=arabic), "ar", "daily"),
        "breaking in Arabic": (edition(lead=arabic, sections=(), latest=()), "ar", "breaking"),
        "one": (edition(sections=(), latest=(), related=(), popular=()), "en", "daily"),
        "forty without pictures": (of_size(40), "hi", "personal"),
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed, so nothing can be looked at")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 640])
@pytest.mark.parametrize("name", list(editions()))
def test_it_is_accessible_and_fits(browser: object, name: str, width: int, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context, language, template = editions()[name]
    html = render(context, templates=TEMPLATES, template=template, theme=Theme(), language=language).html
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[attr-defined]
    try:
        page.route("**/*", lambda route: route.fulfill(body=PIXEL, content_type="image/png"))
        page.set_content(html)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        overflowing = (
            "[...document.querySelectorAll('h1,h2,h3,p,li,img')].filter(e => e.scrollWidth > innerWidth).length"
        )
        assert page.evaluate(overflowing) == 0
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == ("rgb(255, 253, 249)" if scheme == "light" else "rgb(27, 25, 23)")
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
    finally:
        page.close()


@pytest.mark.parametrize("template", ["daily", "weekly", "breaking", "personal"])
def test_a_screen_reader_hears_what_it_heard_before(browser: object, template: str) -> None:
    """`tests/golden/NAME.tree.yaml` is the accessibility tree; DIGEST_GOLDEN=write rewrites it."""
    html = render(of_template(template), templates=TEMPLATES, template=template, theme=Theme(), language="en").html
    page = browser.new_page(viewport={"width": 640, "height": 800})  # type: ignore[attr-defined]
    try:
        page.route("**/*", lambda route: route.fulfill(body=PIXEL, content_type="image/png"))
        page.set_content(html)
        heard = page.locator("body").aria_snapshot() + "\n"
    finally:
        page.close()
    file = Path(__file__).parents[1] / "golden" / f"{template}.tree.yaml"
    if os.environ.get("DIGEST_GOLDEN") == "write":
        file.write_text(heard, encoding="utf-8")
    assert heard == file.read_text(encoding="utf-8")


def test_five_sizes_of_type_are_enough_with_pictures_off(browser: object) -> None:
    html = render(edition(), templates=TEMPLATES, theme=Theme(), language="en").html
    page = browser.new_page(viewport={"width": 640, "height": 800})  # type: ignore[attr-defined]
    try:
        page.route("**/*", lambda route: route.abort())
        page.set_content(html)
        sizes = page.evaluate(
            """() => { const found = new Set();
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) { const e = walker.currentNode.parentElement;
              if (walker.currentNode.data.trim() && e.offsetParent) found.add(getComputedStyle(e).fontSize); }
            return [...found].sort(); }"""
        )
        assert set(sizes) == {"14px", "16px", "18px", "22px", "30px"}
    finally:
        page.close()
