"""A whole variant: complete, safe, the same every time, at any size."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml.html import HtmlElement, document_fromstring
from render_sample import LEAD, TECHNOLOGY, WORLD, edition, of_size, of_template, story, takeaways

from digest.check import check
from digest.errors import TemplateError, UsageError
from digest.models.edition import Line, Rendering
from digest.models.story import Kind
from digest.render import Context, EditionView, SectionView, render, render_personal
from digest.render.slots import STANDARD
from digest.settings import Theme

TEMPLATES = (Path(__file__).parents[2] / "templates",)


def rendered(context: Context | None = None, language: str = "en", theme: Theme | None = None) -> Rendering:
    return render(context or edition(), templates=TEMPLATES, theme=theme or Theme(), language=language)


def page(rendering: Rendering) -> HtmlElement:
    return document_fromstring(rendering.html)


def words(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


def test_what_is_said_about_the_variant_is_true() -> None:
    made = rendered()
    assert (made.edition, made.segment, made.language, made.template) == (
        "daily/2026-11-24",
        "everyone",
        "en",
        "daily",
    )
    assert made.subject == "Five countries agree to share the Sarda"
    assert made.stories == len(edition().stories) == 9
    assert "9\u00a0stories" in made.html
    assert f"{made.minutes}\u00a0min" in made.html


def test_slots_are_literal_and_all_are_named() -> None:
    made = rendered()
    found = set(re.findall(r"\{\{(.*?)\}\}", made.html + made.text))
    assert found == set(made.slots) == set(STANDARD) - {"name"}
    assert 'href="{{unsubscribe_url}}"' in made.html
    assert "zqslot" not in made.html + made.text


def test_headings_are_the_outline_of_the_edition() -> None:
    outline = [(e.tag, e.get("aria-label") or words(e)) for e in page(rendered()).iter("h1", "h2", "h3")]
    assert outline[0] == ("h1", "The Ledger, Tuesday 24 November 2026")
    assert outline[1] == ("h2", LEAD.headline)
    assert ("h2", "World") in outline
    assert [text for tag, text in outline if tag == "h3"] == [s.headline for s in edition().stories[1:]]


def test_each_story_has_one_link_and_a_teaser_without_one_is_plain_text() -> None:
    tree = page(rendered())
    links = [a.get("href") for a in tree.iter("a")]
    for shown in edition().stories:
        assert links.count(shown.url) == (1 if shown.url else 0)
    teaser = next(h for h in tree.iter("h3") if words(h).startswith("A record field"))
    assert teaser.find(".//a") is None


@pytest.mark.parametrize("template", ["daily", "weekly", "breaking", "personal"])
def test_the_packaged_templates_pass_their_own_checks(template: str) -> None:
    made = render(of_template(template), templates=TEMPLATES, template=template, theme=Theme(), language="en")
    found = check(made, postal_address="1 Press Lane, Delhi 110001", theme=Theme(), subject_last="Another subject")
    assert {finding.id for finding in found if finding.level != "info"} <= {"story.link"}


@pytest.mark.parametrize(("stories", "most"), [(12, 75_000), (20, 95_000)])
@pytest.mark.parametrize("template", ["daily", "weekly", "personal"])
def test_editions_stay_far_from_where_they_are_clipped(template: str, stories: int, most: int) -> None:
    made = render(of_size(stories), templates=TEMPLATES, template=template, theme=Theme(), language="en")
    assert made.stories == stories
    assert len(made.html.encode()) < most


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "pt", "hi", "ar"])
def test_every_language_renders_and_passes(language: str) -> None:
    made = rendered(language=language)
    assert not [f for f in check(made, theme=Theme()) if f.level == "error"]
    tree = page(made)
    direction = "rtl" if language == "ar" else "ltr"
    body = tree.find("body")
    assert body is not None
    for element in (tree, body[0]):
        assert (element.get("lang"), element.get("dir")) == (language, direction)
    assert body[0].get("role") == "article"


def test_the_same_edition_gives_the_same_bytes() -> None:
    assert rendered() == rendered()


def test_a_hostile_edition_stays_text() -> None:
    evil = '</span></a><script>alert(1)</script>"onload="x {{unsubscribe_url}} {% raw %} zqslot0zq \x00\u202e'
    lead = story("a", evil, url='https://news.example/"><b>', lines=takeaways(evil), author=evil, source=evil)
    made = rendered(
        edition(lead=lead, sections=(SectionView("s", evil, (lead,)),), related=((evil, "https://a.b/x"),))
    )
    tree = page(made)
    assert tree.find(".//script") is None
    assert not [e for e in tree.iter() if isinstance(e.tag, str) and any(k.startswith("on") for k in e.attrib)]
    assert made.html.count("{{unsubscribe_url}}") == 1
    assert "zqslot0zq" in words(tree)
    heading = tree.find(".//h2")
    assert heading is not None
    assert words(heading) == evil.replace("\x00", "").replace("\u202e", "").strip()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(headline=st.text(min_size=1, max_size=200), line=st.text(max_size=300))
def test_any_text_survives_as_it_is_read(headline: str, line: str) -> None:
    lead = story("a", headline, lines=(Line(line, "takeaway:1"),))
    made = rendered(edition(lead=lead, sections=(), latest=(), related=(), popular=()))
    from digest.render.characters import clean_line

    heading = page(made).find(".//h2")
    assert heading is not None
    assert words(heading) == " ".join(clean_line(headline).split())
    assert made.html.count("{{") == made.html.count("{{email}}") + made.html.count("{{why}}") + 4


def test_only_verbatim_bullets_stand_under_key_takeaways() -> None:
    excerpt = replace(LEAD, lines=(Line("An excerpt of it.", "excerpt"),))
    html = rendered(edition(lead=excerpt, sections=())).html
    assert "Key takeaways" not in html
    assert "<ul" not in html
    assert re.search(r"<p [^>]*>An excerpt of it\.</p>", html)


def test_opinion_sponsored_and_subscribers_only_are_labelled() -> None:
    lead = replace(LEAD, kind=Kind.SPONSORED, paywalled=True)
    assert "Sponsored · Subscribers only" in words(page(rendered(edition(lead=lead))))
    assert "Analysis" in words(page(rendered()))


def test_a_story_in_another_language_says_so() -> None:
    lead = replace(LEAD, headline="اتفاق", language="ar")
    heading = page(rendered(edition(lead=lead))).find(".//h2")
    assert heading is not None
    assert heading.get("lang") == "ar"
    assert [e.get("align") for e in heading.iterancestors("div") if e.get("dir") == "rtl"] == ["right"]
    same = page(rendered(edition(lead=replace(LEAD, language="en")))).find(".//h2")
    assert same is not None
    assert same.get("lang") is None


def test_one_story_and_forty_stories_work_and_forty_are_not_clipped() -> None:
    one = rendered(edition(sections=(), latest=(), related=(), popular=(), weather=""))
    assert (one.stories, "1\u00a0story" in one.html) == (1, True)
    many = tuple(
        SectionView(
            f"s{n}", f"Section {n}", tuple(replace(s, id=f"{s.id}{n}{m}") for m in range(2) for s in WORLD.stories)
        )
        for n in range(9)
    )
    forty = rendered(edition(sections=many))
    assert forty.stories == 40
    assert not [f for f in check(forty) if f.level == "error"]


def test_an_edition_without_lead_or_city_or_weather_works() -> None:
    context = edition(lead=None, related=(), weather="", sections=(TECHNOLOGY,))
    made = rendered(replace(context, publication=replace(context.publication, city="", contact="", url=None)))
    assert next(words(h) for h in page(made).iter("h2")) == "Technology"
    assert " ·  · " not in words(page(made))


def test_a_subject_is_a_line_of_template_and_never_blank() -> None:
    assert rendered(edition(subject="{{ edition.subject }} · {{ publication.city }}")).subject.endswith(
        "Sarda · Delhi"
    )
    assert rendered(edition(subject="For {{ slots.name }}")).subject == "For {{name}}"
    blank = EditionView("daily/2026-11-24", edition().edition.date, " \n")
    assert rendered(edition(edition=blank)).subject == LEAD.headline
    with pytest.raises(TemplateError, match="subject is empty"):
        rendered(edition(edition=blank, lead=None))
    with pytest.raises(TemplateError, match="subjct"):
        rendered(edition(subject="{{ edition.subjct }}"))


def test_a_subject_cannot_break_its_header_or_forge_a_slot() -> None:
    evil = EditionView("daily/2026-11-24", edition().edition.date, "Hello\r\nBcc: all@x.example {{unsubscribe_url}}")
    subject = rendered(edition(edition=evil)).subject
    assert subject == "Hello Bcc: all@x.example {\u2060{unsubscribe_url}}"


def test_the_theme_decides_the_colours_and_the_logo() -> None:
    theme = Theme(
        accent="#005f73", logo="https://img.example/l.png", logo_dark="https://img.example/d.png", width=640
    )
    html = rendered(theme=theme).html
    assert "#005f73" in html
    assert Theme().accent not in html
    tree = document_fromstring(html)
    logos = tree.findall(".//h1//img")
    assert [(logo.get("class"), logo.get("alt")) for logo in logos] == [
        ("day", "The Ledger"),
        ("night", "The Ledger"),
    ]


@pytest.mark.parametrize(
    ("theme", "where"),
    [
        (Theme(accent="red;}body{display:none"), "accent"),
        (Theme(paper_dark="#fff"), "paper_dark"),
        (Theme(serif="Georgia; } </style>"), "serif"),
        (Theme(width=10_000), "width"),
    ],
)
def test_a_theme_that_is_no_theme_is_refused_by_name(theme: Theme, where: str) -> None:
    with pytest.raises(UsageError) as caught:
        rendered(theme=theme)
    assert str(caught.value.where).endswith(where)


def test_a_template_name_is_no_path() -> None:
    with pytest.raises(TemplateError, match="no name of a template"):
        render(edition(), templates=TEMPLATES, template="../daily", theme=Theme(), language="en")
    with pytest.raises(TemplateError, match='no template "monthly'):
        render(edition(), templates=TEMPLATES, template="monthly", theme=Theme(), language="en")


def test_one_part_can_be_replaced_and_its_original_kept(tmp_path: Path) -> None:
    (tmp_path / "_end.mjml.j2").write_text(
        "<mj-section><mj-column><mj-text>Before the end</mj-text></mj-column></mj-section>\n"
        '{% include "!base/_end.mjml.j2" %}',
        encoding="utf-8",
    )
    made = render(edition(), templates=(tmp_path, *TEMPLATES), theme=Theme(), language="en")
    said = words(page(made))
    assert said.index("Before the end") < said.index("That is all for today.")


def test_an_mjml_error_names_the_line_of_the_template(tmp_path: Path) -> None:
    file = tmp_path / "_end.mjml.j2"
    file.write_text("<mj-section>\n<mj-colum>x</mj-colum>\n</mj-section>", encoding="utf-8")
    with pytest.raises(TemplateError, match="did you mean mj-column") as caught:
        render(edition(), templates=(tmp_path, *TEMPLATES), theme=Theme(), language="en")
    assert caught.value.where == f"{file}:2"


def test_further_slots_can_be_declared() -> None:
    made = rendered(edition(slots=("sponsor",), subject="{{ slots.sponsor }} brings you the news"))
    assert made.subject == "{{sponsor}} brings you the news"
    assert "sponsor" in made.slots
    with pytest.raises(TemplateError, match="no name for a slot"):
        rendered(edition(slots=("Spon sor",)))


@pytest.mark.parametrize(
    "text", ["{% if %}", "{{ ''.__class__ }}", "{{ 1 / 0 }}", "{{ theme.width + 'a' }}", "{{ theme.nothing }}"]
)
@pytest.mark.parametrize("make", [render, render_personal])
def test_a_wrong_template_is_told_with_its_line_both_ways(
    tmp_path: Path, make: Callable[..., object], text: str
) -> None:
    (tmp_path / "daily.mjml.j2").write_text(
        "<mjml><mj-body><mj-section><mj-column><mj-text>\n%s\n</mj-text></mj-column></mj-section></mj-body></mjml>".replace(
            "%s", text
        )
    )
    with pytest.raises(TemplateError) as caught:
        make(edition(), templates=(tmp_path, *TEMPLATES), theme=Theme(), language="en")
    assert str(caught.value.where).startswith((str(tmp_path / "daily.mjml.j2"), "daily.mjml.j2"))
