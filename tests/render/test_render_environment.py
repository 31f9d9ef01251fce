"""The sandbox: files in order, errors with their place, nothing that leaves or explodes."""

from __future__ import annotations

from pathlib import Path

import pytest
from render_sample import edition

from digest.errors import TemplateError
from digest.render.environment import LARGEST, fill, fill_line


def write(root: Path, **files: str) -> Path:
    root.mkdir(exist_ok=True)
    for name, text in files.items():
        (root / f"{name}.mjml.j2").write_text(text, encoding="utf-8")
    return root


def test_the_own_file_wins_and_the_packaged_one_stands_behind(tmp_path: Path) -> None:
    base = write(tmp_path / "base", page="[{% include 'part.mjml.j2' %}]", part="packaged", other="other")
    own = write(tmp_path / "own", part="own, around {% include '!base/part.mjml.j2' %}")
    assert fill((own, base), "page.mjml.j2", {}) == "[own, around packaged]"
    assert fill((own, base), "!base/part.mjml.j2", {}) == "packaged"
    assert fill((base,), "other.mjml.j2", {}) == "other"


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    import os

    root = write(tmp_path / "t", page="one")
    assert fill((root,), "page.mjml.j2", {}) == "one"
    write(root, page="two")
    os.utime(root / "page.mjml.j2", ns=(1, 1))
    assert fill((root,), "page.mjml.j2", {}) == "two"


def test_values_are_escaped_in_markup_and_not_in_text(tmp_path: Path) -> None:
    root = write(tmp_path / "t", page="{{ a }}")
    (root / "page.txt.j2").write_text("{{ a }}", encoding="utf-8")
    assert fill((root,), "page.mjml.j2", {"a": '<b> & "c"'}) == "&lt;b&gt; &amp; &#34;c&#34;"
    assert fill((root,), "page.txt.j2", {"a": "<b> & c"}) == "<b> & c"


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("\n{{ publication.nmae }}", 2, "no field 'nmae'"),
        ("{{ publicaton }}", 1, "'publicaton' is undefined"),
        ("a\nb\n{% if %}", 3, "Expected an expression"),
        ("a\n{{ 1 / 0 }}", 2, "division by zero"),
        ("{% include 'nothing.mjml.j2' %}", 1, "no template"),
        ("\n\n{{ publication.__class__ }}", 3, "unsafe"),
        ("{% for a in range(100000) %}{% endfor %}", 1, "longer than"),
        ("{{ 'x' * 10000000000 }}", 1, "may not use"),
        ("{{ 'x'.ljust(10000000000) }}", 1, "not safely callable|unsafe"),
        ("{{ 'x' | center(10000000000) }}", 1, "No filter named"),
        ("{{ 9 ** 9 ** 9 }}", 1, "may not use"),
        ("{{ '%99999999999d' % 1 }}", 1, "may not use"),
    ],
)
def test_what_goes_wrong_says_the_file_and_line(tmp_path: Path, source: str, line: int, words: str) -> None:
    root = write(tmp_path / "t", page=source)
    with pytest.raises(TemplateError, match=words) as caught:
        fill((root,), "page.mjml.j2", {"publication": edition().publication})
    assert caught.value.where == f"{root / 'page.mjml.j2'}:{line}"


def test_a_misspelt_field_gets_the_nearest_known_one(tmp_path: Path) -> None:
    root = write(tmp_path / "t", page="{{ publication.postal_adress }}")
    with pytest.raises(TemplateError) as caught:
        fill((root,), "page.mjml.j2", {"publication": edition().publication})
    assert caught.value.hint == "did you mean postal_address?"


def test_an_error_in_an_included_part_names_the_part(tmp_path: Path) -> None:
    root = write(tmp_path / "t", page="\n{% include 'part.mjml.j2' %}", part="\n\n{{ gone }}")
    with pytest.raises(TemplateError) as caught:
        fill((root,), "page.mjml.j2", {})
    assert caught.value.where == f"{root / 'part.mjml.j2'}:3"


def test_a_template_cannot_read_files_outside_its_folders(tmp_path: Path) -> None:
    (tmp_path / "secret.j2").write_text("secret", encoding="utf-8")
    root = write(tmp_path / "t", page="{% include '../secret.j2' %}")
    with pytest.raises(TemplateError):
        fill((root,), "page.mjml.j2", {})


def test_endless_output_is_stopped(tmp_path: Path) -> None:
    root = write(
        tmp_path / "t", page="{% for a in range(1000) %}{% for b in range(1000) %}0123456789{% endfor %}{% endfor %}"
    )
    with pytest.raises(TemplateError, match=f"more than {LARGEST // 1_000_000} MB"):
        fill((root,), "page.mjml.j2", {})


def test_a_template_that_is_no_text_is_named(tmp_path: Path) -> None:
    root = write(tmp_path / "t")
    (root / "page.mjml.j2").write_bytes(b"one\ntwo \xff\n")
    with pytest.raises(TemplateError, match="not UTF-8") as caught:
        fill((root,), "page.mjml.j2", {})
    assert caught.value.where == f"{root / 'page.mjml.j2'}:2"


def test_a_line_from_the_settings_is_plain_text() -> None:
    assert fill_line("{{ a }} & more", {"a": "<b>"}, "subject") == "<b> & more"
    with pytest.raises(TemplateError) as caught:
        fill_line("{{ b }}", {"a": 1}, "subject")
    assert caught.value.where == "subject"
