"""Our own words in the reader's language: phrases, plurals, dates, numbers. What the newsroom wrote stays as it is.

The string files are `words/LANGUAGE.toml`. A language without one gets its numbers and dates by Unicode CLDR all
the same, but `Words.of` says so by raising: a mail half in another language is worse than none.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from digest.errors import ConfigError, TemplateError

if TYPE_CHECKING:
    from babel import Locale

FOLDER = Path(__file__).parent / "words"
# Unicode CLDR, characterOrder: languages whose usual script runs from right to left, and such scripts by name.
_RTL_LANGUAGES = frozenset({"ar", "ckb", "dv", "fa", "he", "iw", "ks", "ps", "sd", "ug", "ur", "yi"})
_RTL_SCRIPTS = frozenset({"arab", "hebr", "nkoo", "syrc", "thaa"})
_COUNTS_KEPT = 4096

Entry = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Words:
    """The phrases of one language."""

    language: str
    entries: Mapping[str, Entry]
    locale: Locale
    latin: bool
    """Whether its digits are 0 to 9."""
    _forms: dict[int, str] = field(init=False, repr=False, compare=False, default_factory=dict)

    @classmethod
    def of(cls, language: str, folder: Path = FOLDER) -> Words:
        """The words of a language tag (BCP 47); `de-AT` takes `de` when it has no file of its own. `folder` holds
        the string files, the mail's own unless another is named.

        Raises:
            ConfigError: there are no words for this language.
        """
        return _load(language, folder)

    def say(self, key: str, /, **values: object) -> str:
        """The phrase `key` with its placeholders filled.

        Raises:
            TemplateError: there is no such phrase, or a placeholder is not given.
        """
        entry = self.entries.get(key)
        if not isinstance(entry, str):
            raise TemplateError(
                f'there is no phrase "{key}" in the words of "{self.language}"',
                hint=f"known: {', '.join(self.entries)}",
            )
        return self._fill(key, entry, values)

    def plural(self, key: str, count: int, /, **values: object) -> str:
        """The phrase `key` in the plural form that the language has for `count`; `{count}` is set by its habits.

        Raises:
            TemplateError: there is no such plural.
        """
        entry = self.entries.get(key)
        if isinstance(entry, str) or entry is None:
            raise TemplateError(f'there is no plural "{key}" in the words of "{self.language}"')
        form = self._forms.get(count) or self._form(count)
        return self._fill(key, entry.get(form) or entry["other"], {"count": self.number(count), **values})

    def date(self, day: date, key: str = "date") -> str:
        """`day` by the pattern that the phrase `key` holds."""
        from babel.dates import format_date

        return str(format_date(day, self.say(key), locale=self.locale))

    def time(self, moment: datetime) -> str:
        """The time of day of `moment`, as the language writes it, in the zone that it has."""
        from babel.dates import format_time

        # CLDR's narrow space is missing from many mail fonts; the plain one that does not break is in all.
        return str(format_time(moment, "short", locale=self.locale)).replace("\u202f", "\u00a0")

    def number(self, value: int | float) -> str:
        """`value` with the language's digits and separators."""
        if isinstance(value, int) and 0 <= value < 1000 and self.latin:
            return str(value)
        from babel.numbers import format_decimal

        return str(format_decimal(value, locale=self.locale))

    @property
    def direction(self) -> str:
        return direction_of(self.language)

    def _form(self, count: int) -> str:
        """The plural form for `count`, kept for the next time: the same few counts come again and again."""
        form = str(self.locale.plural_form(count))
        if len(self._forms) < _COUNTS_KEPT:
            self._forms[count] = form
        return form

    def _fill(self, key: str, phrase: str, values: Mapping[str, object]) -> str:
        try:
            return phrase.format_map(values)
        except KeyError as missing:
            raise TemplateError(f'the phrase "{key}" needs {missing} and was not given it') from None


def direction_of(language: str) -> str:
    """`rtl` or `ltr`: which way text in this language runs."""
    first, *rest = language.casefold().replace("_", "-").split("-")
    scripts = [part for part in rest if len(part) == 4 and part.isalpha()]
    if scripts:
        return "rtl" if scripts[0] in _RTL_SCRIPTS else "ltr"
    return "rtl" if first in _RTL_LANGUAGES else "ltr"


def languages(folder: Path = FOLDER) -> tuple[str, ...]:
    """The languages that have words, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


@lru_cache(maxsize=32)
def _load(language: str, folder: Path) -> Words:
    from babel import Locale, UnknownLocaleError

    known = languages(folder)
    tag = language.casefold().replace("_", "-")
    file = next((name for name in (tag, tag.split("-")[0]) if name in known), None)
    if file is None:
        raise ConfigError(
            f'the mail has no words of its own in "{language}"', hint=f"known languages: {', '.join(known)}"
        )
    with (folder / f"{file}.toml").open("rb") as stream:
        found = tomllib.load(stream)
    try:
        locale = Locale.parse(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse(file)
    entries = {key: MappingProxyType(entry) if isinstance(entry, dict) else entry for key, entry in found.items()}
    return Words(language, MappingProxyType(entries), locale, locale.default_numbering_system == "latn")
