"""Sentences of a page that tell no news: calls to act, credits, datelines, notes about the site itself."""

from __future__ import annotations

import re

_CALL = re.compile(
    r"(?:read|see|watch|listen|click|tap|follow|subscribe|sign up|join|download|share|learn|find out|discover|check out|"
    r"get (?:the|all|our|your|top|more|breaking)|stay tuned|don't miss|scroll|visit|catch up|keep up|explore|register|"
    r"log in|support (?:us|our)|mehr (?:zum|dazu|lesen)|lesen sie|abonnieren|folgen sie|hier klicken|lire (?:aussi|la suite)|"
    r"à lire|abonnez|suivez|cliquez|inscrivez|lea (?:también|más)|suscríbete|síguenos|haga clic|descubre|leia (?:também|mais)|"
    r"assine|siga|clique|inscreva|यह भी पढ़ें|ये भी पढ़ें|पढ़ें)\b",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"\b(?:more|also|here|below|above|us|our|newsletters?|about|how|what|why|updates?|news|app|full|photos?|videos?|gallery|"
    r"list|deals?|latest|whatsapp|facebook|twitter|telegram|instagram|x|story|page|comments?|live)\b|^[^ ]+ [^ ]+$",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"^(?:photo(?:graph)?s?|image|picture|credit|source|video|foto|bild|quelle|crédits?|fuente|fonte|फोटो|copyright|©|\(c\)|"
    r"(?:this|the) (?:article|story|post|page|report) (?:was|has been|is|contains|may)\b|advertisement|anzeige|publicité|"
    r"editor'?s note|correction|updated?(?: on| at|:)|published(?: on| at|:)|last (?:updated|modified)|by [A-Z]\w+ [A-Z]\w+$|"
    r"all rights reserved|related|also read|also see|must read|join the conversation|e-?mail(?: us)?\b|follow us|"
    r"copyright \d|tell us what you think|share your (?:story|thoughts)|(?:the )?opinions expressed)",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"(?:getty images|/\s?(?:ap|afp|reuters|pti|ani|dpa)\b|contributed to this (?:report|story)|"
                     r"via (?:getty|ap|reuters)|https?://|www\.|@\w+\.\w|©)", re.IGNORECASE)  # fmt: skip
_DATELINE = re.compile(r"^[^.!?]{0,40}?\b\d{1,2},? \d{4}\s*\.?$|^\W*\d[\d\s:./-]*(?:[ap]\.?m\.?)?\W*$", re.IGNORECASE)


def is_boilerplate(sentence: str) -> bool:
    """Whether a sentence must never be chosen for a blurb."""
    text = sentence.lstrip(' >»*-–—•("“').replace("’", "'")
    if _NOTE.match(text) or _CREDIT.search(text):
        return True
    call = _CALL.match(text)
    if call and _OBJECT.search(text, call.end() - 1) and len(text) < 160:
        return True
    return len(text) < 60 and bool(_DATELINE.match(text))
