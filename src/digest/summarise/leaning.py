"""Whether a bullet or sentence leans on the one before it: a pronoun, a connective, or no subject at its start."""

from __future__ import annotations

import re

from digest.summarise.grammar import NOTHING, word_set, word_sets
from digest.summarise.terms import terms

_PRONOUNS = word_sets(
    {
        "en": "he she they it its his her hers their theirs him them this that these those such both neither either "
        "he's she's they're it's that's they've he'd she'd they'd it'd he'll she'll they'll it'll others",
        "de": "er sie es ihr ihre ihren ihrem ihrer sein seine seinen seinem seiner dies diese dieser dieses diesen "
        "diesem jene jener beide dabei damit dafür dagegen daher daran darauf daraus darin darüber dazu davon davor "
        "danach deren dessen",
        "fr": "il elle ils elles ce cet cette ces cela ceci celui celle ceux celles son sa ses leur leurs lui c'est "
        "c'était ça eux-mêmes",
        "es": "él ella ellos ellas ello este esta estos estas esto ese esa esos esas eso aquel aquella su sus ambos "
        "ambas",
        "pt": "ele ela eles elas este esta estes estas isto esse essa esses essas isso aquele aquela aquilo seu sua "
        "seus suas ambos ambas",
        "hi": "वह वे यह ये उसने उन्होंने इसने इसके उसके उनके इसकी उसकी उनकी इसका उसका उनका इससे उससे उनसे इसमें उसमें इस उस इन उन",
        "it": "lui lei loro essi esse egli questo questa questi queste ciò",
        "nl": "hij zij ze dit deze dat die zijn hun haar daarmee daardoor",
    }
)
_CONNECTIVES = word_sets(
    {
        "en": "meanwhile however but and or so yet also moreover furthermore additionally nevertheless nonetheless "
        "therefore thus hence then instead still besides afterward afterwards consequently accordingly likewise "
        "similarly otherwise elsewhere nor which whose including",
        "de": "aber doch und oder sondern jedoch allerdings außerdem zudem inzwischen unterdessen derweil dennoch "
        "trotzdem deshalb deswegen daher darum ferner hingegen dagegen stattdessen auch ebenfalls gleichzeitig "
        "somit",
        "fr": "mais et or donc cependant pourtant toutefois néanmoins ainsi ensuite puis aussi également "
        "parallèlement enfin",
        "es": "pero y sino además también asimismo entonces luego mientras aunque así finalmente",
        "pt": "mas e porém contudo entretanto todavia além também assim então enquanto depois já",
        "hi": "लेकिन मगर परंतु किंतु हालांकि इसलिए और वहीं साथ इसके फिर जबकि",
        "it": "ma e però inoltre tuttavia intanto poi anche quindi",
        "nl": "maar en echter bovendien daarnaast ook intussen toch",
    }
)
# Openings of a determiner that name a time of their own: "This week's summit …" stands alone.
_OWN_TIME = word_sets(
    {
        "en": "week month year season spring summer autumn fall winter morning afternoon evening weekend time",
        "de": "woche jahr monat sommer winter mal",
        "fr": "semaine année mois été hiver fois",
        "es": "semana año mes verano invierno vez",
        "pt": "semana ano mês verão inverno vez",
        "hi": "साल वर्ष महीने सप्ताह हफ्ते",
    }
)
# "Expletive" openings: the pronoun points forward.
_FORWARD = re.compile(
    r"it(?:'s| is| was| will be| may be| could be| would be| takes| took| remains)\s+(?:(?:not|still|also|now|"
    r"too|always|yet)\s+)*"
    r"(?:un)?(?:clear|likely|known|possible|impossible|hard|easy|difficult|important|time|worth|safe|best|official)\b"
    r"|(?:that|those) (?:who|with|in|seeking|aged|on|without)\b|both [^,.]{1,40}? and\b|"
    r"(?:n)?either [^,.]{1,40}? n?or\b"
    r"|damit [^.]*,|es (?:gibt|gab|bleibt)\b|il (?:y a|faut|est|s'agit)\b|es (?:posible|necesario|probable|"
    r"importante)\b"
)
# Openings of several words that point back.
_PHRASES = {
    "en": re.compile(
        r"(?:as a result|for (?:example|instance)|in (?:addition|fact|contrast|turn|response|other words)|"
        r"by contrast|on the other hand|at the same time|to (?:this|that) end|(?:since|until|by) then|among them|"
        r"(?:despite|because of|with|after|like|before) (?:this|that)|in (?:this|that) (?:case|way)|"
        r"(?:most|many|some|all|none|few|each|both|half|one|two) of (?:them|those|these)|"
        r"the (?:former|latter|two|three|pair|duo|trio|couple))\b(?! \w+ (?:week|year)\b)"
    ),
    "de": re.compile(
        r"(?:zum beispiel|darüber hinaus|im gegensatz dazu|aus diesem grund|in der folge|hinzu kommt|so)\b"
    ),
    "fr": re.compile(r"(?:par exemple|en outre|en effet|de plus|par ailleurs|en revanche|par conséquent|du coup)\b"),
    "es": re.compile(
        r"(?:por ejemplo|por otro lado|en cambio|por eso|sin embargo|por lo tanto|es decir|por su parte)\b"
    ),
    "pt": re.compile(r"(?:por exemplo|além disso|no entanto|por isso|por outro lado|por sua vez|ou seja)\b"),
}
_VERBS = word_set(
    "comes came follows followed marks marked adds added includes included says said tells told makes made takes "
    "took gives gave brings brought becomes became remained begins began ends ended leads led leaves left faces "
    "faced needs seeks sought wants wanted hopes expects expected aims aimed seems seemed appears appeared happens "
    "happened occurs occurred argues argued claims claimed warns warned denies denied admits admitted confirms "
    "confirmed announces announced insists insisted suggests suggested believes believed thinks knows finds found "
    "shows showed reveals revealed reports reported calls called urges urged wins won loses lost earns earned beats "
    "beat joins joined returns returned opens opened closes closed runs ran goes went gets got has had is was were "
    "are does did can could will would should may might must continues continued allows allowed helps helped covers "
    "covered offers offered provides provided raises raised cuts cut sets plans planned pledges pledged promises "
    "promised threatens threatened accuses accused cites cited describes described explains explained notes noted "
    "points pointed ensures ensured requires required replaces replaced represents builds built creates created "
    "uses used works worked serves served reflects reflected contains contained features featured"
)
_PARTICIPLES = word_set(
    "expected due set left lost found slated scheduled believed thought considered known based located designed "
    "intended driven led followed signed released launched announced published introduced backed supported funded "
    "made built created held charged accused arrested convicted sentenced named called described seen used making "
    "bringing giving leaving marking adding causing citing forcing prompting raising according compared thanks "
    "ahead despite plus"
)
# "So far, …", "Instead of …", "Besides the …": the connective is a preposition or an adverb of its own.
_NO_CONNECTIVE = word_set("far of")
_AFTER_VERB = word_set(
    "a an the his her their its him them that this these those as at by in into on over from for of to with after "
    "before ahead amid among between during since until through under without up down out off about around against "
    "it no not more most less many much some any all both each every one two three four five being been likely also "
    "now"
)
# Plural nouns that are verbs too: a bare preposition after them proves nothing.
_NOUNS_TOO = word_set(
    "calls claims plans remains reports shows leads works marks needs hopes aims offers cuts sets runs ends notes "
    "points uses features promises covers closes opens returns finds wins beats faces can will may might must"
)
_DETERMINERS = word_set("a an the his her their its him them that this these those no one it")
_QUOTES = "\"'“‘„«‹([ "
# The articles that take a thing up again, and those that bring it in.
_DEFINITE = word_sets(
    {"en": "the", "de": "der die das dem den des", "fr": "le la les", "es": "el la los las", "pt": "o a os as"}
)
_INDEFINITE = word_sets(
    {
        "en": "a an",
        "de": "ein eine einen einem einer eines",
        "fr": "un une",
        "es": "un una unos unas",
        "pt": "um uma uns umas",
    }
)
_NEAR = 4
_WORDS = re.compile(r"[^\s,;:!?…]+")


