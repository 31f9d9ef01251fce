"""`/f`, `/r`, `/c`, `/o`: say whether an edition was useful, read it in the browser, follow a counted link, fetch the
picture by which opens are counted."""

from __future__ import annotations

from datetime import date

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from digest.pipeline import following, opens, preferences
from digest.pipeline.reader_links import CLICK, FEEDBACK, OPEN, READ
from digest.pipeline.reader_words import called
from digest.render.words import Words
from digest.store.preferences import Sent
from digest.tokens import DEAD
from digest.web.public.forms import Form, one
from digest.web.public.guards import MAIL
from digest.web.public.pages import notice, page
from digest.web.public.site import Holder, dead, holder, page_route, site_of, words_of

# One transparent pixel (GIF89a).
_GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")


def look_useful(request: Request) -> Response:
    """Two buttons. A scanner that follows the link in the mail has answered nothing."""
    return _useful(request, None)


def act_useful(request: Request, form: Form) -> Response:
    """Keep the answer."""
    return _useful(request, one(form, "answer"))


def _useful(request: Request, answer: str | None) -> Response:
    found = _received(request, FEEDBACK)
    if isinstance(found, Response):
        return found
    who, sent, words = found
    project = site_of(request).project
    if answer in ("yes", "no"):
        following.vote(project, sent, who.subscriber, who.digest, answer == "yes")
        site_of(request).counts.add("digest_reader_acts_total", act="answered")
    return page(
        request,
        words,
        "useful",
        digest=called(project, who.digest),
        day=_day(sent.edition, words),
        answer=following.voted(project, sent),
        done=answer in ("yes", "no"),
    )


def read(request: Request) -> Response:
    """The edition as this reader got it."""
    found = _received(request, READ)
    if isinstance(found, Response):
        return found
    who, sent, words = found
    html = following.shown(site_of(request).project, sent.edition, who.subscriber, who.digest)
    if html is None:
        return notice(request, words, "read", 404)
    return HTMLResponse(html, headers={"Content-Security-Policy": MAIL})


def follow(request: Request) -> Response:
    """Lead on to where the edition's link leads, and nowhere else."""
    project = site_of(request).project
    edition, link = request.path_params["edition"], request.path_params["link"]
    if request.path_params["token"] == DEAD:
        where = following.target(project, edition, link)
        return _onward(where) if where else dead(request)
    found = _received(request, CLICK)
    if isinstance(found, Response):
        return found
    _, sent, words = found
    where = following.target(project, sent.edition, link)
    if where is None:
        return notice(request, words, "missing", 404)
    if project.settings.tracking.clicks:
        agent = request.headers.get("user-agent", "")
        human = following.click(project, sent, link, head=request.method == "HEAD", agent=agent)
        site_of(request).counts.add("digest_reader_acts_total", act="clicked" if human else "scanned")
    return _onward(where)


def look_opened(request: Request) -> Response:
    """A picture that nobody sees."""
    project = site_of(request).project
    if request.path_params["token"] == DEAD:
        return _picture()
    found = _received(request, OPEN)
    if isinstance(found, Response):
        return found
    if project.settings.tracking.opens:
        agent = request.headers.get("user-agent", "")
        human = opens.opened(project, found[1], head=request.method == "HEAD", agent=agent)
        site_of(request).counts.add("digest_reader_acts_total", act="opened" if human else "scanned")
    return _picture()


def _picture() -> Response:
    return Response(_GIF, media_type="image/gif", headers={"Cross-Origin-Resource-Policy": "cross-origin"})


def _onward(where: str) -> Response:
    return RedirectResponse(where, 302)


def _received(request: Request, purpose: str) -> tuple[Holder, Sent, Words] | Response:
    """Who holds the link, the message of this edition to them, and their words; or the page that says why not."""
    found = holder(request, purpose)
    if isinstance(found, Response):
        return found
    project = site_of(request).project
    held = preferences.reader(project, found.subscriber, found.digest)
    words = words_of(request, held.person.language if held else "")
    sent = following.received(project, request.path_params["edition"], found.subscriber, found.digest)
    if sent is None or held is None:
        return notice(request, words, "read", 404)
    return found, sent, words


def _day(edition: str, words: Words) -> str:
    return words.date(date.fromisoformat(edition.partition("/")[2][:10]), "day")


ROUTES = (
    page_route("/f/{token}/{edition:path}", look_useful, act_useful),
    page_route("/r/{token}/{edition:path}", read),
    page_route("/c/{token}/{edition:path}/{link}", follow),
    page_route("/o/{token}/{edition:path}.gif", look_opened),
)
