"""The one list of rules, and the functions that apply it: for the command, the preview and every send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from digest.check import (
    accessibility,
    answers,
    client_support,
    freshness,
    headers,
    images,
    links,
    markup,
    outlook,
    required,
    size,
    spam,
    spam_engine,
    styles,
    words,
)
from digest.check.answers import Seen
from digest.check.finding import Finding, Given, Rule
from digest.check.freshness import Reread
from digest.check.given import open_mail, slots_in
from digest.check.spam_engine import Verdict
from digest.check.support import DEFAULT_CLIENTS
from digest.models.edition import Rendering
from digest.settings import Theme

RULES: tuple[Rule, ...] = tuple(
    rule
    for family in (
        words,
        required,
        links,
        images,
        size,
        accessibility,
        styles,
        client_support,
        outlook,
        markup,
        headers,
        spam,
        answers,
        freshness,
        spam_engine,
    )
    for rule in family.RULES
)
_BESIDE_HTML = ("hdr.", "mime.", "segment.", "story.", "text.subject", "text.preheader")
HTML_RULES = tuple(rule for rule in RULES if not rule.id.startswith(_BESIDE_HTML))
_ORDER = {"error": 0, "warning": 1, "info": 2}


def check(
    rendering: Rendering,
    message: bytes | None = None,
    *,
    subject_last: str | None = None,
    postal_address: str | None = None,
    elsewhere: Sequence[str] = (),
    theme: Theme | None = None,
    leaves: bool = False,
    clients: Sequence[str] = DEFAULT_CLIENTS,
) -> tuple[Finding, ...]:
    """What is to be put right in one variant, errors first, then by the order of the rules.

    With `message`, one raw message made of the variant, headers and encoding are checked too, and size and words as
    they leave. `subject_last` is the subject of the edition before; `elsewhere` holds text that this segment must not
    see; `leaves` says that the mail will leave the machine, which makes a story without a link an error. What is
    None is not checked. Nothing is looked up: no network, no clock.

    Raises:
        UsageError: there is no HTML to check.
    """
    given = open_mail(
        rendering,
        message,
        subject_last=subject_last,
        postal_address=postal_address,
        elsewhere=tuple(elsewhere),
        theme=theme,
        leaves=leaves,
        clients=tuple(clients),
    )
    return _applied(RULES, given)


def check_html(html: str, *, clients: Sequence[str] = DEFAULT_CLIENTS) -> tuple[Finding, ...]:
    """What is to be put right in an HTML mail of any origin, by the rules that need nothing but its HTML. What looks
    like `{{slot}}` counts as one.

    Raises:
        UsageError: there is no HTML in it.
    """
    return _applied(HTML_RULES, open_mail(of_html(html), None, clients=tuple(clients)))


def check_answers(rendering: Rendering, seen: Mapping[str, Seen]) -> tuple[Finding, ...]:
    """What is to be put right in links and pictures, by what their addresses answered."""
    return _applied(answers.RULES, open_mail(rendering, None, answers=seen))


def check_reread(rendering: Rendering, stories: Sequence[Reread]) -> tuple[Finding, ...]:
    """What is to be put right in stories, by what they say at their addresses by now."""
    return _applied(freshness.RULES, open_mail(rendering, None, reread=tuple(stories)))


def check_verdicts(rendering: Rendering, verdicts: Sequence[Verdict]) -> tuple[Finding, ...]:
    """What spam filters have against a message, by what they said of it."""
    return _applied(spam_engine.RULES, open_mail(rendering, None, verdicts=tuple(verdicts)))


def to_ask(rendering: Rendering) -> tuple[str, ...]:
    """The addresses of links and pictures in a rendering that can be asked, each once, in its order."""
    return answers.addresses(open_mail(rendering, None))


def of_html(html: str) -> Rendering:
    """A rendering that knows nothing but its HTML."""
    return Rendering(
        edition="",
        segment="",
        language="",
        template="",
        subject="",
        preheader="",
        html=html,
        text="",
        slots=slots_in(html),
        stories=0,
        minutes=0,
        words=0,
    )


def _applied(rules: Sequence[Rule], given: Given) -> tuple[Finding, ...]:
    return ordered(finding for rule in rules for finding in rule.findings(given))


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, what blocks first."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: _ORDER[finding.level]))
