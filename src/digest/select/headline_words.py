"""The small words that decide whether a headline may be cut, by language. Written for headlines, not for prose."""

from __future__ import annotations

# English: words that deny.
_DENYING = """
    no not never none nobody nothing nor neither without cannot isn't aren't wasn't weren't don't doesn't
    didn't won't wouldn't can't couldn't shouldn't hasn't haven't hadn't ain't deny denies denied denying
    refuse refuses refused refusing reject rejects rejected rejecting false fake hoax untrue debunked unless
    fail fails failed failing lack lacks against despite
"""

# English: words that leave it open.
_HEDGING = """
    may might could would should if whether perhaps possibly possible likely unlikely probably potential
    potentially alleged allegedly reported reportedly suspected supposed supposedly apparent apparently claim
    claims claimed seem seems appears rumored rumoured expected set fear fears hope hopes plan plans proposed
    draft only almost nearly but except
"""

# English: words that name a speaker.
_ATTRIBUTING = """
    say says said saying tell tells told according report reports warn warns warned suggest suggests suggested
    show shows find finds poll survey study source sources sources' expert experts analyst analysts official
    officials police court judge argue argues insist insists think thinks believe believes
"""

# German: all three.
_GERMAN = """
    nicht kein keine keinen keinem keiner nie niemals niemand nichts ohne weder noch leugnet dementiert
    bestreitet widerspricht lehnt weist zurück falsch könnte könnten dürfte dürften soll sollen sollte sollten
    wohl vielleicht möglicherweise mutmaßlich mutmaßliche mutmaßlicher mutmaßlichen angeblich angebliche
    vermutlich wahrscheinlich offenbar falls ob scheint droht drohen plant planen will wollen hofft laut
    zufolge sagt sagen sagte erklärt warnt warnen meint berichtet bericht studie umfrage experten experte
    polizei gericht quellen kreise wonach
"""

# French: all three.
_FRENCH = """
    ne n' pas plus jamais aucun aucune personne rien sans ni dément démentent nie nient refuse refusent
    rejette rejettent faux fausse pourrait pourraient devrait devraient peut-être peut peuvent possible
    probable probablement présumé présumée présumés soupçonné soupçonnée supposé apparemment si selon dit
    disent affirme affirment assure assurent déclare annonce avertit avertissent rapport étude sondage expert
    experts police source sources d'après
"""

# Spanish: all three.
_SPANISH = """
    no nunca jamás nadie nada ningún ninguna ninguno sin ni tampoco niega niegan rechaza rechazan falso falsa
    podría podrían puede pueden debería deberían quizá quizás tal posible posiblemente probable probablemente
    presunto presunta presuntos presuntas supuesto supuesta supuestamente aparentemente si según dice dicen
    afirma afirman asegura aseguran advierte advierten informe estudio encuesta experto expertos policía
    fuente fuentes
"""

# After these, "as" names a role or a comparison instead of opening a clause.
_ROLES = """
    named known such seen hailed sworn as well described charged serve serves served serving act acts acted
    acting work works worked working treated regarded elected appointed picked chosen used use uses resign
    resigns resigned quit quits far long soon just same twice much many even only not begins starts back
    nominated tapped posing poses posed listed ranked counted identified crowned installed viewed cast casts
    recognised recognized labelled labeled dismissed dismisses slams slammed unveiled emerges emerge double
    doubles return returns
"""

# Wherever these stand, an infinitive is what is meant, not the purpose of it.
_CONTROLLING = """
    plan plans planned bid effort efforts attempt attempts attempted refusal refuses refused refusing failure
    fails failed failing decision decides decided vow vows vowed threat threatens threatened right ready set
    likely unlikely able unable due pressure call calls called agree agrees agreed want wants wanted hope
    hopes hoped expect expects expected ask asks asked urge urges urged tell tells told force forces forced
    order orders ordered need needs needed try tries tried aim aims aimed continue continues begin begins
    start starts promise promises promised pledge pledges pledged seek seeks sought offer offers offered
    prepare prepares prepared move moves chance way ways how what when where time according deadline power
    willingness reason reasons things scheduled allowed allows allow poised slated bound made struggle
    struggles struggling warned warns invited tempted entitled obliged meant supposed used people man woman
    men women someone everyone anyone voters fans users workers readers students patients parents children
    kids help helps helped cause causes caused enable enables enabled require requires required persuade
    persuades convince convinces teach teaches permit permits get gets let lets make makes invite invites
    encourage encourages lead leads led leave leaves left choose chooses chose learn learns love loves prefer
    prefers
"""

# And right after these.
_BEFORE_TO = """
    first last next only close closer one back up down on in out and or than from thanks subject open about
    too enough it them him her us you
"""

# Verbs that name a purpose; after any other word "to" may be a preposition.
_PURPOSES = """
    counter boost cut curb fight stop end avoid save protect prevent ease tackle build rebuild secure win
    reduce raise fund support improve reach keep create halt limit combat bring block expand develop ensure
    strengthen deter defend rescue restore replace settle lower lift fix free promote shield stem slow regain
    revive evacuate calm contain cover crack defeat diversify dodge escape explore find finance finish
    guard handle heal hunt launch lure manage mark mend meet modernise modernize
    monitor offset oust overcome overhaul pay preserve pressure probe produce prove punish quell recover
    repair resolve respond retain revamp reverse rival scrap seal seize serve share shore simplify solve spur
    stabilise stabilize store streamline study supply sustain tame test thwart track train treat unlock uphold
    upgrade weaken widen
"""

# No headline ends on these.
_HANGING = """
    a an the and or but nor of in on at by for from with to into over under about than then that which who
    whose even just especially only both either its his her their our my your is are was were be been being
    has have had will would can could may might must should not as if when while because before after amid
    versus vs via new der die das ein eine einen und oder aber von mit zu im am auf für bei le la les un une
    des et ou de du au aux en el los las una y o del al con por para
"""

TELLING = {
    "en": frozenset((_DENYING + _HEDGING + _ATTRIBUTING).split()),
    "de": frozenset(_GERMAN.split()),
    "fr": frozenset(_FRENCH.split()),
    "es": frozenset(_SPANISH.split()),
}
ROLES = frozenset(_ROLES.split())
CONTROLLING = frozenset(_CONTROLLING.split())
BEFORE_TO = frozenset(_BEFORE_TO.split())
PURPOSES = frozenset(_PURPOSES.split())
HANGING = frozenset(_HANGING.split())
