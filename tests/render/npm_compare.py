"""Our HTML beside that of npm `mjml`, token by token, and what npm `html-validate` says of it.

`python tests/render/npm_compare.py FOLDER` prints both; FOLDER has `mjml` and `html-validate` in its `node_modules`.
"""

from __future__ import annotations

import difflib
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

from hard_sample import TEMPLATES, hard
from npm_folder import run_node
from render_sample import of_template

from digest.render import long_way, render
from digest.render.environment import fill
from digest.render.mjml import compile_mjml
from digest.render.prepare import prepare
from digest.render.slots import Slots
from digest.render.values import template_values
from digest.render.words import Words
from digest.settings import Theme

ROOTS = (Path(__file__).parents[2] / "templates",)
_COMMENT = re.compile(r"<!--\[if ([^\]]*)\]>(.*?)<!\[endif\]-->", re.DOTALL)
_TOKEN = re.compile(r"<!--.*?-->|</?[a-zA-Z!?](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>|[^<]+", re.DOTALL)
_ATTRIBUTE = re.compile(r"([^\s=/>\"']+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+))?")
_COMPILE = """
const given = JSON.parse(require('fs').readFileSync(0, 'utf8')); const mjml = require('mjml');
(async () => { const made = await (mjml.default || mjml)(given, { fonts: {}, validationLevel: 'strict' });
process.stdout.write(made.html); })();
"""
_VALIDATE = """
const given = JSON.parse(require('fs').readFileSync(0, 'utf8')); const { HtmlValidate } = require('html-validate');
(async () => { const judge = new HtmlValidate({ extends: ['html-validate:recommended'] }); const told = {};
for (const [name, html] of Object.entries(given))
  told[name] = (await judge.validateString(html)).results.flatMap(result => result.messages);
process.stdout.write(JSON.stringify(told)); })();
"""
NOT_FOR_MAIL: dict[str, str] = tomllib.loads((Path(__file__).parent / "not_for_mail.toml").read_text())["ignored"]


def source_of(template: str) -> tuple[str, str]:
    """The MJML of the sample edition, and its inline sheet."""
    shown = prepare(of_template(template))
    values = template_values(shown, Words.of("en"), Slots.apart_from(repr(shown)), Theme())
    return fill(ROOTS, f"{template}.mjml.j2", values), fill(ROOTS, long_way.SHEET, values)


def ours(source: str) -> str:
    return compile_mjml(source, "compared")


def theirs(source: str, folder: Path) -> str:
    return run_node(_COMPILE, source, folder)


_MARK = re.compile(r"<!--\[if ([^\]]*)\]>(?:<!-->)?|(?:<!--)?<!\[endif\]-->")


def tokens(html: str) -> list[str]:
    """One line a token; the order of attributes, classes and declarations does not count, nor does white space."""
    # MJML's own compiler writes neighbouring blocks of one condition as one.
    html = re.sub(r"<!\[endif\]-->\s*<!--\[if mso \| IE\]>", "", html)
    opened = _MARK.sub(lambda m: f"<!--if {m[1].strip()}-->" if m[1] else "<!--end-->", html)
    return [line for piece in _TOKEN.findall(opened) if (line := _line(piece))]


def _line(piece: str) -> str:
    if not piece.startswith("<") or piece.startswith("<!"):
        return " ".join(piece.split())
    name = re.split(r"[\s/>]", piece.lstrip("</"), maxsplit=1)[0]
    if piece.startswith("</"):
        return f"</{name}>"
    found = []
    for attribute, value in _ATTRIBUTE.findall(piece[1 + len(name) : -1]):
        value = value.strip("\"'")
        if attribute == "style":
            value = ";".join(
                sorted(" ".join(part.split()).replace(": ", ":") for part in value.split(";") if part.strip())
            )
        elif attribute == "class":
            value = " ".join(sorted(value.split()))
        if value or attribute in ("alt", "href"):
            found.append(f"{attribute}={value}")
    return f"<{name} {' '.join(sorted(found))}>"


def differences(template: str, folder: Path) -> list[str]:
    """The token lines that only one of the two has, `-` theirs, `+` ours."""
    source, _sheet = source_of(template)
    compared = difflib.ndiff(_css(tokens(theirs(source, folder))), _css(tokens(ours(source))))
    return [line for line in compared if line.startswith(("- ", "+ "))]


def _css(lines: list[str]) -> list[str]:
    """Style sheets rule by rule, so that a rule more is one line more."""
    rules = (re.split(r"(?<=\})\s*", line) if "{" in line else [line] for line in lines)
    return [
        re.sub(r"\s*([{}:;,])\s*", r"\1", part) if "{" in part else part for each in rules for part in each if part
    ]


def outlook_widths(html: str) -> list[str]:
    """Every width that only Outlook sees, in order."""
    return [
        w
        for block in _COMMENT.finditer(html)
        if "mso" in block[1]
        for w in re.findall(r"width[:=]\"?\s*([\d.]+)", block[2])
    ]


def validated(folder: Path) -> dict[str, list[str]]:
    """By rule, what html-validate says of our finished HTML: the sample of each template, and what breaks layouts."""
    cases = {template: (of_template(template), "en", template) for template in TEMPLATES} | hard()
    pages = {
        name: render(context, templates=ROOTS, template=template, theme=Theme(), language=language).html
        for name, (context, language, template) in cases.items()
    }
    told: dict[str, list[dict[str, Any]]] = json.loads(run_node(_VALIDATE, pages, folder))
    by_rule: dict[str, list[str]] = {}
    for name, messages in told.items():
        for message in messages:
            where = f"{name}:{message['line']}:{message['column']}"
            by_rule.setdefault(message["ruleId"], []).append(f"{where} {message['message']}")
    return by_rule


def main() -> None:
    folder = Path(sys.argv[1])
    for template in TEMPLATES:
        found = differences(template, folder)
        print(f"{template}: {len(found)} token lines differ")
        print("\n".join(f"  {line[:200]}" for line in found))
    for rule, messages in validated(folder).items():
        print(f"html-validate {rule}: {len(messages)}, {NOT_FOR_MAIL.get(rule, 'WRONG: ' + messages[0])}")


if __name__ == "__main__":
    main()
