"""Send a frozen edition to everyone who has not got it, under a lock that lets only one process do so.

At any moment the process may be killed: what was only claimed is claimed again, what was meant to be sent is
asked of the sender, and what the sender cannot say is left as unknown for a person to decide.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping

from digest.models.edition import Edition, Rendering
from digest.pipeline.options import Options
from digest.pipeline.progress import Event
from digest.pipeline.project import Project
from digest.pipeline.run import Run
from digest.pipeline.timing import Time
from digest.send import Sender

__all__ = ["Options", "deliver", "deliver_locked"]


def deliver(
    project: Project,
    edition: Edition,
    renderings: Mapping[str, Rendering],
    sender: Sender,
    options: Options,
    *,
    stop: Callable[[], bool] = lambda: False,
    sleep: Callable[[float], None] = time.sleep,
    clocks: Time | None = None,
) -> Iterator[Event]:
    """Send the edition to everyone who has not got it; one event for each step. `stop` is asked before each message.

    Raises:
        Stale: another process is sending this edition.
        Refused: too many of the first messages were rejected, so that the send pauses.
        Declined: it was cancelled.
        Stopped: something is left to do; the same command with `--resume` goes on.
        SendError, CredentialsError: the transport as a whole failed; what was done is written down.
    """
    with project.store.database.lock(f"send {edition.id}", f"sending {edition.id}"):
        yield from deliver_locked(
            project, edition, renderings, sender, options, stop=stop, clocks=clocks or Time(sleep)
        )


def deliver_locked(
    project: Project,
    edition: Edition,
    renderings: Mapping[str, Rendering],
    sender: Sender,
    options: Options,
    *,
    stop: Callable[[], bool],
    clocks: Time,
    run: str | None = None,
) -> Iterator[Event]:
    """The same for a caller that holds the edition's lock, and may have opened the run already."""
    # What is there by now stays: looking at it again and again for garbage would take as long as addressing does.
    gc.freeze()
    try:
        yield from Run(project, edition, renderings, sender, options, stop, clocks, run).run()
    finally:
        gc.unfreeze()
