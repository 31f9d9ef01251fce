"""docs/templates.md says everything that a template may name, in the words of the code."""

from __future__ import annotations

import os
import re
from dataclasses import fields
from pathlib import Path

import pytest
from render_sample import edition

from digest.models.story import Image
from digest.render import context, render
from digest.render.prepare import prepare
from digest.render.reference import FUNCTIONS, IMAGE, SLOTS, THEME, VALUES, helps, reference
from digest.render.slots import STANDARD, Slots
from digest.render.values import template_values
from digest.render.words import Words
from digest.settings import Theme

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "templates.md"


@pytest.mark.parametrize("name", sorted(reference()))
def test_the_page_holds_each_table_as_the_code_has_it(name: str) -> None:
    mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    wanted = reference()[name]
    if os.environ.get("DIGEST_GOLDEN") == "write":
        page = mark.sub(lambda m: f"{m[1]}{wanted}\n{m[2]}", PAGE.read_text(encoding="utf-8"))
        PAGE.write_text(page, encoding="utf-8")
    found = mark.search(PAGE.read_text(encoding="utf-8"))
    assert found is not None
    assert found[0] == f"<!-- {name} -->\n{wanted}\n<!-- /{name} -->", (
        "DIGEST_GOLDEN=write rewrites docs/templates.md"
    )


@pytest.mark.parametrize("view", context.VIEWS, ids=lambda view: view.__name__)
def test_every_field_has_words(view: type) -> None:
    words = helps(view)
    assert {field.name for field in fields(view) if field.init} <= set(words)
    assert not [name for name, text in words.items() if not text.strip()]


def test_every_value_and_function_is_told() -> None:
    shown = prepare(edition())
    values = template_values(shown, Words.of("en"), Slots.apart_from("", ()), Theme())
    assert set(VALUES) | set(FUNCTIONS) == set(values)
    assert set(SLOTS) == set(STANDARD)
    assert set(IMAGE) == {field.name for field in fields(Image)}
    assert set(THEME) >= {field.name.removesuffix("_dark") for field in fields(Theme)}


def test_every_part_is_told() -> None:
    page = PAGE.read_text(encoding="utf-8")
    parts = [path.name for path in (ROOT / "templates").iterdir() if path.name.startswith("_")]
    assert [part for part in parts if f"`{part}`" not in page] == []


def test_the_examples_of_the_page_work(tmp_path: Path) -> None:
    for example in re.findall(r"```jinja\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        name = re.match(r"\{# templates/(\S+) #\}", example)
        (tmp_path / (name[1] if name else "evening.txt.j2")).write_text(example, encoding="utf-8")
    made = render(
        edition(), templates=(tmp_path, ROOT / "templates"), template="evening", theme=Theme(), language="en"
    )
    assert "Printed on paper, too" in made.html
    assert "Sent to" in made.html
    assert made.text.startswith("The Ledger\n")
