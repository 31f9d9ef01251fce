"""`digest fake sendgrid`: a SendGrid on this machine, to try a publication against; nothing leaves."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.face import Face

if TYPE_CHECKING:
    from digest.send.fake_sendgrid import FakeMail, FakeSendGrid, Fault, Posting, Signer

group = typer.Typer(no_args_is_help=True, help="Stand-ins for services, on this machine.")


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="fake")


@group.callback()
def whole() -> None:
    """Stand-ins for services, on this machine."""


@group.command("sendgrid")
def sendgrid(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="The port on this machine; 0 takes a free one.")] = 8026,
    key: Annotated[str | None, typer.Option(help="The only API key that it takes; else it takes any.")] = None,
    fault: Annotated[
        list[str] | None, typer.Option(help="What a request meets, in order: too-many, accept-then-hang, none, …")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Requests in a minute; more are answered 429.")] = None,
    refuse: Annotated[list[str] | None, typer.Option(help="An address that it calls invalid.")] = None,
    outcome: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS=KIND", help="What happens to its mails: bounce, spamreport, …"),
    ] = None,
    unsubscribe_group: Annotated[list[int] | None, typer.Option(metavar="ID", help="A group that there is.")] = None,
    spec: Annotated[Path | None, typer.Option(help="SendGrid's tsg_mail_v3.json: requests must fit it too.")] = None,
    webhook: Annotated[str | None, typer.Option(metavar="URL", help="Where events are posted, every second.")] = None,
    webhook_key: Annotated[Path | None, typer.Option(help="A P-256 private key (PEM) that signs them.")] = None,
    copies: Annotated[int, typer.Option(min=1, help="How often each post of events comes.")] = 1,
    reordered: Annotated[bool, typer.Option("--reordered", help="The last events come first.")] = False,
    late: Annotated[int, typer.Option(min=0, help="Seconds that events are late.")] = 0,
) -> None:
    """Answer as SendGrid's API does, check what it checks, and deliver to nobody.

    Every mail is told as a line of JSON on stdout. Use it with `[delivery.sendgrid] host`. Ends with Ctrl-C.
    """
    from digest.errors import UsageError
    from digest.send.fake_sendgrid import FakeSendGrid, Posting

    face: Face = context.obj
    faults = [_fault(name) for name in fault or []]
    signer = _signer(webhook_key) if webhook else None

    def heard(mail: FakeMail) -> None:
        said = {"to": mail.to, "subject": mail.subject, **mail.custom_args, "categories": list(mail.categories)}
        face.event(said)

    try:
        fake = FakeSendGrid(
            faults,
            refused=refuse or (),
            key=key,
            limit=limit,
            outcomes=dict(_outcome(words) for words in outcome or []),
            groups=unsubscribe_group or (),
            spec=spec,
            port=port,
            clock=lambda: face.clock()().timestamp(),
            heard=heard,
        )
    except OSError as problem:
        hint = "try --port 0"
        raise UsageError(f"port {port} cannot be used: {problem.strerror}", where="--port", hint=hint) from None
    with fake:
        if face.as_json:
            face.event({"event": "listening", "host": fake.url, "webhook_key": signer.key if signer else None})
        face.say(f'[delivery.sendgrid] host = "{fake.url}"')
        if signer:
            face.say(f'[delivery.sendgrid] webhook_key = "{signer.key}"')
        how = Posting(copies=copies, reordered=reordered, late=late, pauses=(1.0, 5.0))
        with contextlib.suppress(KeyboardInterrupt):
            _serve(fake, face, webhook, signer, how)
    face.say(f"{len(fake.requests):,} requests accepted")


def _serve(fake: FakeSendGrid, face: Face, webhook: str | None, signer: Signer | None, how: Posting) -> None:
    """Until a person stops it: let scheduled mail go at its time, and post what happened."""
    while True:
        time.sleep(1)
        fake.release()
        if webhook and fake.events:
            statuses = fake.post(webhook, signer, how)
            if not all(200 <= status < 300 for status in statuses):
                face.warn(f"{webhook} answered {', '.join(str(status or 'nothing') for status in statuses)}")


def _fault(name: str) -> Fault:
    from digest.errors import UsageError
    from digest.send.fake_sendgrid_faults import Fault

    try:
        return Fault(name)
    except ValueError:
        raise UsageError(
            f'"{name}" is no fault', where="--fault", hint=f"known: {', '.join(fault.value for fault in Fault)}"
        ) from None


def _outcome(words: str) -> tuple[str, tuple[str, ...]]:
    from digest.errors import UsageError
    from digest.send.fake_sendgrid_events import KINDS

    address, _, kinds = words.rpartition("=")
    named = tuple(kind for kind in kinds.split(",") if kind)
    wrong = [kind for kind in named if kind not in KINDS]
    if not address or not named or wrong:
        raise UsageError(
            f'"{words}" is no ADDRESS=KIND', where="--outcome", hint=f"kinds, with commas between: {', '.join(KINDS)}"
        )
    return address, named


def _signer(path: Path | None) -> Signer:
    from digest.errors import UsageError
    from digest.send.fake_sendgrid_events import Signer

    try:
        return Signer(path.read_bytes() if path else None)
    except ImportError as problem:
        raise UsageError("signing events needs cryptography", hint="pip install cryptography") from problem
    except (OSError, ValueError, TypeError) as problem:
        raise UsageError(f"no key to sign with: {problem}", where="--webhook-key") from None
