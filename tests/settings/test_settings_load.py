"""Settings: read in their order, refused with file and line, and all of them documented."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.content import packaged
from digest.errors import ConfigError, CredentialsError
from digest.settings import Secret, Settings, load_settings
from digest.settings.load import find_root, locate

CHECKOUT = Path(__file__).parents[2]

LEAST = """[publication]
id = "ledger"
name = "The Ledger"
base_url = "https://news.example"
from = "The Ledger <hello@news.example>"
postal_address = "1 Press Lane"

[digests.daily]
segments = ["everyone"]
"""


def load(folder: Path, text: str = LEAST, environ: Mapping[str, str] | None = None) -> Settings:
    (folder / "digest.toml").write_text(text)
    return load_settings(folder, environ or {})


def test_the_least_that_is_needed(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.publication.from_ == "The Ledger <hello@news.example>"
    assert settings.delivery.transport == "folder"
    assert settings.digests["daily"].decay.seconds == 12 * 3600


def test_environment_beats_local_file_beats_main_file(tmp_path: Path) -> None:
    text = LEAST + '[delivery]\ntransport = "smtp"\nrate = "5/s"\noutbox = "one"\n'
    (tmp_path / "digest.local.toml").write_text('[delivery]\nrate = "6/s"\noutbox = "two"\n')
    settings = load(tmp_path, text, {"DIGEST_DELIVERY__OUTBOX": "three", "DIGEST_NOW": "x", "HOME": "/"})
    assert (settings.delivery.transport, settings.delivery.rate.text, settings.delivery.outbox) == (
        "smtp",
        "6/s",
        "three",
    )


def test_a_variable_may_be_any_toml_value(tmp_path: Path) -> None:
    settings = load(tmp_path, environ={"DIGEST_DELIVERY__SMTP__PORT": "2525", "DIGEST_DIGESTS__DAILY__LEAD": "2"})
    assert settings.delivery.smtp.port == 2525
    assert settings.digests["daily"].lead == 2


@pytest.mark.parametrize(
    ("line", "where", "says"),
    [
        ("titel = 1", ":8", "digests.daily.titel: unknown key"),
        ("lede = 1", ":10", "did you mean lead?"),
        ('lead = "one"', ":10", "must be a whole number"),
        ("lead = true", ":10", "must be a whole number"),
        ('window = "a day"', ":10", "is no span of time"),
        ('thin = "thinner"', ":10", "not one of the choices"),
        ('schedule = "7 o\'clock"', ":10", "is no schedule"),
        ('topics = ["wrold"]', ":10", 'there is no topic "wrold"'),
        ('budget = "long"', ":10", "is no reading time"),
        ("approval = 2.5", ":10", "must be a whole number"),
    ],
)
def test_what_does_not_fit_is_said_with_its_line(tmp_path: Path, line: str, where: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, LEAST + line + "\n")
    assert says in str(caught.value)
    assert str(caught.value.where).endswith((where, ":10"))
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('id = "ledger"', 'id = "The Ledger"', "an id is small letters"),
        ("https://news.example", "news.example", "http or https"),
        ('postal_address = "1 Press Lane"\n', "", "publication.postal_address: is missing"),
        ('name = "The Ledger"', 'name = "The \\u0000 Ledger"', "control characters"),
        ("[digests.daily]", "[digests.Daily]", "small letters"),
        ("[publication]", "[publication", "digest.toml:1"),
        ('segments = ["everyone"]', 'segments = "everyone"', "must be a list"),
        ('name = "The Ledger"', 'name = "The Ledger"\ntimezone = "Delhi"', "is no IANA time zone"),
    ],
)
def test_wrong_values_are_refused_in_words(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, LEAST.replace(old, new))
    assert says in str(caught.value)
    assert "digest.toml" in str(caught.value)


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"\$DIGEST_DELIVERY__RATE"):
        load(tmp_path, environ={"DIGEST_DELIVERY__RATE": "fast"})


def test_two_sources_of_one_name_and_a_feed_without_address_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match='needs url = "'):
        load(tmp_path, LEAST + '[[sources]]\nname = "a"\nkind = "feed"\n')
    twice = '[[sources]]\nname = "a"\nkind = "folder"\npath = "x"\n' * 2
    with pytest.raises(ConfigError, match=r'two sources are named "a"') as caught:
        load(tmp_path, LEAST + twice)
    assert str(caught.value.where).endswith(":15")


def test_a_secret_is_a_reference_and_prints_as_dots(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="must be a table"):
        load(tmp_path, LEAST + '[delivery.smtp]\npassword = "hunter2"\n')
    secret = load(tmp_path, LEAST + '[delivery.smtp]\npassword = { env = "PW" }\n').delivery.smtp.password
    assert secret
    assert "hunter2" not in str(secret)
    assert secret.reveal({"PW": "hunter2"}, tmp_path) == "hunter2"
    with pytest.raises(CredentialsError, match="PW is not set"):
        secret.reveal({}, tmp_path)
    (tmp_path / "pw").write_text("from a file\n")
    assert Secret(file="pw").reveal({}, tmp_path) == "from a file"
    with pytest.raises(CredentialsError, match="cannot be read"):
        Secret(file="none").reveal({}, tmp_path)


def test_the_root_is_found_upward(tmp_path: Path) -> None:
    load(tmp_path)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert find_root(deep) == tmp_path.resolve()
    with pytest.raises(ConfigError, match=r"no digest\.toml"):
        load_settings(deep, {})


def test_the_sample_paper_and_the_complete_example_load(tmp_path: Path) -> None:
    load_settings(packaged(), {})
    load(tmp_path, (CHECKOUT / "docs" / "digest.toml").read_text())


def test_every_setting_is_documented() -> None:
    text = (CHECKOUT / "docs" / "digest.toml").read_text()
    for path in keys(Settings, ()):
        line = locate(text, path)
        assert line, path
        written = text.splitlines()[line - 1]
        assert path[-1] in written, f"{'.'.join(path)} is not in docs/digest.toml"


def keys(cls: type[Any], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The dotted path of every setting, with one example in the place of each table's free name."""
    hints = typing.get_type_hints(cls)
    named = {"digests": "daily", "topics": "world"}
    for field in dataclasses.fields(cls):
        name = field.name.rstrip("_")
        if not path and name == "root":
            continue
        kind = hints[field.name]
        inner = next((arg for arg in typing.get_args(kind) if dataclasses.is_dataclass(arg)), kind)
        if not path and name in named:
            yield from keys(inner, (name, named[name]))
        elif not path and name == "sources":
            yield from (key for key in keys(inner, ("sources", "0")) if key[-1] != "path")
        elif dataclasses.is_dataclass(inner) and not inner.__module__.endswith("values") and name != "weather":
            several = typing.get_origin(kind) is tuple
            inner_keys = keys(typing.cast("type[Any]", inner), (*path, name, *(["0"] if several else [])))
            yield from (key for key in inner_keys if "relays" not in key)
        else:
            yield (*path, name)


@given(st.text(), st.lists(st.text(max_size=5), max_size=3))
def test_looking_for_a_line_never_fails(text: str, path: list[str]) -> None:
    line = locate(text, tuple(path))
    assert line is None or 1 <= line <= max(len(text.splitlines()), 1)
