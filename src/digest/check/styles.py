"""CSS that costs a client's whole style sheet, and the dark mode that a mail must bring."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.check.finding import Given, Hit, Rule

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STRING = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")


def _nested(given: Given) -> Iterator[Hit]:
    for style in given.styles:
        plain = _STRING.sub('""', _COMMENT.sub("", style))
        blocks: list[bool] = []
        for head, sign in re.findall(r"([^{}]*)([{}])", plain):
            if sign == "}":
                if not blocks:
                    yield Hit("a style sheet closes a brace that it did not open", "html: <style>")
                    return
                blocks.pop()
                continue
            at_rule = head.rpartition(";")[2].strip().startswith("@")
            if at_rule and any(blocks):
                yield Hit("an @-rule stands inside another", "html: <style>")
                return
            blocks.append(at_rule)
        if blocks:
            yield Hit("a style sheet does not close all its braces", "html: <style>")


def _background(given: Given) -> Iterator[Hit]:
    for element in given.page.iter():
        if isinstance(element.tag, str) and re.search(r"background[\w-]*\s*:[^;]*url\(", element.get("style", "")):
            yield Hit("a background picture stands in an inline style", f"html: <{element.tag}>")


def _important(given: Given) -> Iterator[Hit]:
    for style in given.styles:
        found = re.search(r"\S!\s*important|!\s*I[a-zA-Z]+|!\s+important", style)
        if found:
            yield Hit(f'"{found[0]}" is not how !important must be written', "html: <style>")
    for element in given.page.iter():
        if isinstance(element.tag, str) and "!important" in element.get("style", ""):
            yield Hit("!important in an inline style, which dark mode cannot override", f"html: <{element.tag}>")
            return


def _dark(given: Given) -> Iterator[Hit]:
    names = {meta.get("name", "").lower() for meta in given.page.iter("meta")}
    missing = [name for name in ("color-scheme", "supported-color-schemes") if name not in names]
    if missing:
        yield Hit(f"there is no <meta> for {' and '.join(missing)}", "html: <head>")
    sheets = "\n".join(given.styles)
    for sign, who in (
        ("prefers-color-scheme", "Apple Mail"),
        ("[data-ogsc]", "Outlook.com"),
        ("[data-ogsb]", "Outlook.com"),
    ):
        if sign not in sheets:
            yield Hit(f"there are no {sign} rules, so {who} invents its own dark colours", "html: <style>")


RULES = (
    Rule(
        "css.nested-at",
        "error",
        "Gmail drops the whole style sheet over one nested @-rule or an open brace",
        "hteumeuleu/email-bugs #21",
        "take the inner @-rule out, and balance the braces",
        _nested,
    ),
    Rule(
        "css.bg-url-inline",
        "warning",
        "Gmail may drop the whole style attribute over a url() in it",
        "hteumeuleu/email-bugs #130; caniemail #343",
        "use the background attribute of the section",
        _background,
    ),
    Rule(
        "css.important-form",
        "warning",
        "Gmail and Orange read only ` !important` in small letters with a space before it",
        "caniemail.com: !important",
        "write a space and !important, and only in style sheets",
        _important,
    ),
    Rule(
        "dark.meta",
        "warning",
        "without its own dark styles a mail is inverted by guesswork",
        "caniemail.com: prefers-color-scheme; hteumeuleu.com 2021",
        'include "_head.mjml.j2", or add the metas and rules that it has',
        _dark,
    ),
)
