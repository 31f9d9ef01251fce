"""Sentences of a page that tell no news: calls to act, credits, datelines, notes about the site itself."""

from __future__ import annotations

import re


def _any(*phrases: str) -> str:
    return "(?:" + "|".join(phrases) + ")"


# English verbs that call readers to act, when one of the words asked for comes after them: "Learn more about it".
_VERB = _any(
    r"learn|find out|discover|explore|check out|click|tap|scroll|follow|subscribe|sign up|log in|catch up|keep up",
    r"don't (?:miss|forget)|tell us|send us|listen|stay",
)
_ASKED = _any(
    r"more|also|here|below|above|us|our|newsletters?|about|how|what|why|who|where|which|full|stor(?:y|ies)|to|all|the",
    r"updates?|photos?|videos?|deals?|latest|breaking|tuned|comments|app|now|today|conversation|transcript|alerts",
    r"facebook|twitter|x|instagram|telegram|whatsapp|youtube|for free|cash ?back",
)
# Those that are nouns as well, or tell news as often as not, call only with these words right after them.
_CALL = re.compile(
    _any(
        rf"{_VERB}\b[^.!?]{{0,120}}?\b{_ASKED}\b",
        r"read (?:more|also|on|next|the (?:full|whole|rest|plea)|our|about|all|full|this)\b|read:",
        r"see (?:more|also|our|the (?:full|whole|gallery|photos)|below|how|what|why|all)\b",
        r"watch (?:more|the (?:full|video)|our|now|live|below|this|how)\b|watch:",
        r"get (?:the (?:latest|best|app|full)|all the|our|your|more|top|breaking|instant|the day's|up to)\b",
        r"share (?:this|your|it|with us)\b|support (?:us|our)\b|visit (?:our|us|the \w+ (?:page|site|website))\b",
        r"join (?:us|our|the conversation|now)\b|download (?:the|our|now|free)\b|shop (?:now|our|the)\b",
        r"register (?:now|here|for|to)\b|enter (?:to win|your|now|here)\b|loading\b.{0,30}$",
        r"here(?:'s| is| are) (?:what (?:you|we|to)|how (?:you|we|to)|why you|everything|all|the (?:list|full))\b",
        r"(?:everything|all|what) you need to know\b",
        r"mehr (?:zum|dazu|infos|lesen|über)\b|lesen sie\b|lies\b|abonnieren?\b|folgen sie\b|hören sie\b",
        r"lire (?:aussi|la suite|plus)\b|lisez|abonnez|suivez|cliquez|inscrivez|découvrez|regardez|retrouvez",
        r"le[ae] (?:también|más|aquí)\b|suscr[íi]b|síguenos|haga clic|descubr[ea]\b|conoce (?:más|los|las|el|la)\b",
        r"leia (?:também|mais)\b|assine\b|siga\b|clique\b|inscreva|confira\b|saiba mais\b|veja (?:também|mais)\b",
        r"यह भी पढ़ें|ये भी पढ़ें|पढ़ें|देखें",
    ),
    re.IGNORECASE,
)
_LONGEST_CALL = 170

_LABEL = _any(
    r"photo(?:graph|graphy|s)?|images?|pictures?|credits?|sources?|videos?|fotos?|bild(?:er)?|quelle|crédits?",
    r"fuente|fonte|फोटो|e-?mail|related|topics?|tags?|updated?|published|posted|byline|advertisement|correction",
    r"editor'?s note",
)
_NOTE = re.compile(
    _any(
        rf"{_LABEL}(?:\s(?:credit|by|courtesy|source|stories|articles|link))?\s?[:/|]",
        r"copyright\b|©|\(c\)|advertisement\b|anzeige\b|publicité\b|publicidad\b|all rights reserved",
        r"alle rechte vorbehalten|tous droits réservés|todos los derechos|todos os direitos",
        r"also (?:read|see)\b|must read\b|(?:also )?related:|last (?:updated|modified)",
        r"(?:updated?|published|posted) (?:on|at)\b",
        r"(?:the )?(?:opinions|views) expressed (?:in|here|are|by the (?:author|writer))\b",
        r"for more (?:information|news|on)\b|you can (?:follow|read|watch|find|listen)\b",
        r"this (?:article|story|post|report|piece|page) (?:was|has been|is|contains|includes|may|originally|first)\b",
        r"by [A-Z][\w'-]+ [A-Z][\w'-]+\W*$|(?:additional )?(?:reporting|editing|writing) by\b",
    ),
    re.IGNORECASE,
)
_CREDITS = (
    *("getty images", "contributed to this report", "contributed to this story", "contributed to this article"),
    *("https://", "http://", "www.", "©", "(photo:", "(photo by", "(image:", "(picture:", "(foto:", "(bild:"),
    *("(crédit", "via reuters", "via getty", "via ap)", "via afp"),
)
_ADDRESS = re.compile(r"[\w.]@[\w-]+\.\w")

