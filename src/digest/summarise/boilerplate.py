"""Sentences of a page that tell no news: calls to act, credits, datelines, notes about the site itself."""

from __future__ import annotations

import re

_CALLS = (
    "read see watch listen click tap follow subscribe sign join download share learn find discover check get stay "
    "don't scroll visit catch keep explore register log support tell send enter browse shop "
    "mehr lesen abonnieren abonniere folgen hören lire lisez abonnez suivez cliquez inscrivez découvrez regardez retrouvez "
    "lea lee suscríbete suscríbase síguenos haga descubre descubra conoce leia assine siga clique inscreva confira saiba veja "
    "यह ये पढ़ें देखें"
)
_CALL = re.compile(r"(?:" + "|".join(sorted(set(_CALLS.split()), key=len, reverse=True)) + r")(?![\w-])", re.IGNORECASE)
# What a call asks the reader to do; without one of these the first word is an ordinary verb or noun.
_ASKED = re.compile(
    r"^(?:read|see|watch|find out|learn|get|click|tap|check out|follow|join|share|subscribe|sign up|log in|listen|stay|"
    r"don't (?:miss|forget)|discover|explore|download|visit|catch up|keep up|tell us|send us|register|support|enter|browse|"
    r"shop|scroll)\b[^.!?]{0,120}?\b(?:more|also|here|below|above|us|our|newsletters?|about|how|what|why|who|where|which|full|"
    r"photos?|videos?|gallery|galleries|deals?|latest|breaking|facebook|twitter|x|instagram|telegram|whatsapp|youtube|tuned|"
    r"comments|app|now|today|conversation|transcript|alerts|story|stories|updates?|for free|cash ?back)\b"
    r"|^(?:mehr (?:zum|dazu|infos|lesen|über)|lesen sie|lies|abonnieren?|folgen sie|hören sie)"
    r"|^(?:lire (?:aussi|la suite|plus)|lisez|abonnez|suivez|cliquez|inscrivez|découvrez|regardez|retrouvez)"
    r"|^(?:le[ae] (?:también|más|aquí)|suscr[íi]b|síguenos|haga clic|descubr[ea]|conoce)"
    r"|^(?:leia (?:também|mais)|assine|siga|clique|inscreva|confira|saiba mais|veja (?:também|mais))"
    r"|^(?:यह भी पढ़ें|ये भी पढ़ें|पढ़ें|देखें)"
    r"|^read\b[^.!?]{0,60}$",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"^(?:photo(?:graph|graphy|s)?|images?|pictures?|credits?|sources?|videos?|fotos?|bild(?:er)?|quelle|crédits?|fuente|fonte|"
    r"फोटो|e-?mail|related|topics?|tags?|updated?|published|posted|byline|advertisement|correction|editor'?s note)"
    r"(?:\s(?:credit|by|courtesy|source|stories|articles|link))?\s?[:/|]"
    r"|^(?:copyright|©|\(c\)|advertisement\b|anzeige\b|publicité\b|publicidad\b|all rights reserved|alle rechte vorbehalten|"
    r"tous droits réservés|todos los derechos|todos os direitos|also (?:read|see)\b|must read\b|(?:also )?related:|"
    r"last (?:updated|modified)|(?:updated?|published|posted) (?:on|at)\b|(?:the )?(?:opinions|views) expressed\b|"
    r"for more (?:information|news|on)\b|if you or someone you know|you can (?:follow|read|watch|find|listen)\b|"
    r"this (?:article|story|post|report|piece|page) (?:was|has been|is|contains|includes|may|originally|first)\b|"
    r"by [A-Z][\w'-]+ [A-Z][\w'-]+\W*$|(?:reporting|editing|writing|additional reporting) by\b)",
    re.IGNORECASE,
)
_CREDITS = (
    "getty images", "contributed to this report", "contributed to this story", "contributed to this article", "https://",
    "http://", "www.", "©", "(photo:", "(photo by", "(image:", "(picture:", "(foto:", "(bild:", "(crédit", "via reuters",
    "via getty", "via ap)", "via afp",
)  # fmt: skip
_ADDRESS = re.compile(r"[\w.]@[\w-]+\.\w")
_DATE_ONLY = re.compile(
    r"^\W*(?:[^\W\d]+,?\s+){0,2}\d{1,2}(?:\.|st|nd|rd|th)?,?\s+(?:(?:de\s+)?[^\W\d]+\.?,?\s+(?:de\s+)?)?\d{4}\W*"
    r"(?:\d{1,2}[:.]\d{2}.{0,12})?$|^\W*[\d\s:./-]+(?:[ap]\.?m\.?)?\W*$",
    re.IGNORECASE,
)
_OPENING = " \t\n>»*–—-•(\"“'‘„["
_LONGEST_CALL = 170
_LONGEST_DATE = 60

_AGENCY = r"[A-Z]{2,}(?:[ /-][A-Z]{2,})?|Reuters|Bloomberg|Xinhua|dpa(?:-\w+)?|ots|epd|kna|sid|afp|Europa Press|Lusa|Ansa"
_PLACE = r"[A-ZÀ-ÖØ-Þ][\w'’.-]*(?:,? [\w'’.-]+){0,5}"
_DATELINE = re.compile(
    rf"(?:{_PLACE},?\s*)?\((?:{_AGENCY})\)\s*(?:[-–—]{{1,2}}\s*)?(?=\S)"
    r"|(?:AP|AFP|PTI|ANI|UPI|IANS|DPA|EFE|Reuters|Bloomberg)\s+[-–—]{1,2}\s+(?=\S)"
    r"|[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’.-]+(?:[ ,]+[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’.-]*){0,3}(?:, \w{3,9}\.? \d{1,2})?\s+[–—-]{1,2}\s+(?=\S)"
)


def is_boilerplate(sentence: str) -> bool:
    """Whether a sentence must never be chosen for a blurb."""
    text = sentence.lstrip(_OPENING).replace("’", "'")
    low = text.lower()
    if _NOTE.match(text) or any(credit in low for credit in _CREDITS):
        return True
    if "@" in text and _ADDRESS.search(text):
        return True
    if len(text) <= _LONGEST_CALL and _CALL.match(text) and _ASKED.match(text):
        return True
    return len(text) <= _LONGEST_DATE and bool(_DATE_ONLY.match(text))


def dateline(sentence: str) -> int:
    """The length of the dateline that a sentence begins with ("LONDON (Reuters) - "), 0 when there is none."""
    match = _DATELINE.match(sentence)
    return match.end() if match and match.end() < len(sentence) - 20 else 0
