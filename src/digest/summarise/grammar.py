"""The small closed classes of words of the languages we know: which open sentences, and which mean nothing alone."""

from __future__ import annotations

import re

# Articles, pronouns, prepositions, conjunctions and auxiliaries. Written with a capital they open a sentence.
_FUNCTION = {
    "en": "the a an and or but nor so yet for of in on at by to from with without into onto over under after before "
    "since until till during between among against about above below through across behind beyond near along off "
    "out up down as than if when while where why how what which who whom whose that this these those there here it "
    "its he she they them their his her him we us our you your i me my mine one is are was were be been being am "
    "has have had having do does did done will would can could shall should may might must not no yes also however "
    "meanwhile although though because unless despite according once both each every any all some many most few "
    "several other another such only just even still neither either more less very too then now again s t don didn "
    "doesn isn aren wasn weren won couldn wouldn shouldn hasn haven hadn ve re ll d m let instead later earlier "
    "last per via amid",
    "de": "der die das den dem des ein eine einen einem einer eines und oder aber denn sondern doch in im an am auf "
    "aus bei beim mit nach seit von vom zu zum zur über unter vor hinter neben zwischen durch für gegen ohne um bis "
    "wegen während trotz laut als wie wenn weil dass ob da damit obwohl sowie er sie es ihr ihre ihren ihrem ihrer "
    "seine seinen seinem seiner sein wir uns unser ich mich mir du man sich dies diese dieser dieses diesen diesem "
    "jene jeder jede jedes was wer wo warum ist sind war waren wird werden wurde wurden hat haben hatte hatten kann "
    "können konnte soll sollen sollte muss müssen musste darf will wollen nicht kein keine keinen auch nur noch "
    "schon sehr mehr so nun dann hier dort dabei dazu dafür daher darum dagegen damals danach davor deshalb "
    "deswegen jedoch allerdings außerdem zudem inzwischen bereits immer wieder alle alles viele einige mehrere "
    "andere anderen zwar etwa rund selbst ab ins ans",
    "fr": "le la les l un une des de du d et ou mais donc or ni car à au aux en dans sur sous par pour avec sans "
    "chez vers entre contre depuis pendant avant après selon malgré dès lors comme si quand que qu qui quoi dont où "
    "ce cet cette ces c il elle ils elles on nous vous je j tu me m te t se s lui leur leurs son sa ses notre nos "
    "votre vos mon ma mes y ne n pas plus moins très aussi est sont était étaient été être a ont avait avaient "
    "avoir sera seront fait peut peuvent doit doivent cela ceci celui celle ceux celles tout tous toute toutes même "
    "mêmes autre autres ainsi alors puis enfin encore déjà toujours cependant pourtant toutefois outre parmi "
    "plusieurs quelques chaque ici là",
    "es": "el la los las lo un una unos unas de del al a y e o u pero sino ni en con sin por para sobre bajo entre "
    "desde hasta hacia contra según durante tras ante mediante como si cuando que quien quienes cual donde porque "
    "aunque pues se su sus le les me te nos mi mis tu él ella ellos ellas ello yo este esta estos estas esto ese "
    "esa esos esas eso aquel aquella es son era eran fue fueron ser sido está están estaba estar ha han había haber "
    "hay hace puede pueden debe deben no sí más menos muy ya también tampoco además así entonces luego después "
    "antes ahora todo todos toda todas otro otra otros otras mismo cada algunos algunas varios varias mientras sin "
    "embargo",
    "pt": "o a os as um uma uns umas de do da dos das em no na nos nas num numa ao à aos às por pelo pela pelos "
    "pelas para com sem sob sobre entre até desde contra segundo durante após ante perante e ou mas nem que quem "
    "qual onde quando como se porque embora pois ele ela eles elas eu nós você vocês seu sua seus suas meu minha "
    "lhe lhes me te este esta estes estas isto esse essa esses essas isso aquele aquela aquilo é são era eram foi "
    "foram ser sido está estão estava estar tem têm tinha ter há havia pode podem deve devem não sim mais menos "
    "muito já também além assim então depois antes agora todo todos toda todas outro outra outros outras mesmo cada "
    "alguns algumas vários várias enquanto entretanto porém contudo",
    "hi": "का के की को में से पर और या ने है हैं था थी थे हो होता होती होते कर करने करते किया गया गई गए जो वह वे यह "
    "ये इस उस इन उन इसके उसके उनके इसकी उसकी उनकी इसका उसका उनका भी ही तो तक लिए साथ बाद एक नहीं न कि जब तब अब यहां "
    "वहां कहा रहा रही रहे हुआ हुई हुए जाने जाता जाती लेकिन मगर परंतु हालांकि इसलिए क्योंकि अगर यदि अपने अपनी अपना "
    "कुछ कई सभी बहुत द्वारा वाले वाली",
}

# Adverbs and adjectives of time and degree that open sentences but carry a meaning of their own.
_OPENERS = {
    "en": "today yesterday tomorrow tonight monday tuesday wednesday thursday friday saturday sunday recently "
    "currently perhaps maybe nearly almost nobody everyone everybody someone something nothing two three four five "
    "six seven eight nine ten fortunately unfortunately officials police experts critics",
    "de": "heute gestern morgen zuletzt derzeit zwei drei vier beide experten kritiker niemand jeder gestern",
    "fr": "aujourd hier demain deux trois certains beaucoup",
    "es": "hoy ayer mañana dos tres muchos algunos",
    "pt": "hoje ontem amanhã dois três muitos",
    "hi": "आज कल दो तीन",
}


def word_set(words: str) -> frozenset[str]:
    """Words in a row, as a set."""
    return frozenset(words.split())


def word_sets(tables: dict[str, str]) -> dict[str, frozenset[str]]:
    """Words in a row by language, as sets."""
    return {language: frozenset(words.split()) for language, words in tables.items()}


FUNCTION: dict[str, frozenset[str]] = word_sets(_FUNCTION)
OPENERS: dict[str, frozenset[str]] = {
    language: FUNCTION[language] | frozenset(words.split()) for language, words in _OPENERS.items()
}
NOTHING: frozenset[str] = frozenset()

_SAMPLE = 250
_LETTERS = re.compile(r"[^\W\d_]+")
_DEVANAGARI = re.compile(r"[\u0900-\u097f]")


def known_language(language: str | None, *texts: str) -> str:
    """The two-letter code of a text's language: from its tag (BCP 47) if it has one, else from its function words.

    An empty string when neither tells. A tagged language that we have no words for is returned as it is.
    """
    if language:
        return language.replace("_", "-").split("-", 1)[0].lower()
    sample = " ".join(texts)[:_SAMPLE].lower()
    words = frozenset(_LETTERS.findall(sample))
    votes = {code: len(words & function) for code, function in FUNCTION.items()}
    best = max(votes, key=lambda code: votes[code])
    if votes[best]:
        return best
    return "hi" if _DEVANAGARI.search(sample) else ""
