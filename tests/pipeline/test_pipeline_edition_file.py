"""What an editor may write wrong, and the file and line that it is answered with."""

from __future__ import annotations

import re

import pytest

from digest.errors import ConfigError
from digest.pipeline.edition_file import file_path, parse, read
from digest.pipeline.naming import Identity, identify
from digest.pipeline.project import Project
from digest.pipeline.selecting import select


@pytest.fixture
def identity(project: Project) -> Identity:
    found = identify(project, "daily")
    select(project, found)
    return found


def _text(project: Project, identity: Identity) -> str:
    return file_path(project, identity.id).read_text(encoding="utf-8")


def _complaint(project: Project, identity: Identity, text: str) -> tuple[str, int]:
    """What is said of a text, and the line that is named."""
    path = file_path(project, identity.id)
    with pytest.raises(ConfigError) as caught:
        parse(project, identity, text, path)
    where = caught.value.where or ""
    assert where.startswith(str(path)), where
    match = re.search(r"\.toml:(\d+)", where)
    assert match, f"no line in {where}"
    return str(caught.value), int(match[1])


def _line(text: str, words: str) -> int:
    return text.count("\n", 0, text.index(words)) + 1


def test_what_select_wrote_is_read_as_it_was_meant(project: Project, identity: Identity) -> None:
    found = read(project, identity)
    assert found is not None
    file, text = found
    assert file.edition == identity.id == "daily/2026-11-24"
    assert file.cut == project.now()
    assert file.sections[0].name == "lead"
    assert {len(story.id) for story in file.listed()} == {16}
    assert file.subject
    assert not file.drop
    assert text.isprintable() is False
    assert all(line.isprintable() for line in text.splitlines())


def test_no_file_is_none(project: Project) -> None:
    assert read(project, identify(project, "daily@2026-11-25")) is None


@pytest.mark.parametrize(
    ("old", "new", "said", "at"),
    [
        ("subject =", "subjekt =", "did you mean subject?", "subjekt"),
        ("drop = []", "drop = []\npins = []", "unknown key", "pins"),
        ('name = "world"', 'name = "wrold"', "did you mean world?", 'name = "wrold"'),
        ('name = "world"', 'name = "business"', "stands twice", None),
        ("cut = 2026-11-24T07:00:00+05:30", "cut = 2026-11-24T07:00:00", "needs its zone", "cut ="),
        ("cut = 2026-11-24T07:00:00+05:30", 'cut = "seven"', "cut: must be", "cut ="),
        ('edition = "daily/2026-11-24"', 'edition = "daily/2026-11-23"', "this is the file of", "edition ="),
        ("drop = []", 'drop = ["zzzzzzzz"]', "no single story", "drop ="),
        ("drop = []", "drop = []\nsegments.nobody.drop = []", "does not go to it", None),
        ("drop = []", 'drop = [ "a" ', "array", None),
    ],
)
def test_a_typo_is_answered_with_its_line(
    project: Project, identity: Identity, old: str, new: str, said: str, at: str | None
) -> None:
    text = _text(project, identity)
    assert old in text
    wrong = text.replace(old, new, 1)
    complaint, line = _complaint(project, identity, wrong)
    assert said.casefold() in complaint.casefold()
    if at:
        assert line == _line(wrong, at)


def test_inside_a_list_the_very_line_is_named(project: Project, identity: Identity) -> None:
    text = _text(project, identity)
    second = re.findall(r'\{ id = "\w+" \}', text)[2]
    for wrong, said in (
        ('{ id = "zzzzzzzzzzzzzzzz" }', "no single story"),
        (second.replace(" }", ', titel = "X" }'), "did you mean title?"),
        (second.replace(" }", ', title = " " }'), "a headline is one line"),
        (second.replace(" }", ', lines = "one" }'), "must be a list"),
        (second.replace(" }", ', lines = ["\\n"] }'), "one line"),
        ('{ title = "no id" }', "is missing"),
    ):
        complaint, line = _complaint(project, identity, text.replace(second, wrong, 1))
        assert said in complaint
        assert line == _line(text, second), wrong


def test_a_story_stands_once(project: Project, identity: Identity) -> None:
    text = _text(project, identity)
    first, second = re.findall(r'\{ id = "(\w+)" \}', text)[1:3]
    complaint, line = _complaint(project, identity, text.replace(second, first, 1))
    assert "stands in world already" in complaint
    assert line == _line(text, second)


def test_the_beginning_of_an_id_is_enough(project: Project, identity: Identity) -> None:
    text = _text(project, identity)
    first = re.findall(r'\{ id = "(\w+)" \}', text)[0]
    shortened = parse(project, identity, text.replace(first, first[:6], 1), file_path(project, identity.id))
    assert next(shortened.listed()).id == first


def test_an_ignored_finding_is_signed_and_its_rule_exists(project: Project, identity: Identity) -> None:
    text = _text(project, identity)
    for ignore, said in (
        ('rule = "size.clippd"\nreason = "x"\nby = "Ann"', "there is no rule"),
        ('rule = "css.unsupported"\nreason = " "\nby = "Ann"', "must say something"),
        ('rule = "css.unsupported"\nreason = "x"', "is missing"),
    ):
        wrong = f"{text}\n[[ignore]]\n{ignore}\n"
        complaint, line = _complaint(project, identity, wrong)
        assert said in complaint
        assert line >= _line(wrong, "[[ignore]]")


def test_what_is_no_text_is_refused(project: Project, identity: Identity) -> None:
    path = file_path(project, identity.id)
    path.write_bytes(b'edition = "\xff"\n')
    with pytest.raises(ConfigError, match="not UTF-8"):
        read(project, identity)
    path.write_text("#" * 2_000_001)
    with pytest.raises(ConfigError, match="larger than 2 MB"):
        read(project, identity)
