"""Reading the folder of audiences."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.audiences import And, Compare, load_audiences, parse
from digest.errors import ConfigError
from digest.models.people import Segment


def write(root: Path, name: str, text: str) -> Path:
    folder = root / "audiences"
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_full_file(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "readers-in-delhi",
        """
label = "Delhi"   # shown in lists
filter = "status = active and attr.city = Delhi"
personal = true
languages = ["en", "pt-BR"]
topics = ["world"]
template = "short"
subject = "{{ edition.subject }}"
from = "The Ledger <delhi@news.example>"
limits = { world = 1 }
""",
    )
    audiences = load_audiences(tmp_path, topics={"world"})
    assert list(audiences) == ["readers-in-delhi"]
    segment = audiences["readers-in-delhi"]
    assert segment == Segment(
        name="readers-in-delhi",
        label="Delhi",
        filter="status = active and attr.city = Delhi",
        personal=True,
        languages=("en", "pt-BR"),
        topics=("world",),
        template="short",
        subject="{{ edition.subject }}",
        limits={"world": 1},
        from_="The Ledger <delhi@news.example>",
        where=f"{path}:3:11",
    )
    assert parse(segment) == And((Compare("status", "=", "active"), Compare("attr.city", "=", "Delhi")))


def test_defaults_and_order(tmp_path: Path) -> None:
    write(tmp_path, "b", 'filter = "status = active"')
    write(tmp_path, "a", "filter = 'status = active'")
    audiences = load_audiences(tmp_path)
    assert list(audiences) == ["a", "b"]
    assert audiences["a"].label == "a"
    assert audiences["a"].languages is None
    assert not audiences["a"].personal


def test_no_folder_is_no_audience(tmp_path: Path) -> None:
    assert load_audiences(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "place", "what", "hint"),
    [
        ('label = "x"\nfilter = "status = active"\nlanguage = ["en"]\n', ":3", "language: unknown key", "languages"),
        ('filter = "status = active"\nname = "x"\n', ":2", "name: unknown key", None),
        ('filter = "status = active"\nwhere = "x"\n', ":2", "where: unknown key", None),
        ('label = "x"\n', ":1", "filter: is missing", None),
        ('filter = "status = active"\npersonal = "yes"\n', ":2", "personal: must be true or false", None),
        ('filter = "status = active"\nlanguages = []\n', ":2", "languages: is empty", None),
        ('filter = "status = active"\n\nlanguages = ["english"]\n', ":3", "english", None),
        ('filter = "status = active"\nlimits = { world = -1 }\n', ":2", "below 0", None),
        ('filter = "status = active"\ntopics = ["wrld"]\n', ":2", 'no topic "wrld"', "did you mean world?"),
        ('filter = "status = active"\nlimits = { wrld = 1 }\n', ":2", 'no topic "wrld"', "did you mean world?"),
        ('label = "x"\nfilter = "status = actve"\n', ":2:20", "actve", "did you mean active?"),
        ("filter = 'topics has wrld'\n", ":1:22", "wrld", "did you mean world?"),
        ('filter = """status = active\n  and nme = x"""\n', ":2:7", 'no field "nme"', "name"),
        ('filter = """\nstatus = active\n  and nme = x\n"""\n', ":3:7", 'no field "nme"', "name"),
        ("filter = '''status = actve'''\n", ":1:22", "actve", "active"),
        ('filter = ""\n', ":1:11", "empty", None),
        ("filter = \n", ":1:10", "Invalid value", None),
    ],
)
def test_complaints_name_file_and_line(tmp_path: Path, text: str, place: str, what: str, hint: str | None) -> None:
    path = write(tmp_path, "everyone", text)
    with pytest.raises(ConfigError) as caught:
        load_audiences(tmp_path, topics={"world"})
    assert caught.value.where == f"{path}{place}"
    assert what in caught.value.what
    assert hint is None or hint in (caught.value.hint or "")


def test_a_file_must_be_named_and_written_plainly(tmp_path: Path) -> None:
    path = write(tmp_path, "Every One", 'filter = "status = active"')
    with pytest.raises(ConfigError, match="cannot name an audience"):
        load_audiences(tmp_path)
    path.unlink()
    (tmp_path / "audiences" / "a.toml").write_bytes(b'label = "\xff"')
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_audiences(tmp_path)
    (tmp_path / "audiences" / "a.toml").write_text("#" * 200_000)
    with pytest.raises(ConfigError, match="larger"):
        load_audiences(tmp_path)


def test_a_segment_made_by_hand_is_parsed_too() -> None:
    with pytest.raises(ConfigError) as caught:
        parse(Segment(name="x", label="x", filter="status = actve"))
    assert caught.value.where == "filter of x:1:10"
