"""Our own words: every language complete, plurals and dates by its own habits."""

from __future__ import annotations

import string
import tomllib
from datetime import date

import pytest
from babel import Locale

from digest.errors import ConfigError, TemplateError
from digest.render.words import FOLDER, Words, direction_of, languages

FILES = {name: tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8")) for name in languages()}


def placeholders(phrase: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(phrase) if name is not None}


def test_the_languages_that_are_promised_are_there() -> None:
    assert set(languages()) >= {"en", "de", "fr", "es", "pt", "hi", "ar"}


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_keys_and_placeholders(language: str) -> None:
    english, here = FILES["en"], FILES[language]
    assert list(here) == list(english)
    for key, phrase in english.items():
        if isinstance(phrase, str):
            assert placeholders(here[key]) == placeholders(phrase), key
            assert here[key].strip(), key


@pytest.mark.parametrize("language", languages())
def test_every_plural_has_exactly_the_categories_of_its_language(language: str) -> None:
    wanted = {*Locale.parse(language).plural_form.tags, "other"}
    for key, entry in FILES[language].items():
        if isinstance(entry, dict):
            assert set(entry) == wanted, key
            assert "{count}" in entry["other"]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("count", [0, 1, 2, 3, 11, 100, 1_000_000])
def test_every_count_can_be_said(language: str, count: int) -> None:
    assert Words.of(language).plural("stories", count)


def test_dates_read_as_each_language_writes_them() -> None:
    day = date(2026, 11, 24)
    assert Words.of("en").date(day) == "Tuesday 24 November 2026"
    assert Words.of("de").date(day) == "Dienstag, 24. November 2026"
    assert Words.of("fr").date(day) == "mardi 24 novembre 2026"
    assert Words.of("es").date(day) == "martes, 24 de noviembre de 2026"


def test_counts_take_the_separators_of_the_language() -> None:
    assert Words.of("en").plural("stories", 1) == "1 story"
    assert Words.of("en").plural("stories", 1200) == "1,200 stories"
    assert Words.of("de").plural("stories", 1200) == "1.200 Meldungen"
    assert Words.of("ar").plural("stories", 2) == "خبران"


def test_a_regional_tag_takes_its_language() -> None:
    assert Words.of("de-AT").say("unsubscribe") == Words.of("de").say("unsubscribe")
    assert Words.of("pt_BR").say("latest") == Words.of("pt").say("latest")


def test_a_language_without_words_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match=r'"xx"[\s\S]*known languages: ar, de, en'):
        Words.of("xx")


def test_a_missing_phrase_is_an_error_and_never_an_empty_string() -> None:
    words = Words.of("en")
    with pytest.raises(TemplateError, match="no phrase"):
        words.say("no_such_phrase")
    with pytest.raises(TemplateError, match="needs 'author'"):
        words.say("by")
    with pytest.raises(TemplateError, match="no plural"):
        words.plural("by", 2)


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("en", "ltr"),
        ("ar", "rtl"),
        ("he-IL", "rtl"),
        ("ur_PK", "rtl"),
        ("az-Arab", "rtl"),
        ("pa-Latn", "ltr"),
        ("", "ltr"),
    ],
)
def test_direction_follows_language_and_script(language: str, direction: str) -> None:
    assert direction_of(language) == direction
