"""Words that end in a full stop without ending a sentence, by language. Lower case, without the last stop."""

from __future__ import annotations

from digest.summarise.grammar import word_set, word_sets

# Never the last word of a sentence: what they stand for comes after them.
_TITLES = (
    "mr mrs ms dr prof gen sen rep gov lt col capt cmdr sgt maj adm cpl pvt rev hon pres supt insp messrs st mt ft "
    "vs v"
)
_NEVER = {
    "en": _TITLES
    + " no nos fig figs vol pp approx est dept univ assn bros ave blvd rd e.g i.e cf viz al feat ca brig det adj "
    "atty",
    "de": "dr prof hr fr nr st str bzw ca z u d i v o s vgl evtl ggf inkl exkl zzgl abs art bd sog dipl ing mag hl "
    "geb gest verh max min mind tel std a b m jh chr kap red vors allg bes etw usf jhd dt engl frz lat mio mrd tsd "
    "rd bspw z.b d.h u.a i.d.r o.ä z.t v.a s.o s.u n.chr v.chr co corp",
    "fr": "m mm mme mmes mlle mlles dr drs pr me st ste av bd art cf env ex p pp vol chap fig tél hab no nos n° apr "
    "boul p.ex c.-à-d éd dir réf min max",
    "es": "sr sra sres sras srta dr dra d dña da prof profa ing lic arq gral cnel ud uds vd vds núm num nº no pág "
    "pag págs art av avda c p p.ej ej fig vol cap ed aprox tel ee rr sto sta mons excmo ilmo cía",
    "pt": "sr sra srs sras srta dr dra drs prof profa eng arq exmo exma gal cel ten cap sgt av r nº n.º no pág págs "
    "p pp art arts fig vol ed cf ex p.ex tel aprox d dona sto sta min máx",
    "hi": "डॉ डा श्री प्रो सं न पं कु",
}
# May end a sentence or not: they end one when a word follows that opens sentences.
_EITHER = {
    "en": "inc corp co ltd llc plc jr sr etc a.m p.m u.s u.k u.n e.u u.s.a d.c ph.d m.d b.a m.a b.c a.d bros rd sq "
    "jan feb apr aug sept oct nov dec tues thurs ariz ark calif colo conn del fla ga ill ind kan ky la md mass mich "
    "minn miss mo mont neb nev okla ore pa penn tenn tex va vt wash wis wyo n.y n.j n.h n.c s.c n.m r.i w.va",
    "de": "usw etc e.v jan feb mär apr jun jul aug sept sep okt nov dez u.ä uvm u.v.m ff ag",
    "fr": "etc s.a j.-c janv févr sept oct nov déc",
    "es": "etc uu ee.uu ee.ee s.a s.l a.c d.c a.m p.m ene feb mar abr jun jul ago sep sept oct nov dic cía",
    "pt": "etc s.a ltda cia eua a.c d.c jan fev mar abr mai jun jul ago set out nov dez",
    "hi": "ई बी.सी",
}


NEVER = word_sets(_NEVER)
EITHER = word_sets(_EITHER)
# For a language that is not in the tables: titles are written alike in many.
NEVER_ELSEWHERE = frozenset(_TITLES.split()) | word_set("sr sra mme nr")
EITHER_ELSEWHERE = EITHER["en"] - word_set("la ill mass miss mo pa va") | frozenset(("usw", "etc"))

# Short for a place or a month only with a capital: "Miss." and "Ill." are states, "miss." and "ill." end sentences.
CAPITAL = word_set("ill miss mass pa md ore wash ind fla del ark conn ga va me mar mai ago set out dez")

# Languages in which a numeral with a stop is an ordinal.
ORDINAL = word_set("de da nb nn no fi cs sk hu sl hr sr bs pl et lv lt is")
MONTHS = word_set(
    "januar jänner februar märz april mai juni juli august september oktober november dezember montag dienstag "
    "mittwoch donnerstag freitag samstag sonntag jahrhundert weltkrieg bundesliga liga minute runde"
)
