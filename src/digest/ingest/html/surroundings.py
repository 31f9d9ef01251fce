"""Where on a page something stands: with the story, or in a menu, a rail, a footer, a second article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from digest.ingest.html.tree import ancestors, is_hidden, tag, text_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement


class Places(Protocol):
    """What is known of a page's prose: `Layout` says it."""

    @property
    def headline(self) -> HtmlElement | None:
        """The element that shows the title."""
        ...

    def holds_much(self, element: HtmlElement) -> bool:
        """Whether so much of the prose stands inside an element that it must be the story's own place."""
        ...

    def is_trap(self, element: HtmlElement) -> bool:
        """Whether an element is, by what it is called, a place where other things than the story stand."""
        ...


_TRAPS = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|submenu|footer|site-?footer|breadcrumbs?|related|recirc\w*|"
    r"recommend\w*|"
    r"popular|most-?(?:popular|read|viewed)|trending|newsletter|comments?|cookie\w*|consent|timeline|subscribe|"
    r"table-of-contents|article-?toc|toc-(?:container|list|wrapper|nav|box|menu|block)|share|sharing|social|"
    r"advert\w*|ad-?slot|promo|paywall|regwall|outbrain|taboola|teaser-?list|"
    r"read-?(?:more|next)|more-?(?:from|stories|news)|latest-?(?:news|stories)|pros-?cons|specs?|product-?(?:card|"
    r"box|list)|"
    r"modal|popup|overlay-?menu|mega-?menu|site-?header|masthead-?nav|sitemap|author-?(?:bio|box|info|card|"
    r"details|profile|about)|about-?(?:the-)?author|post-?author|authors?-?bio|bio)(?=$|[\s_-])",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BOX = re.compile(
    r"take-?_?aways?|key-?_?(?:points?|facts|insights|findings|highlights|messages|learnings|ideas)|tl-?_?dr\b|"
    r"story-?_?(?:highlights|summary|bullets)|article-?_?(?:highlights|summary|bullets|abstract)|"
    r"(?:post|content|page|news)-?_?(?:summary|bullets|highlights)|summary-?_?(?:list|bullets|points|box|inner|"
    r"block|content)|"
    r"(?:^|[\s_-])(?:summary|highlights|abstract|bullets|bullet-?points|in-?brief|at-?a-?glance|quick-?(?:read|"
    r"facts|summary)|"
    r"kurz-?(?:fassung|gefasst)|das-?wichtigste|essentiel|resumen|puntos-?clave|sintesi|zusammenfassung|"
    r"kernpunkte)(?=$|[\s_-])|"
    r"-bullets(?=$|[\s_-])|ai-?summar\w+",
    re.IGNORECASE,
)
_STANDFIRST = re.compile(
    r"(?:^|[\s_-])(?:sub-?(?:titles?|headlines?|heads?|decks?)|standfirst|deks?|decks?|abstract|lede?-?(?:bullets|"
    r"points)|"
    r"\w*-?bullets|summary|key-?\w+|highlights|intro-?(?:list|points|bullets))(?=$|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN_NAME = re.compile(
    r"(?:^|\s)(?:is-?hidden|u-?hidden|hidden|hide|d-none|invisible|visually-hidden)(?=$|\s)", re.IGNORECASE
)
_STRUCTURE = frozenset({"nav", "footer", "form", "dialog", "menu", "figure", "figcaption", "select"})
_ROLES = frozenset(
    {
        "navigation",
        "contentinfo",
        "banner",
        "search",
        "menu",
        "menubar",
        "dialog",
        "complementary-nav",
    }
)


def names(element: HtmlElement) -> str:
    """Class and id as one line."""
    return f"{element.get('class') or ''} {element.get('id') or ''}"[:400]


def is_trap(element: HtmlElement) -> bool:
    """Whether the element is, by name, a place where other things than the story stand."""
    if tag(element) in _STRUCTURE or (element.get("role") or "").lower() in _ROLES:
        return True
    return _found(_TRAPS, names(element))


def says_box(element: HtmlElement) -> bool:
    """Whether class or id say that takeaways stand in it."""
    return _found(_BOX, names(element))


def says_standfirst(element: HtmlElement) -> bool:
    """Whether class or id say that lines under the headline stand in it."""
    return _found(_STANDFIRST, names(element))


@lru_cache(maxsize=8192)
def _found(pattern: re.Pattern[str], text: str) -> bool:
    # pages repeat few names many times
    return bool(text.strip() and pattern.search(_CAMEL.sub("-", text)))


def around(element: HtmlElement, heading: HtmlElement | None) -> Iterator[HtmlElement]:
    """The element and what is around it, nearest first, as far as it does not also hold the headline. What holds both
    says nothing about the difference between them (and unclosed menus hold whole pages)."""
    shared = frozenset((heading, *heading.iterancestors())) if heading is not None else frozenset()
    for node in (element, *ancestors(element)):
        if node in shared or tag(node) in ("body", "html"):
            return
        yield node


def is_elsewhere(element: HtmlElement, layout: Places, size: int) -> bool:
    """Whether something of `size` characters stands outside the story: in a trap, in a hidden part that holds much
    more than it, or in an article of its own."""
    for node in around(element, layout.headline):
        if layout.is_trap(node) and not (says_box(node) and tag(node) not in _STRUCTURE):
            return True
        if layout.holds_much(node):
            continue
        apart = is_hidden(node) or tag(node) == "article" or _HIDDEN_NAME.search(node.get("class") or "")
        if apart and len(text_of(node, 2 * size + 500)) > 2 * size + 250:
            return True
    return False
