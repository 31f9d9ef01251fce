"""The numbers of a text by what they are worth, so that "1,000" and "1000" or "70%" and "70 per cent" are one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from digest.summarise.terms import LETTER

PERCENT = "%"
# Languages that group digits with commas and write decimals with a point; the others do it the other way round.
_POINT = frozenset(("", "en", "hi", "zh", "ja", "ko", "th", "he", "bn", "ta", "te", "mr", "ur"))
_LONGEST = 40

_SCALES = {
    3: "thousand tausend tsd mille mil हजार हज़ार",
    5: "lakh lakhs लाख",
    6: "million millions mn mln millionen mio millón millones milhão milhões milione milioni",
    7: "crore crores करोड़ करोड",
    9: "billion billions bn milliarde milliarden mrd milliard milliards bilhão bilhões अरब",
    12: "trillion trillions tn billionen billones trilhão trilhões",
}
_SCALE = {word: power for power, words in _SCALES.items() for word in words.split()}
_ATTACHED = {"k": 3, "m": 6, "b": 9} | _SCALE
_MONEY = {
    "$": "$ us$ usd dollar dollars dólar dólares डॉलर",
    "€": "€ eur euro euros यूरो",
    "£": "£ gbp pound pounds pfund livres libras",
    "₹": "₹ rs inr rupee rupees रुपये रुपए",
    "¥": "¥ jpy yen yuan",
}
_CURRENCY = {word: sign for sign, words in _MONEY.items() for word in words.split()}
# Words that belong to a number and are looked at with it.
UNIT_WORDS = frozenset(_SCALE) | frozenset(_CURRENCY)
_PERCENT = re.compile(
    r"\s?(?:%|٪|percent\b|pct\b|per cent\b|prozent|pour cent\b|por ciento\b|por cento\b|प्रतिशत|फीसदी)", re.IGNORECASE
)

_COUNTED = {
    "en": "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty",
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn "
    "achtzehn neunzehn zwanzig",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf vingt",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte",
    "pt": "dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete "
    "dezoito dezenove vinte",
    "hi": "दो तीन चार पांच छह सात आठ नौ दस ग्यारह बारह",
}
_TENS = {
    "en": "thirty forty fifty sixty seventy eighty ninety hundred",
    "de": "dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert",
    "fr": "trente quarante cinquante soixante",
    "es": "treinta cuarenta cincuenta sesenta setenta ochenta noventa cien",
    "pt": "trinta quarenta cinquenta sessenta setenta oitenta noventa cem",
}
_NAMED = {
    language: {word: value for value, word in enumerate(words.split(), 2)}
    | {word: value for value, word in zip(range(30, 101, 10), _TENS.get(language, "").split(), strict=False)}
    for language, words in _COUNTED.items()
}

_FIGURE = re.compile(
    r"(?<!\w)(?P<sign>(?:US)?[$€£¥₹]\s?|Rs\.?\s?)?"
    r"(?P<digits>\d{1,3}(?:['’\u00a0\u202f ]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,:]\d+)*)"
    rf"(?P<attached>(?:{LETTER}|[€£¥₹])*)"
)
_NEXT = re.compile(rf"[\s\u00a0\u202f-]*((?:{LETTER}|[$€£¥₹])+)\.?")
_SPELLED = re.compile(rf"(?:{LETTER})+(?:-(?:{LETTER})+)*")
_GROUPS = " '’\u00a0\u202f"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written, its worth as plain digits, and its unit: `%`, a currency sign or nothing."""

    text: str
    worth: str
    unit: str


def numbers(text: str, language: str) -> Iterator[Number]:
    """Every number of `text`, in figures or in words (from two on), with its "million" or "lakh" counted in."""
    for match in _FIGURE.finditer(text):
        digits = match["digits"]
        if " " in digits and language in _POINT:
            for part in digits.split():
                yield Number(part, _worth(part, 0, language), "")
            continue
        yield _figure(text, match, digits, language)
    named = _NAMED.get(language, {})
    for match in _SPELLED.finditer(text):
        value = _spelled(match[0].lower(), named)
        if value:
            power, end = _scale(text, match.end())
            yield _made(text, match.start(), end, _worth(str(value), power, language), "")


def _figure(text: str, match: re.Match[str], digits: str, language: str) -> Number:
    attached, end, power = match["attached"].lower(), match.end(), 0
    sign = (match["sign"] or "").strip().rstrip(".").lower()
    unit = _CURRENCY.get(sign, "")
    if attached in _ATTACHED:
        power = _ATTACHED[attached]
    elif attached in _CURRENCY:
        unit = _CURRENCY[attached]
    if not attached or power:
        more, end = _scale(text, end)
        power += more
        return _made(text, match.start(), end, _worth(digits, power, language), unit)
    return Number(match[0].strip(), _worth(digits, power, language), unit)


def _made(text: str, start: int, end: int, worth: str, unit: str) -> Number:
    """The number that ends at `end`, with the percent sign or the currency that follows it."""
    if percent := _PERCENT.match(text, end):
        return Number(text[start : percent.end()].strip(), worth, PERCENT)
    match = _NEXT.match(text, end)
    if match and match[1] == "US":
        match = _NEXT.match(text, match.end())
    return Number(text[start:end].strip(), worth, unit or (_CURRENCY.get(match[1].lower(), "") if match else ""))


def _scale(text: str, end: int) -> tuple[int, int]:
    """The power of ten that the words from `end` on multiply by, and where they end."""
    power = 0
    while (match := _NEXT.match(text, end)) and match[1].lower() in _SCALE and power < 12:
        power += _SCALE[match[1].lower()]
        end = match.end(1)
    return power, end


def _spelled(word: str, named: dict[str, int]) -> int:
    if word in named:
        return named[word]
    tens, _, ones = word.partition("-")
    if tens in named and named[tens] % 10 == 0 and named[tens] < 100:
        return (
            named[tens] + (1 if ones == "one" else named.get(ones, 0))
            if ones == "one" or named.get(ones, 10) < 10
            else 0
        )
    return 0


def _worth(digits: str, power: int, language: str) -> str:
    """What figures stand for, as plain digits without a needless zero; a time or date stays as it is written."""
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in digits if c not in _GROUPS)
    if ":" in plain or len(plain) > _LONGEST:
        return plain
    group, point = (",", ".") if language in _POINT else (".", ",")
    whole, _, rest = plain.partition(point)
    parts = whole.split(group)
    if point in rest or group in rest:
        return plain
    if len(parts) > 1 and any(len(part) not in (2, 3) for part in parts[1:]):
        # Not grouped: "1,5" in a language of points, or a date.
        if rest or len(parts) > 2:
            return plain
        whole, rest = parts
    value = Decimal("".join(whole.split(group)) + ("." + rest if rest else "")).scaleb(power)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
