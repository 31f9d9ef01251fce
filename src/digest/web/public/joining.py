"""`/join` and `/j/TOKEN`: sign up, confirm, and have lost links sent. The answer never says who is a reader."""

from __future__ import annotations

import math

from starlette.requests import Request
from starlette.responses import Response

from digest.pipeline import preferences, reader_links, signing_up
from digest.pipeline.reader_links import CONFIRM, PREFERENCES
from digest.pipeline.reader_words import called
from digest.render.words import Words
from digest.web.public.clients import network_of
from digest.web.public.forms import Form, one
from digest.web.public.guards import EMBEDDED
from digest.web.public.pages import notice, page
from digest.web.public.site import gone, page_route, site_of, unknown, words_of

# A person does not see this field and leaves it empty; a program that fills in forms does not.
TRAP = "website"


def look(request: Request) -> Response:
    """The form. `?embed=1` is for a frame in another page, `?digest=NAME` chooses one, `?lang=de` the language."""
    return _form(request, _language(request, request.query_params.get("lang", "")))


def act(request: Request, form: Form) -> Response:
    """Take an address in, to be confirmed by mail."""
    project = site_of(request).project
    words = _language(request, one(form, "lang"))
    embedded = one(form, "embed") == "1"
    if not project.settings.signup.open:
        return _framed(notice(request, words, "join_closed", 403), embedded)
    digest = one(form, "digest") or _only(request)
    email = one(form, "email")
    if digest not in project.settings.digests:
        return _form(request, words, wrong=("join_which_bad",), typed=email, embedded=embedded)
    wait = _too_often(request, words)
    if wait is not None:
        return _framed(wait, embedded)
    if one(form, TRAP):
        site_of(request).counts.add("digest_rejected_total", reason="trap")
    else:
        agreed = signing_up.wording(project, words.language)
        wrong = signing_up.ask(project, email, digest, words.language, agreed)
        if wrong == "address":
            return _form(request, words, wrong=("join_bad",), typed=email, chosen=digest, embedded=embedded)
        if wrong:
            return _framed(_busy(request, words, 60), embedded)
        site_of(request).counts.add("digest_reader_acts_total", act="asked")
    shown = notice(request, words, "join_sent", email=email[:320])
    return _framed(shown, embedded)


def look_lost(request: Request) -> Response:
    """The form that has links sent to who lost the mail with them."""
    return page(request, words_of(request), "lost", typed="")


def act_lost(request: Request, form: Form) -> Response:
    """Send the links, if anybody is there to get them; the answer is the same."""
    project = site_of(request).project
    words = words_of(request)
    email = one(form, "email")
    wait = _too_often(request, words)
    if wait is not None:
        return wait
    if not one(form, TRAP):
        # A digest of theirs is looked for when the letter is written; here every address is the same.
        for digest in project.settings.digests:
            wrong = signing_up.ask_for_links(project, email, digest, words.language)
            if wrong == "address":
                return page(request, words, "lost", 422, problems=("join_bad",), typed=email[:320])
            if wrong:
                return _busy(request, words, 60)
    return notice(request, words, "lost_sent", email=email[:320])


def look_confirm(request: Request) -> Response:
    """The page that the letter's button leads to; nothing is confirmed by looking at it."""
    return _confirm(request, press=False)


def act_confirm(request: Request, _form: Form) -> Response:
    """Confirm."""
    return _confirm(request, press=True)


def _confirm(request: Request, *, press: bool) -> Response:
    site = site_of(request)
    project = site.project
    claim = reader_links.opened_until(project, CONFIRM, request.path_params["token"], project.now())
    if claim is None:
        return unknown(request)
    if claim.over:
        return notice(request, words_of(request), "old", 410, lost=True)
    step = signing_up.confirm if press else signing_up.confirmation
    about = step(project, claim.subscriber, claim.about)
    if about is None:
        return gone(request)
    held = preferences.reader(project, claim.subscriber, about.digest)
    if held is None:
        return gone(request)
    words = words_of(request, held.person.language)
    name = called(project, about.digest)
    if not press and not about.done:
        return page(request, words, "press", key="confirm", button="confirm_button", digest=name, email=about.email)
    if press and not about.done:
        site.counts.add("digest_reader_acts_total", act="confirmed")
    coming = preferences.next_mail(project, held).day
    return page(
        request,
        words,
        "confirmed",
        email=about.email,
        coming=words.date(coming, "day") if coming else "",
        choose=reader_links.personal(project, PREFERENCES, claim.subscriber, about.digest),
    )


def _form(
    request: Request,
    words: Words,
    *,
    wrong: tuple[str, ...] = (),
    typed: str = "",
    chosen: str = "",
    embedded: bool | None = None,
) -> Response:
    project = site_of(request).project
    if embedded is None:
        embedded = request.query_params.get("embed") == "1"
    if not project.settings.signup.open:
        return _framed(notice(request, words, "join_closed", 403), embedded)
    digests = {name: called(project, name) for name in project.settings.digests}
    chosen = chosen or request.query_params.get("digest", "")
    chosen = chosen if chosen in digests else next(iter(digests))
    shown = page(
        request,
        words,
        "join",
        422 if wrong else 200,
        digests=digests,
        chosen=chosen,
        agree=signing_up.wording(project, words.language),
        problems=wrong,
        typed=typed[:320],
        trap=TRAP,
        embedded=embedded,
    )
    return _framed(shown, embedded)


def _framed(shown: Response, embedded: bool) -> Response:
    if embedded:
        shown.headers["Content-Security-Policy"] = EMBEDDED
    return shown


def _language(request: Request, asked: str) -> Words:
    return words_of(request, asked[:35] if asked.replace("-", "").isalnum() and asked.isascii() else "")


def _only(request: Request) -> str:
    digests = site_of(request).project.settings.digests
    return next(iter(digests)) if len(digests) == 1 else ""


def _too_often(request: Request, words: Words) -> Response | None:
    site = site_of(request)
    wait = site.limits.take(network_of(request.scope.get("digest.client")), site.now())
    return _busy(request, words, wait) if wait else None


def _busy(request: Request, words: Words, wait: float) -> Response:
    site_of(request).counts.add("digest_rejected_total", reason="often")
    shown = notice(request, words, "busy", 429)
    shown.headers["Retry-After"] = str(max(math.ceil(wait), 1))
    return shown


ROUTES = (
    page_route("/join", look, act),
    page_route("/lost", look_lost, act_lost),
    page_route("/j/{token}", look_confirm, act_confirm),
)
HOME = page_route("/", look, act)
