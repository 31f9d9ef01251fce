"""What the readers' mail clients do not know, once a feature, weighed by how many readers that concerns."""

from __future__ import annotations

from collections.abc import Iterator

from digest.check.features import used
from digest.check.finding import Given, Hit, Rule
from digest.check.support import families_of, spoken, support

FEW = 0.1
# Without these a mail falls apart; anything else only looks plainer where it is not known.
_LAYOUT = frozenset(
    {
        *("css-display-flex", "css-display-grid", "css-grid-template", "css-position", "css-float", "css-unit-calc"),
        *("css-variables", "css-nesting", "css-left-right-top-bottom", "css-unit-rem", "css-unit-vw", "css-unit-vh"),
        *("css-column-count", "css-inset", "css-rgba", "css-modern-color", "css-function-clamp", "css-function-min"),
        *("css-function-max", "css-writing-mode", "css-z-index", "css-transform", "html-input-checkbox", "html-svg"),
    }
)
# MJML's own output is built on these, each with its fallback beside it; dark.meta asks for the colour scheme.
_BUILT_IN = frozenset(
    {
        *("css-at-media", "css-at-media-prefers-color-scheme", "css-color-scheme", "html-meta-color-scheme"),
        *("css-max-width", "css-direction", "css-important", "css-table-layout", "css-outline", "css-display"),
        *("html-doctype", "html-style", "html-body", "html-link", "html-role", "html-dir", "html-lang", "css-height"),
        *("css-selector-child", "css-selector-id", "css-selector-class", "css-selector-descendant", "html-div"),
    }
)


def _unsupported(given: Given) -> Iterator[Hit]:
    known = support()
    families = families_of(given.clients)
    hits: list[tuple[float, Hit]] = []
    for feature, count in used(given.page, given.styles, known.features).items():
        without, part = known.lacking(feature, families)
        layout = feature in _LAYOUT
        if not without or feature in _BUILT_IN or (part < FEW and not layout):
            continue
        times = "once" if count == 1 else f"{count} times"
        message = (
            f"{known.features[feature][0]} is used {times}, unknown to {spoken(without, known.clients)}: "
            f"about {max(1, round(100 * part))} of 100 opens"
        )
        hits.append((part, Hit(message, f"html: {feature}", "warning" if layout else None)))
    yield from (hit for _part, hit in sorted(hits, key=lambda each: (-each[0], each[1].where)))


RULES = (
    Rule(
        "css.unsupported",
        "info",
        "what a client does not know it leaves out",
        "caniemail.com",
        "make sure that the mail reads well without it",
        _unsupported,
    ),
)
