"""The numbers of a text by what they are worth, so that "1,000" and "1000" or "70%" and "70 per cent" are one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from digest.summarise.grammar import NOTHING, word_sets

PERCENT = "%"
# Languages that group digits with commas and write decimals with a point; the others do it the other way round.
_POINT = frozenset(("", "en", "hi", "zh", "ja", "ko", "th", "he", "bn", "ta", "te", "mr", "ur"))
_LONGEST = 40

_SCALES = {
    3: "thousand k tausend tsd mille mil हजार हज़ार",
    5: "lakh lakhs लाख",
    6: "million millions mn mln m million millionen mio millón millones milhão milhões milione milioni",
    7: "crore crores करोड़ करोड",
    9: "billion billions bn b milliarde milliarden mrd milliard milliards bilhão bilhões अरब",
    12: "trillion trillions tn billionen billones trilhão trilhões",
}
_SCALE = {word: power for power, words in _SCALES.items() for word in words.split()}
_PERCENTS = "percent per\u00a0cent prozent pour\u00a0cent por\u00a0ciento por\u00a0cento प्रतिशत फीसदी pct"
_MONEY = {
    "$": "$ us$ usd dollar dollars dollars. dólar dólares dólares डॉलर",
    "€": "€ eur euro euros यूरो",
    "£": "£ gbp pound pounds pfund livres libras",
    "₹": "₹ rs inr rupee rupees रुपये रुपए",
    "¥": "¥ jpy yen",
}
_CURRENCY = {word: sign for sign, words in _MONEY.items() for word in words.split()}
_WORDS = word_sets({})
_NUMBER_WORDS = {
    "en": "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty",
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn "
    "neunzehn zwanzig",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf "
    "vingt",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho "
    "diecinueve veinte",
    "pt": "dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete dezoito "
    "dezenove vinte",
    "hi": "दो तीन चार पांच छह सात आठ नौ दस ग्यारह बारह",
}
_TENS = {"en": "thirty forty fifty sixty seventy eighty ninety hundred", "de": "dreißig vierzig fünfzig sechzig siebzig "
         "achtzig neunzig hundert", "fr": "trente quarante cinquante soixante", "es": "treinta cuarenta cincuenta sesenta "
         "setenta ochenta noventa cien", "pt": "trinta quarenta cinquenta sessenta setenta oitenta noventa cem"}  # fmt: skip
