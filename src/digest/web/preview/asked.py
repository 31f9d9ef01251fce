"""Which edition an address means, for the pages that act on one."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.requests import Request

from digest.errors import UsageError
from digest.models.edition import Edition
from digest.pipeline.naming import Identity, identify
from digest.pipeline.project import Project
from digest.store import editions
from digest.web.preview.desk import name_of
from digest.web.preview.faults import desk_of
from digest.web.preview.live import live_of
from digest.web.preview.looks import edition_url
from digest.web.preview.rooms import ACTING, LOOKING, pages_of
from digest.web.preview.visitors import visitor_of, visitors_of
from digest.web.preview.wording import day_in_words, state_in_words

# The header with which an open page asks for itself.
ANEW = "preview-anew"


def asked(request: Request) -> tuple[Project, Identity]:
    """The publication, and the edition of the address, which must be its whole name: acting on “the next one” would
    mean another tomorrow.

    Raises:
        UsageError: there is no such edition.
    """
    # Taken before anything is read, so that a file that is saved meanwhile is not missed.
    request.state.live = live_of(request)
    project, name = desk_of(request).project(), request.path_params["edition"]
    if name.partition("@")[0] not in project.settings.digests:
        raise UsageError(f"there is no edition “{name[:80]}”")
    identity = identify(project, name)
    if name_of(identity.id) != name:
        raise UsageError(f"“{name[:80]}” is no whole name of an edition", hint=f"perhaps {name_of(identity.id)}")
    return project, identity


def kept(project: Project, identity: Identity) -> Edition | None:
    """The edition as the store has it; None before it was first kept."""
    with project.store.database.read() as connection:
        return editions.load(connection, identity.id)


def frame(request: Request, project: Project, identity: Identity, edition: Edition | None) -> dict[str, Any]:
    """What every page about an edition says around its own words. A page that answers a form is shown once: it only
    says that something changed, and what it tells stays."""
    visitor = visitor_of(request)
    # What is kept to be said belongs to the page that a person opens, not to one that shows itself anew.
    said = "" if ANEW in request.headers else visitors_of(request).said(visitor)
    digest = project.digest(identity.digest)
    name = name_of(identity.id)
    here = request.url.path.rpartition("/")[2]
    pages = pages_of(request)
    return {
        "rooms": [
            [
                (words, f"{edition_url(name)}/{part}" if part else edition_url(name), part == here)
                for part, words, right in which
                if (not part or part in pages) and visitor.may(right)
            ]
            for which in (LOOKING, ACTING)
        ],
        "publication": project.settings.publication.name,
        "visitor": visitor,
        "guest": visitor.edition is not None,
        "said": said,
        "live": request.state.live,
        "keeps": request.method == "POST",
        "edition": quote(name, safe="@"),
        "name": name,
        "title": digest.label or identity.digest,
        "day": day_in_words(identity.date),
        "state": state_in_words(edition) if edition else "Not drafted yet",
    }