_DAY = r"(?:[^\W\d]+,?\s+){0,2}\d{1,2}(?:\.|st|nd|rd|th)?,?\s+(?:(?:de\s+)?[^\W\d]+\.?,?\s+(?:de\s+)?)?\d{4}"
_DATE_ONLY = re.compile(
    _any(rf"\W*{_DAY}\W*(?:\d{{1,2}}[:.]\d{{2}}.{{0,12}})?$", r"\W*[\d\s:./-]+(?:[ap]\.?m\.?)?\W*$"), re.IGNORECASE
)
_LONGEST_DATE = 60
_OPENING = " \t\n>»*–—-•(\"“'‘„["

_UPPER = "A-ZÀ-ÖØ-Þ"
_PLACE = rf"[{_UPPER}][\w'’.-]*(?:,? [\w'’.-]+){{0,5}}"
_CAPITALS = (
    rf"[{_UPPER}][{_UPPER}'’.-]+(?:[ ,]+[{_UPPER}][{_UPPER}'’.-]*){{0,3}}"
    rf"(?:, [{_UPPER}][\w.]{{2,12}}(?: \d{{1,2}})?)?"
)
_AGENCY = _any(
    r"AA|AAP|ABC|AFP|AGI|ANI|ANP|ANSA|Ansa|AP|APA|APP|ATS|BBC|Belga|Bernama|Bloomberg|BSS|CBC|CBS|CNA|CNBC|CNN|CP",
    r"DPA|dpa(?:-\w+)?|dts|EFE|epd|Europa Press|HINA|IANS|Jiji|kna|KUNA|Kyodo|Lusa|MENA|NBC|NPR|NTB|NYT|ots|PA|PTI",
    r"QNA|Reuters|RNZ|SDA|sid|SPA|STA|TASS|TNS|TT|UNB|UNI|UPI|VOA|WAM|WP|Xinhua|Yonhap",
)
_DATELINE = re.compile(
    _any(
        rf"(?:{_PLACE},?\s*)?\({_AGENCY}(?:/{_AGENCY})?\)\s*(?:[-–—]{{1,2}}\s*)?(?=\S)",
        rf"{_AGENCY}\s+[-–—]{{1,2}}\s+(?=\S)",
        rf"{_CAPITALS}\s+[–—-]{{1,2}}\s+(?=\S)",
    )
)
_LEAST_AFTER = 20


def is_boilerplate(sentence: str) -> bool:
    """Whether a sentence must never be chosen for a blurb."""
    text = sentence.lstrip(_OPENING).replace("’", "'")
    low = sentence.lower()
    if _NOTE.match(text) or any(credit in low for credit in _CREDITS):
        return True
    if "@" in text and _ADDRESS.search(text):
        return True
    if len(text) <= _LONGEST_CALL and _CALL.match(text):
        return True
    return len(text) <= _LONGEST_DATE and bool(_DATE_ONLY.match(text))


def dateline(sentence: str) -> int:
    """The length of the dateline that a sentence begins with ("LONDON (Reuters) - "), 0 when there is none."""
    match = _DATELINE.match(sentence)
    if not match or match.end() > len(sentence) - _LEAST_AFTER or sentence[match.end()].islower():
        return 0
    return match.end()
