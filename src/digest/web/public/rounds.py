"""What the server does beside answering: send letters, read mailboxes, call other systems, tidy up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from digest.errors import DigestError
from digest.pipeline import agreeing, hearing, letters, outgoing
from digest.pipeline.project import Project
from digest.web.public.counts import Counts
from digest.web.public.journal import Journal


@dataclass(frozen=True, slots=True)
class Round:
    """Something to do every so many seconds, for as long as the server runs."""

    name: str
    seconds: float
    do: Callable[[], object]


def usual(project: Project) -> tuple[Round, ...]:
    """Letters every two seconds, hooks (if any) every five, mailboxes every minute, tidying and SendGrid's lists (if
    it sends) every hour."""
    calls = (Round("hooks", 5.0, lambda: outgoing.call_out(project)),) if project.settings.hooks else ()
    delivery = project.settings.delivery
    lists = (Round("lists", 3600.0, lambda: agreeing.sync(project)),) if delivery.transport == "sendgrid" else ()
    return (
        Round("letters", 2.0, lambda: letters.send_due(project)),
        *calls,
        *lists,
        Round("mailboxes", 60.0, lambda: hearing.poll(project)),
        Round("tidy", 3600.0, lambda: letters.tidy(project)),
    )


async def keep_doing(one: Round, stop: asyncio.Event, journal: Journal, counts: Counts) -> None:
    """Do it until `stop` is set. A round that fails is written down, waits longer, and is done again; one under way
    is ended, not cut off."""
    waits = one.seconds
    while not stop.is_set():
        try:
            done = await asyncio.to_thread(one.do)
        except DigestError as problem:
            waits = min(waits * 2, 300.0)
            journal.say("round failed", "error", round=one.name, what=problem.what, hint=problem.hint or "")
            counts.add("digest_rounds_total", round=one.name, result="failed")
        except Exception as problem:
            waits = min(waits * 2, 300.0)
            journal.broke("round broke", problem, round=one.name)
            counts.add("digest_rounds_total", round=one.name, result="broke")
        else:
            waits = one.seconds
            counts.add("digest_rounds_total", round=one.name, result="done")
            # What a round could not do although it went on, in words: a mailbox or a hook that does not answer.
            for what in (*getattr(done, "failures", ()), *getattr(done, "problems", ())):
                journal.say("round incomplete", "warning", round=one.name, what=what)
        try:
            await asyncio.wait_for(stop.wait(), waits)
        except TimeoutError:
            continue