def leans(text: str, language: str) -> bool:
    """Whether `text` cannot be read first: `language` is a two-letter code, of one we have words for or any other."""
    start = text.lstrip(_QUOTES)[:80].lower().replace("’", "'")
    words = _WORDS.findall(start)
    if not words:
        return False
    first = words[0].rstrip(".")
    second = words[1].rstrip(".").removesuffix("'s") if len(words) > 1 else ""
    if first in _CONNECTIVES.get(language, NOTHING):
        return second not in _NO_CONNECTIVE
    if first in _PRONOUNS.get(language, NOTHING):
        return second not in _OWN_TIME.get(language, NOTHING) and not _FORWARD.match(start) and not _acronym(text)
    if language in _PHRASES and _PHRASES[language].match(start):
        return True
    return language == "en" and _no_subject(text, first, second)


def takes_up(text: str, before: str, language: str) -> bool:
    """Whether `text` begins with a thing that the text before it brought in: "A plan …" and then "The plan …"."""
    if text.split(None, 1)[0].lower() not in _DEFINITE.get(language, NOTHING):
        return False
    words = terms(text[:60])[:3]
    articles = _INDEFINITE[language]
    earlier = terms(before)
    return any(
        word in words[1:] and len(word) > 2 and not articles.isdisjoint(earlier[max(0, at - _NEAR) : at])
        for at, word in enumerate(earlier)
    )


def _acronym(text: str) -> bool:
    """Whether the first word is in capitals among others that are not: the WHO, an IT firm."""
    word = text.lstrip(_QUOTES).split(None, 1)[0].rstrip(",:;.")
    return len(word) > 1 and word.isupper() and not text.isupper()


def _no_subject(text: str, first: str, second: str) -> bool:
    """English only: the bullet begins with its verb or with a participle that has no noun to belong to."""
    if first in _NOUNS_TOO and first not in _PARTICIPLES:
        return second in _DETERMINERS
    if first in _VERBS and second in _AFTER_VERB:
        return True
    return first in _PARTICIPLES and second in _AFTER_VERB and "," not in text[:120]
