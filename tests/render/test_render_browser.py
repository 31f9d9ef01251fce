"""The mail in a real browser: accessible, readable in dark, no sideways scrolling on the smallest phone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hard_sample import TEMPLATES, everything, hard
from render_sample import edition, of_template

from digest.render import Context, render
from digest.settings import Theme

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
ROOTS = (Path(__file__).parents[2] / "templates",)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# A mail is shown inside a page that has its own landmarks (emailmarkup.org).
RULES = {
    "rules": {"region": {"enabled": False}, "landmark-one-main": {"enabled": False}},
    "resultTypes": ["violations"],
}
WIDTHS = (1024, 640, 320)
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
PAPER = {"light": "rgb(255, 253, 249)", "dark": "rgb(27, 25, 23)"}
PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00"
    b"\x00\rIDATx\xdac\xfc\xcf\xc0P\x0f\x00\x04\x85\x01\x80\x84\xa9\x8c!\x00\x00\x00\x00IEND\xaeB`\x82"
)
# The elements that are wider than the window, or whose own text is: what a reader would have to scroll to.
WIDER = """() => [...document.querySelectorAll('h1,h2,h3,p,li,img,a')].filter(e =>
  { const box = e.getBoundingClientRect();
    return e.scrollWidth > innerWidth || box.right > innerWidth + 1 || box.left < -1; })
  .map(e => e.outerHTML.slice(0, 80))"""
# As clients do that know no dark styles of ours: every colour keeps its hue, and its lightness is mirrored.
INVERT = """() => {
  const mirrored = colour => {
    const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
    if (a === 0) return null;
    const most = Math.max(r, g, b) / 255, least = Math.min(r, g, b) / 255, light = (most + least) / 2;
    const spread = most - least, strong = spread ? spread / (1 - Math.abs(2 * light - 1)) : 0;
    const turn = !spread ? 0 : most * 255 === r ? (g - b) / 255 / spread : most * 255 === g
      ? (b - r) / 255 / spread + 2 : (r - g) / 255 / spread + 4;
    return `hsl(${turn * 60} ${strong * 100}% ${(1 - light) * 100}%)`;
  };
  const found = [...document.querySelectorAll('*')].map(e => [e, getComputedStyle(e)])
    .map(([e, style]) => [e, mirrored(style.color), mirrored(style.backgroundColor)]);
  for (const [e, ink, paper] of found) {
    if (ink) e.style.setProperty('color', ink, 'important');
    if (paper) e.style.setProperty('background-color', paper, 'important');
  }
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed, so nothing can be looked at")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    """A window in which every picture is there."""
    page = browser.new_page()
    page.route("**/*", lambda route: route.fulfill(body=PIXEL, content_type="image/png"))
    yield page
    page.close()


@pytest.fixture(scope="module")
def bare(browser: Any) -> Iterator[Any]:
    """A window in which no picture is."""
    page = browser.new_page()
    page.route("**/*", lambda route: route.abort())
    yield page
    page.close()


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe, which a page is given once."""
    from axe_playwright_python.sync_playwright import Axe

    return str(Axe().axe_script)


def show(page: Any, case: tuple[Context, str, str], width: int, scheme: str = "light") -> None:
    context, language, template = case
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.set_content(render(context, templates=ROOTS, template=template, theme=Theme(), language=language).html)


def fits(page: Any, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(WIDER) == []


@pytest.mark.parametrize("name", list(hard()))
def test_nothing_has_to_be_scrolled_sideways(page: Any, bare: Any, name: str) -> None:
    show(page, hard()[name], 1024)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        fits(page, width)
    for scheme, paper in PAPER.items():
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(BACKGROUND) == paper
        fits(page, 320)
    show(bare, hard()[name], 320)
    fits(bare, 320)


def violations(page: Any, where: str) -> list[str]:
    """What axe finds wrong with the page as it stands, which holds axe already."""
    found = page.evaluate("options => axe.run(options)", RULES)["violations"]
    return [f"{where}: {rule['id']} at {node['html']}" for rule in found for node in rule["nodes"]]


def at_every_width(page: Any, look: str) -> list[str]:
    found: list[str] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        fits(page, width)
        found += violations(page, f"{look} at {width}")
    return found


@pytest.mark.parametrize("template", TEMPLATES)
def test_it_is_accessible_at_every_width_however_it_is_shown(page: Any, bare: Any, axe: str, template: str) -> None:
    case = (everything(template), "en", template)
    show(page, case, 640)
    page.evaluate(axe)
    found: list[str] = []
    for scheme, paper in PAPER.items():
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(BACKGROUND) == paper
        found += at_every_width(page, scheme)
    page.emulate_media(color_scheme="light")
    page.evaluate(INVERT)
    assert max(int(part) for part in page.evaluate(BACKGROUND)[4:-1].split(",")) < 64
    found += at_every_width(page, "inverted")
    show(bare, case, 640)
    assert not bare.evaluate("[...document.images].some(image => image.naturalWidth)")
    bare.evaluate(axe)
    assert [*found, *at_every_width(bare, "without pictures")] == []


@pytest.mark.parametrize("name", ["daily in Arabic", "weekly in German", "breaking in Hindi"])
def test_other_languages_are_accessible(page: Any, axe: str, name: str) -> None:
    show(page, hard()[name], 320)
    page.evaluate(axe)
    assert violations(page, name) == []


@pytest.mark.parametrize(("name", "side"), [("daily, labelled", "left"), ("daily in Arabic", "right")])
def test_every_line_of_popular_categories_begins_at_the_margin(page: Any, name: str, side: str) -> None:
    show(page, hard()[name], 320)
    lines = page.evaluate(
        """side => { const lines = {}, edge = e => e.getBoundingClientRect()[side];
        for (const link of document.querySelectorAll('.topics a'))
          (lines[Math.round(link.getBoundingClientRect().top)] ??= []).push(edge(link));
        const margin = edge(document.querySelector('.topics')), first = side === 'left' ? Math.min : Math.max;
        return Object.values(lines).map(all => Math.round(first(...all) - margin)); }""",
        side,
    )
    assert lines == [0, 0]


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_screen_reader_hears_what_it_heard_before(page: Any, template: str) -> None:
    """`tests/golden/NAME.tree.yaml` is the accessibility tree; DIGEST_GOLDEN=write rewrites it."""
    show(page, (of_template(template), "en", template), 640)
    heard = page.locator("body").aria_snapshot() + "\n"
    file = Path(__file__).parents[1] / "golden" / f"{template}.tree.yaml"
    if os.environ.get("DIGEST_GOLDEN") == "write":
        file.write_text(heard, encoding="utf-8")
    assert heard == file.read_text(encoding="utf-8")


def test_five_sizes_of_type_are_enough_with_pictures_off(bare: Any) -> None:
    show(bare, (edition(), "en", "daily"), 640)
    sizes = bare.evaluate(
        """() => { const found = new Set();
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) { const e = walker.currentNode.parentElement;
          if (walker.currentNode.data.trim() && e.offsetParent) found.add(getComputedStyle(e).fontSize); }
        return [...found].sort(); }"""
    )
    assert set(sizes) == {"14px", "16px", "18px", "22px", "30px"}
