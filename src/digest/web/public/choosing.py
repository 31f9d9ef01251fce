"""`/p/TOKEN`: a reader's own page: what they get, when, where to; their data, and being forgotten."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from digest.models.people import Frequency
from digest.pipeline import parting, preferences, reader_links
from digest.pipeline.preferences import Wishes
from digest.pipeline.reader_links import ADDRESS, PREFERENCES, UNSUBSCRIBE
from digest.pipeline.reader_words import called, masked, reader_words, spoken_languages, topic_label, topic_labels
from digest.render.words import Words
from digest.store.preferences import Reader
from digest.web.public.forms import Form, one
from digest.web.public.pages import notice, page
from digest.web.public.site import Holder, gone, holder, page_route, site_of, unknown, words_of

FIELDS = ("topics", "frequency", "pause", "name", "language", "timezone", "plain")


def look(request: Request) -> Response:
    """The page with what is chosen now."""
    held = _held(request)
    return held if isinstance(held, Response) else _page(request, held)


def act(request: Request, form: Form) -> Response:
    """Save the choices, or ask for a change of address, or come back."""
    held = _held(request)
    if isinstance(held, Response):
        return held
    site = site_of(request)
    project, subscriber, digest = site.project, held.person.id, held.subscription.digest
    words = words_of(request, held.person.language)
    match one(form, "do"):
        case "address":
            wrong = preferences.ask_new_address(project, held, one(form, "email"))
            if wrong:
                return _page(request, held, wrong=(wrong,), typed=one(form, "email")[:320], status=422)
            return notice(request, words, "address_sent")
        case "undo":
            parting.come_back(project, subscriber, digest)
            return _again(request, held)
        case _:
            wishes = Wishes(
                tuple(form.get("topics", ())),
                one(form, "frequency"),
                one(form, "pause"),
                one(form, "name"),
                one(form, "language"),
                one(form, "timezone"),
                one(form, "plain") == "yes",
            )
            done = preferences.change(project, held, wishes)
            if done.wrong:
                return _page(request, held, wrong=done.wrong, wishes=wishes, status=422)
            site.counts.add("digest_reader_acts_total", act="chose")
            return _again(request, held, done.changed)


def _again(request: Request, held: Reader, changed: tuple[str, ...] | None = ()) -> Response:
    fresh = preferences.reader(site_of(request).project, held.person.id, held.subscription.digest)
    return gone(request) if fresh is None else _page(request, fresh, saved=changed)


def data(request: Request) -> Response:
    """All that is kept about the reader, as a file."""
    held = _held(request)
    if isinstance(held, Response):
        return held
    found = parting.my_data(site_of(request).project, held.person.id)
    return Response(
        json.dumps(found, ensure_ascii=False, indent=2, default=str),
        media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
    )


def look_forget(request: Request) -> Response:
    """The page that asks once more."""
    held = _held(request)
    if isinstance(held, Response):
        return held
    return page(request, words_of(request, held.person.language), "forget", email=masked(held.person.email or ""))


def act_forget(request: Request, form: Form) -> Response:
    """Forget the reader for good."""
    held = _held(request)
    if isinstance(held, Response):
        return held
    if one(form, "do") != "forget":
        return look_forget(request)
    words = words_of(request, held.person.language)
    parting.forget(site_of(request).project, held.person.id)
    site_of(request).counts.add("digest_reader_acts_total", act="forgotten")
    return notice(request, words, "gone")


def look_address(request: Request) -> Response:
    """The page that a new address confirms itself on."""
    found = _move(request)
    if isinstance(found, Response):
        return found
    held, _, email = found
    words = words_of(request, held.person.language)
    digest = called(site_of(request).project, held.subscription.digest)
    return page(request, words, "press", key="address_confirm", button="address_use", digest=digest, email=email)


def act_address(request: Request, _form: Form) -> Response:
    """Use the new address from now on."""
    found = _move(request)
    if isinstance(found, Response):
        return found
    held, letter, email = found
    project = site_of(request).project
    words = words_of(request, held.person.language)
    wrong = preferences.confirm_address(project, held.person.id, letter)
    if wrong == "used":
        return notice(request, words, "old", 410, lost=True)
    text = words.say("address_taken") if wrong else ""
    done = text or words.say("address_confirm_text", digest=called(project, held.subscription.digest), email=email)
    title = words.say("wrong_title" if wrong else "address_done_title")
    return page(request, words, "notice", 409 if wrong else 200, title=title, text=done, lost=False)


def _move(request: Request) -> tuple[Reader, str, str] | Response:
    """The reader, the letter and the new address behind a confirming link, or the page that says why not."""
    project = site_of(request).project
    claim = reader_links.opened_until(project, ADDRESS, request.path_params["token"], project.now())
    if claim is None:
        return unknown(request)
    asked = None if claim.over else preferences.new_address(project, claim.subscriber, claim.about)
    if asked is None:
        return notice(request, words_of(request), "old", 410, lost=True)
    email, digest = asked
    held = preferences.reader(project, claim.subscriber, digest)
    return gone(request) if held is None else (held, claim.about, email)


def _held(request: Request) -> Reader | Response:
    found: Holder | Response = holder(request, PREFERENCES)
    if isinstance(found, Response):
        return found
    held = preferences.reader(site_of(request).project, found.subscriber, found.digest)
    return gone(request) if held is None else held


def _page(
    request: Request,
    held: Reader,
    *,
    wrong: tuple[str, ...] = (),
    wishes: Wishes | None = None,
    saved: tuple[str, ...] | None = None,
    typed: str = "",
    status: int = 200,
) -> Response:
    project = site_of(request).project
    person, subscription = held.person, held.subscription
    words = words_of(request, person.language)
    now = project.now()
    if wishes is None:
        until = subscription.paused_until if preferences.paused(held, now) else None
        day = until.astimezone(project.zone).date().isoformat() if until else ""
        wishes = Wishes(
            subscription.topics,
            subscription.frequency.value,
            day,
            person.name,
            person.language,
            person.timezone,
            person.plain,
        )
    return page(
        request,
        words,
        "preferences",
        status,
        digest=called(project, subscription.digest),
        email=masked(person.email or ""),
        wishes=wishes,
        topics=_topics(request, words, subscription.digest),
        frequencies=tuple(Frequency),
        languages=_languages(person.language),
        tomorrow=_tomorrow(request),
        problems=wrong,
        typed=typed,
        saved=None if saved is None else tuple(words.say(field) for field in saved),
        left=parting.left(held),
        coming=_next(request, words, held),
        leave=reader_links.personal(project, UNSUBSCRIBE, person.id, subscription.digest),
        here=f"{site_of(request).prefix}/p/{request.path_params['token']}",
    )


def _topics(request: Request, words: Words, digest: str) -> Mapping[str, str]:
    project = site_of(request).project
    offered = preferences.offered_topics(project, digest)
    return {topic: topic_label(project, topic, words.language) for topic in offered}


def _languages(own: str) -> Mapping[str, str]:
    """Language tags with what they call themselves."""
    names = {tag: _named(tag) for tag in spoken_languages()}
    return names if not own or own in names else {own: own, **names}


def _named(tag: str) -> str:
    locale: Any = reader_words(tag).locale
    name = locale.get_display_name() or tag
    return str(name[:1].upper() + name[1:])


def _tomorrow(request: Request) -> str:
    return (site_of(request).now().date() + timedelta(days=1)).isoformat()


def _next(request: Request, words: Words, held: Reader) -> tuple[str, str]:
    """The next mail in two phrases: when, and about what."""
    project = site_of(request).project
    coming = preferences.next_mail(project, held)
    digest = called(project, held.subscription.digest)
    if coming.day is None:
        return words.say(f"next_{coming.why}", **({"digest": digest} if coming.why == "left" else {})), ""
    labels = topic_labels(project, coming.topics, words.language)
    return words.date(coming.day, "day"), " · ".join(labels)


ROUTES = (
    page_route("/p/{token}", look, act),
    page_route("/p/{token}/data.json", data),
    page_route("/p/{token}/forget", look_forget, act_forget),
    page_route("/a/{token}", look_address, act_address),
)
