"""What writes nothing and goes on is stopped, with its line; what a mail needs is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.errors import TemplateError
from digest.render.environment import fill

LOOPS = "{% for a in range(999) %}" * 4 + "{% set x = a %}" + "{% endfor %}" * 4


def page(root: Path, text: str) -> str:
    (root / "page.mjml.j2").write_text(text, encoding="utf-8")
    return fill((root,), "page.mjml.j2", {"many": tuple(range(100)), "deep": 40})


@pytest.mark.parametrize(
    "text",
    [
        LOOPS,
        LOOPS.replace("range(999)", "many|select"),
        "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(40) }}",
        "{% if deep %}{% with deep = deep - 1 %}" + '{% include "page.mjml.j2" %}' * 2 + "{% endwith %}{% endif %}",
    ],
)
def test_what_does_not_end_is_stopped_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(TemplateError, match="more than 1,000,000 steps") as caught:
        page(tmp_path, f"\n\n{text}")
    assert caught.value.where in (f"{tmp_path / 'page.mjml.j2'}:3", f"{tmp_path / 'page.mjml.j2'}:1")


def test_a_recursive_loop_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="recursive") as caught:
        page(tmp_path, "\n{% for a in many recursive %}{{ loop(many) }}{% endfor %}")
    assert caught.value.where == f"{tmp_path / 'page.mjml.j2'}:2"


def test_a_template_that_includes_itself_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="includes or calls itself"):
        page(tmp_path, '{% include "page.mjml.j2" %}')


def test_loops_keep_what_they_know_of_themselves(tmp_path: Path) -> None:
    text = (
        "{% for a in many if a < 3 %}{{ loop.index }}/{{ loop.length }}{{ '.' if loop.last else ',' }}{% endfor %}"
        "{% for a in [] %}{% else %} none{% endfor %}{% for k, v in {'x': 1}.items() %} {{ k }}{{ v }}{% endfor %}"
        "{% for c in 'ab' %}{{ loop.index0 }}{{ c }}{% endfor %}"
    )
    assert page(tmp_path, text) == "1/3,2/3,3/3. none x10a1b"
