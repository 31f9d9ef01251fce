"""A letter as a message: written by `templates/letters/letter.html.j2` and `.txt.j2`, on the publication's paper."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from digest.address import address, encode, letterhead
from digest.content import template_roots
from digest.errors import TemplateError
from digest.models.edition import Rendering
from digest.models.mail import Delivery, Message
from digest.models.people import Recipient
from digest.pipeline import reader_links
from digest.pipeline.letter_writing import Written
from digest.pipeline.project import Project
from digest.pipeline.reader_words import called, reader_words

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = "letters"
TEMPLATE = "letters/letter"


def on_paper(project: Project, written: Written, letter: str, day: str) -> Message | Delivery:
    """The message, or a rejected delivery that says why none can be written. `letter` is its id, `day` the local date
    under which it is filed (`letters/2026-11-24`).

    Raises:
        TemplateError: the template cannot be rendered.
        ConfigError: the publication's own address cannot stand in a mail.
    """
    settings = project.settings
    words = reader_words(written.language)
    values = {
        "letter": written,
        "publication": settings.publication,
        "theme": settings.theme,
        "words": words,
        "direction": words.direction,
        "footer": words.say("l_footer", publication=settings.publication.name),
    }
    rendering = Rendering(
        edition=f"{FOLDER}/{day}",
        segment=written.kind,
        language=written.language,
        template="letter",
        subject=written.subject,
        preheader=written.preheader,
        html=_render(project, "html", values),
        text=_render(project, "txt", values),
        slots=(),
        stories=0,
        minutes=0,
        words=0,
    )
    paper = letterhead(
        encode(rendering),
        publication=settings.publication,
        delivery=settings.delivery,
        digest=written.digest,
        label=called(project, written.digest),
    )
    links = reader_links.live(project, written.subscriber, written.digest, rendering.edition)
    recipient = Recipient(letter, written.subscriber, written.to, "", written.kind, written.language)
    return address(paper, recipient, links=links, why="", now=project.now())


def _render(project: Project, kind: str, values: dict[str, object]) -> str:
    from jinja2 import TemplateError as Broken

    environment = _environment(template_roots(project.root), kind == "html")
    name = f"{TEMPLATE}.{kind}.j2"
    try:
        return environment.get_template(name).render(values)
    except Broken as problem:
        line = getattr(problem, "lineno", None)
        raise TemplateError(str(problem), where=f"{name}:{line}" if line else name) from problem


@lru_cache(maxsize=8)
def _environment(roots: tuple[Path, ...], escapes: bool) -> Environment:
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(
        loader=FileSystemLoader(roots),
        autoescape=escapes,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
