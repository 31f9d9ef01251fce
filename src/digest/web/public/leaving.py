"""`/u/TOKEN`: unsubscribe. A mail program posts and is answered with nothing; a person gets one button."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from digest.models.people import Consent
from digest.pipeline import parting, preferences
from digest.pipeline.reader_links import UNSUBSCRIBE
from digest.pipeline.reader_words import called, masked
from digest.store.preferences import Reader
from digest.tokens import DEAD
from digest.web.public.forms import Form, one
from digest.web.public.pages import notice, page
from digest.web.public.site import Holder, gone, holder, page_route, site_of, words_of

ONE_CLICK = "List-Unsubscribe"


def look(request: Request) -> Response:
    """The page with the button, or, for who has left, the page that says so."""
    found = holder(request, UNSUBSCRIBE)
    if isinstance(found, Response):
        return found
    held = preferences.reader(site_of(request).project, found.subscriber, found.digest)
    if held is None:
        return gone(request, 200)
    return _left(request, held) if parting.left(held) else _leave(request, held)


def act(request: Request, form: Form) -> Response:
    """Do what the form says. One that says nothing is taken for the button: who posts here wants to leave."""
    one_click = ONE_CLICK in form
    found = holder(request, UNSUBSCRIBE)
    if isinstance(found, Response):
        dead = request.path_params["token"] == DEAD
        return Response(status_code=200) if one_click and dead else found
    project = site_of(request).project
    if one_click:
        # RFC 8058, section 3.2: no page, no redirect, no cookie; nobody is there to see them.
        if parting.leave(project, found.subscriber, found.digest, "one-click"):
            _count(request, "unsubscribed")
            parting.out_of_flight(project, found.subscriber, found.digest)
        return Response(status_code=200)
    held = preferences.reader(project, found.subscriber, found.digest)
    if held is None:
        return gone(request, 200)
    return _act(request, found, held, form)


def _act(request: Request, found: Holder, held: Reader, form: Form) -> Response:
    project = site_of(request).project
    words = words_of(request, held.person.language)
    digest, email = called(project, found.digest), masked(held.person.email or "")
    match one(form, "do"):
        case "weekly" if parting.weekly(project, found.subscriber, found.digest):
            _count(request, "weekly")
            return notice(request, words, "weekly", digest=digest, email=email)
        case "pause" if (until := parting.pause(project, found.subscriber, found.digest)) is not None:
            _count(request, "paused")
            when = words.date(until.astimezone(project.zone).date(), "day")
            return page(
                request,
                words,
                "notice",
                title=words.say("paused_title", date=when),
                text=words.say("paused_text", digest=digest, email=email),
                lost=False,
            )
        case "undo" if parting.come_back(project, found.subscriber, found.digest):
            _count(request, "returned")
            return notice(request, words, "back", digest=digest, email=email)
        case "why":
            parting.say_why(project, found.subscriber, found.digest, one(form, "reason"), one(form, "words"))
            return notice(request, words, "reason_done")
        case "everything":
            parting.leave_everything(project, found.subscriber)
            _count(request, "unsubscribed")
            safe = parting.out_of_flight(project, found.subscriber, found.digest)
            return _left(request, held, everything=True, on_its_way=not safe)
        case _:
            safe = True
            if parting.leave(project, found.subscriber, found.digest, "page"):
                _count(request, "unsubscribed")
                safe = parting.out_of_flight(project, found.subscriber, found.digest)
            return _left(request, held, on_its_way=not safe)


def _leave(request: Request, held: Reader) -> Response:
    project = site_of(request).project
    return page(
        request,
        words_of(request, held.person.language),
        "leave",
        digest=called(project, held.subscription.digest),
        email=masked(held.person.email or ""),
        pending=held.subscription.state is Consent.PENDING,
        several=len(project.settings.digests) > 1,
    )


def _left(request: Request, held: Reader, *, everything: bool = False, on_its_way: bool = False) -> Response:
    return page(
        request,
        words_of(request, held.person.language),
        "left",
        digest=called(site_of(request).project, held.subscription.digest),
        email=masked(held.person.email or ""),
        pending=held.subscription.state is Consent.PENDING,
        everything=everything,
        on_its_way=on_its_way,
        reasons=parting.REASONS,
    )


def _count(request: Request, act: str) -> None:
    site_of(request).counts.add("digest_reader_acts_total", act=act)


ROUTES = (page_route("/u/{token}", look, act),)
