"""The documents keep up with the code: commands, exit codes, filter fields, columns, transports and sources."""

from __future__ import annotations

import re
import typing
from pathlib import Path

import pytest

from digest.audiences.fields import FIELDS
from digest.readers.columns import COLUMNS
from digest.send.registry import KNOWN
from digest.settings import Source

CHECKOUT = Path(__file__).parents[1]


def read(name: str) -> str:
    return (CHECKOUT / name).read_text(encoding="utf-8")


def test_the_readme_names_the_two_commands_and_only_commands_that_exist() -> None:
    from digest.cli.app import app

    text = read("README.md")
    assert "make daily" in text
    assert "make test" in text
    known = {command.name for command in app.registered_commands} | {group.name for group in app.registered_groups}
    named = set(re.findall(r"^digest (\w+)|`digest (\w+)", text, re.M))
    for pair in named:
        word = pair[0] or pair[1]
        assert word in known, word


def test_every_filter_field_and_every_column_is_documented() -> None:
    text = read("docs/audiences.md")
    for name in (*FIELDS, *COLUMNS):
        assert f"`{name}`" in text, name


def test_every_transport_and_source_kind_is_documented() -> None:
    text = read("docs/digest.toml")
    for name in KNOWN:
        assert name == "memory" or name in text
    for kind in typing.get_args(typing.get_type_hints(Source)["kind"]):
        assert kind in text


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/design.md"])
def test_links_between_documents_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", read(name)):
        assert (CHECKOUT / name).parent.joinpath(target).exists(), target
