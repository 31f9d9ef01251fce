"""The fields that a filter may ask about, and what may be asked of each: a value becomes of the field's kind here,
or the question is refused in words."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Final

from digest.audiences.tree import ATTRIBUTE, Operator, Value
from digest.audiences.words import domain_name, email_key, fold, language_tag, number, time_zone, time_zones
from digest.models.people import Consent, Frequency


class Kind(Enum):
    """What sort of value a field holds."""

    TEXT = "text"
    EMAIL = "an email address"
    DOMAIN = "a domain"
    LANGUAGE = "a language"
    ZONE = "a time zone"
    STATUS = "a status"
    FREQUENCY = "a frequency"
    FLAG = "yes or no"
    TIME = "a time"
    SET = "a set of words"
    ATTRIBUTE = "an imported column"


FIELDS: Final = {
    "email": Kind.EMAIL,
    "domain": Kind.DOMAIN,
    "name": Kind.TEXT,
    "language": Kind.LANGUAGE,
    "timezone": Kind.ZONE,
    "status": Kind.STATUS,
    "frequency": Kind.FREQUENCY,
    "text_only": Kind.FLAG,
    "joined": Kind.TIME,
    "engaged": Kind.TIME,
    "since": Kind.TIME,
    "topics": Kind.SET,
    "tags": Kind.SET,
}
YES, NO = "yes", "no"
_CHOICES: Final = {Kind.STATUS: tuple(Consent), Kind.FREQUENCY: tuple(Frequency), Kind.FLAG: (YES, NO)}
_ALSO: Final = {"true": YES, "false": NO}
_AGO = re.compile(r"-([0-9]{1,6})(h|d|w)")
_SECONDS: Final = {"h": 3600, "d": 86400, "w": 604800}
_YEARS = range(1900, 2200)


class Unfit(Exception):
    """A field or value that cannot be asked for so: what is wrong, and what to write instead."""

    def __init__(self, what: str, hint: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


def known_field(word: str) -> str:
    """The field that `word` names, in its standard spelling.

    Raises:
        Unfit: there is none; the hint names the nearest.
    """
    name = word.lower()
    if name in FIELDS:
        return name
    if name.startswith(ATTRIBUTE):
        column = name.removeprefix(ATTRIBUTE).replace("-", "_")
        if re.fullmatch(r"[a-z0-9_]{1,64}", column):
            return ATTRIBUTE + column
        raise Unfit(f'"{word}" names no column', "after attr. come Latin letters, digits and _, as in attr.city")
    raise Unfit(f'there is no field "{word}"', nearest(name, tuple(FIELDS)) + "; an imported column is attr.NAME")


def kind_of(field: str) -> Kind:
    """What sort of value a known field holds."""
    return FIELDS.get(field, Kind.ATTRIBUTE)


def nearest(word: str, among: tuple[str, ...]) -> str:
    """A hint: the nearest of the known words, else all of them."""
    close = difflib.get_close_matches(word.lower(), among, n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else f"known: {', '.join(among)}"


def check_operator(field: str, op: str) -> None:
    """Refuse what cannot be asked of a field: an order of languages, membership in a name.

    Raises:
        Unfit: says what to write instead.
    """
    kind = kind_of(field)
    if op == "has":
        if kind is not Kind.SET:
            raise Unfit(f"{field} is not a set of words, so it has no members", f"write {field} = …")
    elif kind is Kind.SET:
        raise Unfit(f"{field} is a set of words and cannot be compared with {op}", f"write {field} has …")
    elif op in ("<", "<=", ">", ">=") and kind not in (Kind.TIME, Kind.ATTRIBUTE):
        raise Unfit(f"{field} is {kind.value} and has no order", "use =, != or in")


def value_for(field: str, op: Operator, text: str, quoted: bool) -> Value:
    """The value that `text` stands for when `field` is compared with it.

    Raises:
        Unfit: it is not of the field's kind.
    """
    kind = kind_of(field)
    try:
        match kind:
            case Kind.EMAIL:
                return email_key(text)
            case Kind.DOMAIN:
                return domain_name(text.removeprefix("@"))
            case Kind.LANGUAGE:
                return _language(text)
            case Kind.ZONE:
                return _zone(text)
            case Kind.STATUS | Kind.FREQUENCY | Kind.FLAG:
                return _choice(field, kind, text)
            case Kind.TIME:
                return _time(field, op, text)
            case Kind.ATTRIBUTE if not quoted:
                return _bare(field, unicodedata.normalize("NFC", text))
            case _:
                return unicodedata.normalize("NFC", text)
    except ValueError as problem:
        hint = "for everyone at one provider write domain = example.org" if kind is Kind.EMAIL else None
        raise Unfit(str(problem), hint) from None


def member_for(field: str, text: str, topics: Collection[str] | None) -> str:
    """The word that a set is asked for, as it is stored.

    Raises:
        Unfit: it is empty, holds a comma, or names no topic of the publication (when these are known).
    """
    word = fold(text)
    if not word or "," in word:
        raise Unfit(f'"{text}" cannot be a member of {field}', "a member is one word or phrase without commas")
    if field == "topics" and topics is not None and word not in topics:
        raise Unfit(f'there is no topic "{text}"', nearest(word, tuple(sorted(topics))))
    return word


def _choice(field: str, kind: Kind, text: str) -> str:
    word = text.lower()
    if kind is Kind.FLAG:
        word = _ALSO.get(word, word)
    if word not in _CHOICES[kind]:
        raise Unfit(f'{field} is never "{text}"', nearest(word, _CHOICES[kind]))
    return word


def _language(text: str) -> str:
    tag = language_tag(text)
    if tag is None:
        raise Unfit(f'"{text}" is no language', "write its code, as in en or pt-br")
    return tag


def _zone(text: str) -> str:
    zone = time_zone(text)
    if zone is None:
        close = difflib.get_close_matches(text.lower(), tuple(time_zones()), n=1, cutoff=0.6)
        hint = f"did you mean {time_zones()[close[0]]}?" if close else "write it as Asia/Kolkata"
        raise Unfit(f'there is no time zone "{text}"', hint)
    return zone


def _bare(field: str, text: str) -> Value:
    """An unquoted value for an imported column: a number is a number, all else is text."""
    value: Decimal | None = number(text)
    if value is not None:
        return value
    if _AGO.fullmatch(text):
        raise Unfit(
            f"{field} holds text, which has no distance from now",
            f'write a date as 2026-11-24, or "{text}" in quotes if it is meant as text',
        )
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        raise Unfit(f"{text} has more than 15 digits", "write it in quotes to compare it as text")
    return text


def _time(field: str, op: Operator, text: str) -> Value:
    value: Value
    if match := _AGO.fullmatch(text):
        value = timedelta(seconds=int(match[1]) * _SECONDS[match[2]])
    else:
        try:
            value = _day_or_moment(text)
        except ValueError:
            near = f"write -{text}" if _AGO.fullmatch(f"-{text}") else "write a date as 2026-11-24, or -30d"
            raise Unfit(f'"{text}" is no time to compare {field} with', near) from None
        if value.year not in _YEARS:
            raise Unfit(f"the year {value.year} is out of reach", "use one between 1900 and 2199")
    if op in ("=", "!=") and type(value) is not date:
        raise Unfit(f"{field} equals only a whole day", "write a date as 2026-11-24, or use < or >")
    return value


def _day_or_moment(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(text)
