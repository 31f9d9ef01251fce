"""Our HTML beside that of npm `mjml`, token by token, and what npm `html-validate` says of it.

`python tests/render/npm_compare.py FOLDER` prints both; FOLDER has `mjml` and `html-validate` in its `node_modules`.
"""

from __future__ import annotations

import difflib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
TEMPLATES = ("daily", "weekly", "breaking", "personal")
_COMMENT = re.compile(r"<!--\[if ([^\]]*)\]>(.*?)<!\[endif\]-->", re.DOTALL)
_TOKEN = re.compile(r"<!--.*?-->|</?[a-zA-Z!?](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>|[^<]+", re.DOTALL)
_ATTRIBUTE = re.compile(r"([^\s=/>\"']+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+))?")
_COMPILE = """
const fs = require('fs'); const mjml = require('mjml'); const compile = mjml.default || mjml;
(async () => { const made = await compile(fs.readFileSync(0, 'utf8'), { fonts: {}, validationLevel: 'strict' });
process.stdout.write(made.html); })();
"""
# Rules of html-validate that a mail cannot keep, with the reason.
NOT_FOR_MAIL = {
    "no-inline-style": "clients drop style sheets, so every style is written into its element",
    "no-deprecated-attr": "Outlook reads align, bgcolor, width and cellpadding, not their CSS",
    "no-conditional-comment": "Outlook's own markup stands in conditional comments",
    "doctype-style": "both spellings are the same to a parser, and this is MJML's",
    "prefer-native-element": "webmail strips <article>, so the role stands on a <div>",
    "aria-label-misuse": "the name alone, or a picture of it, is not enough of a heading without the date",
}


def source_of(template: str) -> tuple[str, str]:
    """The MJML of the sample edition, and its inline sheet."""
    shown = prepare(of_template(template))
    values = template_values(shown, Words.of("en"), Slots.apart_from(repr(shown)), Theme())
    return fill(ROOTS, f"{template}.mjml.j2", values), fill(ROOTS, long_way.SHEET, values)


def ours(source: str) -> str:
    return compile_mjml(source, "compared")


def theirs(source: str, folder: Path) -> str:
    return _node(_COMPILE, source, folder)


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


def validated(template: str, folder: Path) -> Iterator[str]:
    """What html-validate says of our finished HTML, less what no mail can keep."""
    html = render(of_template(template), templates=ROOTS, template=template, theme=Theme(), language="en").html
    script = """
const fs = require('fs'); const { HtmlValidate } = require('html-validate');
(async () => { const v = new HtmlValidate({ extends: ['html-validate:recommended'] });
const report = await v.validateString(fs.readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(report.results.flatMap(r => r.messages))); })();
"""
    told: list[dict[str, Any]] = json.loads(_node(script, html, folder))
    for message in told:
        if message["ruleId"] not in NOT_FOR_MAIL:
            yield f"{message['line']}:{message['column']} {message['ruleId']}: {message['message']}"


def _node(script: str, text: str, folder: Path) -> str:
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, "-e", script], input=text, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def main() -> None:
    folder = Path(sys.argv[1])
    for template in TEMPLATES:
        found = differences(template, folder)
        print(f"{template}: {len(found)} token lines differ")
        print("\n".join(f"  {line[:200]}" for line in found))
        print("\n".join(f"  html-validate {line}" for line in validated(template, folder)))


if __name__ == "__main__":
    main()
