"""What breaks layouts: long words and headlines, other scripts and directions, no picture, one story and forty,
labels of every kind."""

from __future__ import annotations

from dataclasses import replace

from render_sample import BUSINESS, LEAD, edition, of_size, of_template, story, takeaways

from digest.models.edition import Line
from digest.models.story import Kind
from digest.render import Context, SectionView, StoryView

TEMPLATES = ("daily", "weekly", "breaking", "personal")
LONG_HEADLINE = (
    "Parliament votes through the reform of hospital funding after a night in which three ministers offered to "
    "resign, the speaker stopped the sitting twice and crowds waited in the rain outside its gates"
)
LONG_WORDS = replace(
    LEAD,
    id="long",
    headline="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft beschließt es",
    lines=takeaways(
        "Die Rindfleischetikettierungsüberwachungsaufgabenübertragungsverordnung tritt außer Kraft.", "B" * 120
    ),
    author="Annegret Freifrau von Hohenzollern-Sigmaringen",
    kind=Kind.OPINION,
    paywalled=True,
)
ARABIC = replace(
    LEAD,
    id="arabic",
    headline="خمس دول تتفق على تقاسم مياه النهر بعد أحد عشر عاماً من المحادثات",
    lines=takeaways("حد أدنى سنوي لكل دولة.", "يحصل المزارعون على 14% من المياه الإضافية."),
    author="ميرا أناند",
)
HINDI = replace(
    LEAD,
    id="hindi",
    headline="पाँच देश ग्यारह वर्षों की बातचीत के बाद नदी का पानी बाँटने पर सहमत हुए",
    lines=takeaways("समझौता हर देश के लिए न्यूनतम प्रवाह तय करता है।"),
)
LABELLED = SectionView(
    "labels",
    "Labels",
    (
        replace(LEAD, id="updated", headline=LONG_HEADLINE, update=True, image=None),
        story(
            "paid",
            "How one firm cut its bill",
            lines=(Line("A paid look.", "excerpt"),),
            kind=Kind.SPONSORED,
            source="X",
        ),
        story("view", "The accord is only a start", lines=(Line("And what is left.", "excerpt"),), kind=Kind.OPINION),
        story("live", "The count, as it comes in", lines=(Line("First results.", "excerpt"),), kind=Kind.LIVE),
        replace(ARABIC, language="ar", image=None),
        replace(HINDI, language="hi"),
    ),
)


def labelled(template: str) -> Context:
    """The sample edition of `template` with a picture-less lead of 190 characters and every label there is."""
    lead = replace(LEAD, headline=LONG_HEADLINE, image=None, kind=Kind.ANALYSIS, paywalled=True)
    return replace(of_template(template), lead=lead, sections=(LABELLED, BUSINESS))


def everything(template: str) -> Context:
    """The sample edition of `template`, pictures and all, with every label there is on its lead and in a section."""
    own = of_template(template)
    assert own.lead is not None
    return replace(
        own, lead=replace(own.lead, kind=Kind.ANALYSIS, paywalled=True), sections=(*own.sections, LABELLED)
    )


def led_by(lead: StoryView, template: str) -> Context:
    """An edition whose lead is `lead`, which stands in a section too."""
    section = SectionView("same", lead.headline.split(" ")[0], (replace(lead, id="again"),))
    return replace(of_template(template), lead=lead, sections=(section,))


def hard() -> dict[str, tuple[Context, str, str]]:
    """By name: a context, the language it is rendered in, and by which template."""
    cases: dict[str, tuple[Context, str, str]] = {}
    for template in TEMPLATES:
        cases[f"{template}, labelled"] = (labelled(template), "en", template)
        cases[f"{template} in German"] = (led_by(LONG_WORDS, template), "de", template)
        cases[f"{template} in Arabic"] = (led_by(ARABIC, template), "ar", template)
        cases[f"{template} in Hindi"] = (led_by(HINDI, template), "hi", template)
        cases[f"{template} of one"] = (edition(sections=(), latest=(), related=(), popular=()), "en", template)
    return cases | {
        f"{template} of forty": (of_size(40), "en", template) for template in ("daily", "weekly", "personal")
    }
