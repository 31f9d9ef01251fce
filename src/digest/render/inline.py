"""Put our small sheet of rules into `style` attributes, and leave everything else exactly as the compiler wrote it.

This is the one door to premailer. Its defaults strip `!important` from media queries, overwrite image widths, drop
the doctype and load what a page links to; each argument below closes one of these.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from digest.errors import TemplateError

MARK = 'data-premailer="ignore"'
_ATTRIBUTES = ["width", "height", "align", "valign", "bgcolor"]
_KEPT = ("<style", "<!--[if", "![endif]")
_TAG = re.compile(r"<!--.*?-->|<style\b.*?</style>|<([a-zA-Z])(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
_SINGLE = re.compile(r"(\s[\w:-]+)=(?:'([^']*)'|\"[^\"]*\")")
_DOCTYPE = "<!doctype html>"


def inline(html: str, sheet: str, *, tokens: str = "") -> str:
    """`html` with the rules of `sheet` as inline styles; `<style>` blocks and comments stay byte for byte.

    `sheet` may hold tag and class selectors, without @-rules, pseudo-classes and `!important`. `tokens` is the text
    that slot tokens begin with: their number must not change.

    Raises:
        TemplateError: the sheet holds what cannot be inlined, or the inliner changed what it must not touch.
    """
    if any(sign in sheet for sign in ("@", "!important", "<")):
        raise TemplateError(
            "the inline sheet may hold plain rules only: no @-rules, no !important",
            hint="put them into a <mj-style> of the template",
        )
    body = html.removeprefix(_DOCTYPE)
    marked = body.replace("<style", f"<style {MARK}")
    done: str = _premailer()(
        css_text=[sheet],
        allow_network=False,
        strip_important=False,
        disable_validation=True,
        align_floating_images=False,
        disable_leftover_css=True,
        remove_unset_properties=False,
        disable_basic_attributes=_ATTRIBUTES,
    ).transform(marked, pretty_print=False)
    done = _double_quoted(done.replace(f" {MARK}", ""))
    if not done.lower().startswith("<!doctype"):
        done = f"{_DOCTYPE}{done}"
    for sign in (*_KEPT, *([tokens] if tokens else ())):
        if done.count(sign) != html.count(sign):
            raise TemplateError(f'inlining changed how often "{sign}" occurs: {html.count(sign)}, {done.count(sign)}')
    return done


def _double_quoted(html: str) -> str:
    """`html` with every attribute in double quotes; the serialiser takes single ones where a value holds double."""
    if "='" not in html:
        return html
    return _TAG.sub(lambda tag: _SINGLE.sub(_requote, tag[0]) if tag[1] and "='" in tag[0] else tag[0], html)


def _requote(attribute: re.Match[str]) -> str:
    if attribute[2] is None:
        return attribute[0]
    return attribute[1] + '="' + attribute[2].replace('"', "&quot;") + '"'


@lru_cache(maxsize=1)
def _premailer() -> Any:
    """premailer's class, each of its cached functions with a cache of its own.

    As delivered they share one cache with equal keys: a garbage inline style `a` poisons the selector `a` for every
    later document of the process. Inline styles are read without validation too, whose first use costs more than all
    the rest and whose findings nobody reads.
    """
    import logging

    import cssutils
    from premailer import merge_style, premailer

    cssutils.log.setLevel(logging.CRITICAL)
    cssutils.ser.prefs.minimizeColorHash = False
    pairs = _apart(merge_style.csstext_to_pairs, always={"validate": False})
    premailer.csstext_to_pairs = pairs
    merge_style.csstext_to_pairs = pairs
    premailer._create_cssselector = _apart(premailer._create_cssselector)
    premailer._cache_parse_css_string = _apart(premailer._cache_parse_css_string)
    return premailer.Premailer


def _apart(function: Any, always: Mapping[str, Any] = MappingProxyType({})) -> Any:
    bare = function
    while hasattr(bare, "__wrapped__"):
        bare = bare.__wrapped__

    def called(*given: Any, **named: Any) -> Any:
        return bare(*given, **{**named, **always})

    own: Any = lru_cache(maxsize=512)(called if always else bare)
    own._lock = getattr(function, "_lock", None)
    return own
