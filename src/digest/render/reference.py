"""The reference of the template contract as Markdown tables, written from the code: what docs/templates.md holds."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields

from digest.models.story import Image
from digest.render import context, counted, plaintext
from digest.render.lint_rules import REASONS
from digest.render.slots import STANDARD
from digest.settings import Theme

VALUES = {
    "publication": "PublicationView: who is speaking",
    "edition": "EditionView: which issue this is",
    "segment": "SegmentView: for whom",
    "lead": "StoryView, or none",
    "sections": "SectionViews in reading order, each with at least one story",
    "latest": "StoryViews of the Latest rail, newest first",
    "related": "(title, link) of other coverage of the lead's event; a link may be none",
    "popular": "(label, link) of popular categories; a link may be none",
    "weather": "one short phrase, or empty",
    "subject": "the subject line as readers get it",
    "preheader": "what inboxes show behind the subject",
    "filler": "invisible characters that keep inboxes from reading on behind the preheader",
    "counted": "Counted: the counts as phrases",
    "theme": "the tokens of `[theme]`",
    "language": "the language tag of this variant, for example `de-AT`",
    "direction": "`ltr` or `rtl`",
    "start": "`left`, or `right` in languages that run from right to left",
    "end": "the other side",
    "slots": "the places that are filled for each reader",
    "plain": "Plain: the parts of a text mail, for `NAME.txt.j2`",
}
FUNCTIONS = {
    "word": "`word(key, name=value, …)`: one of the mail's own phrases in this language; an unknown key is an error",
    "plural": "`plural(key, count)`: a phrase in the plural form that the language has for `count`",
    "date": '`date(day)` or `date(day, "why_date")`: a date as the language writes it',
    "time": "`time(moment)`: the time of day of a moment such as `story.published`",
    "number": "`number(value)`: with the language's digits and separators",
    "labels": "`labels(story)`: what readers must be told of it: an update, opinion, sponsored, for subscribers only",
    "direction_of": "`direction_of(language)`: `ltr` or `rtl`, for a story in another language",
    "image_height": "`image_height(image, width)`: the height of a picture at a width, none when its size is unknown",
}
SLOTS = {
    "name": "the reader's name, possibly empty",
    "email": "the reader's address",
    "unsubscribe_url": "leads to the page that ends this subscription; every mail needs it",
    "preferences_url": "leads to the reader's choices",
    "browser_url": "leads to this edition in the browser; every mail needs it",
    "feedback_url": "leads to the question whether this was useful",
    "why": "one sentence: why the reader gets this",
}
IMAGE = {
    "url": "where it is",
    "alt": "what it shows, in words; empty when it only decorates",
    "credit": "whose it is, none when unknown",
    "width": "its own width in pixels, none when unknown",
    "height": "its own height in pixels, none when unknown",
}
THEME = {
    "accent": "section labels, markers of takeaways, the line under the lead",
    "paper": "the background",
    "ink": "headlines and text",
    "quiet": "bylines, credits, the footer",
    "rule": "hairlines, and the place of a picture that is not shown",
    "serif": "headlines and the masthead",
    "sans": "text and labels",
    "width": "how wide the mail is, in pixels, 320 to 800",
    "logo": "the address of a picture that stands for the name, 240 pixels wide",
    "logo_dark": "the same for dark mode",
}


def reference() -> dict[str, str]:
    """Each generated table of docs/templates.md by its name."""
    views = [("Image", Image), *((view.__name__, view) for view in reversed(context.VIEWS)), *_further()]
    return {
        "values": table(("name", "what it is"), _named(VALUES)),
        "functions": table(("call", "what it gives"), (call.split(": ", 1) for call in FUNCTIONS.values())),
        "fields": "\n\n".join(f"### {name}\n\n{_intro(view)}\n\n{_fields(view)}" for name, view in views),
        "slots": table(("slot", "what stands there"), ((f"`slots.{name}`", SLOTS[name]) for name in STANDARD)),
        "lint": table(("rule", "level", "why"), ((f"`{rule}`", *words) for rule, words in REASONS.items())),
        "theme": table(("token", "built-in", "where it is used"), _theme()),
    }


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def helps(view: type) -> dict[str, str]:
    """What a class says of each of its public fields, properties and methods, in the order of its source.

    A field's words are the string literal under it, which Python itself forgets.
    """
    (tree,) = ast.parse(inspect.getsource(view)).body
    assert isinstance(tree, ast.ClassDef)
    found: dict[str, str] = {}
    for node, behind in zip(tree.body, [*tree.body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            if not node.target.id.startswith("_"):
                found[node.target.id] = _literal(behind)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            called = not any(isinstance(mark, ast.Name) and mark.id == "property" for mark in node.decorator_list)
            arguments = ", ".join(argument.arg for argument in node.args.args[1:])
            found[f"{node.name}({arguments})" if called else node.name] = ast.get_docstring(node) or ""
    return found


def _further() -> list[tuple[str, type]]:
    return [("Counted", counted.Counted), ("Plain", plaintext.Plain)]


def _fields(view: type) -> str:
    own = helps(view)
    if view is Image:
        own = {name: IMAGE[name] for name in own}
    rows = ((f"`{name}`", " ".join(words.split())) for name, words in own.items())
    return table(("field", "what it holds"), rows)


def _intro(view: type) -> str:
    return " ".join((inspect.getdoc(view) or "").split("\n\n")[0].split())


def _literal(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return node.value.value
    return ""


def _named(words: dict[str, str]) -> Iterator[tuple[str, str]]:
    return ((f"`{name}`", text) for name, text in words.items())


def _theme() -> Iterator[tuple[str, str, str]]:
    for field in fields(Theme):
        base = field.name.removesuffix("_dark")
        words = THEME.get(field.name) or f"`{base}` in dark mode"
        yield f"`{field.name}`", f"`{field.default}`" if field.default is not None else "none", words
