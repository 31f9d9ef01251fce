"""Every error that `digest` raises on purpose, as one tree. A bug is any other exception.

    DigestError                 1   something failed
    ├── UsageError              2   the words of the command, or a file the newsroom wrote
    │   └── ConfigError         2   digest.toml, an audience, an edition file, a filter
    ├── Refused                 3   a check, an approval or a rule says no
    ├── CredentialsError        4   a secret is missing or was refused
    ├── Stale                   6   locked, changed beneath, or another store's
    ├── Declined                7   a person said no
    ├── Stopped                75   interrupted by a limit; `--resume` goes on
    ├── Interrupted           130   a person pressed Ctrl-C; the state is saved
    ├── SourceError             1   a feed, page or folder could not be read
    ├── TemplateError           2   a template could not be rendered
    ├── StoreError              1   the database could not be read or written
    └── SendError               1   a transport as a whole failed (one recipient's failure is a Delivery)

Only the faces turn an error into an exit code or a page.
"""

from __future__ import annotations

from pathlib import Path


class DigestError(Exception):
    """Says what happened, where, and what to do next.

    `what` is one sentence; `where` names a file, line, address or setting; `hint` is the next step in words.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.hint:
            parts.append(self.hint)
        return "\n  ".join(parts)


class UsageError(DigestError):
    """The command was called in a way that cannot be carried out."""

    exit_code = 2


class ConfigError(UsageError):
    """A file that the newsroom wrote cannot be used as it stands."""


class TemplateError(UsageError):
    """A template cannot be rendered; `where` is its file and line."""


class Refused(DigestError):
    """A check, an approval or a rule of the edition says no."""

    exit_code = 3


class CredentialsError(DigestError):
    """A secret is missing, or the other side did not accept it."""

    exit_code = 4


class Stale(DigestError):
    """Locked by another process, changed beneath the reader, or belonging to another store."""

    exit_code = 6


class Declined(DigestError):
    """A person said no at the prompt, or cancelled."""

    exit_code = 7


class Stopped(DigestError):
    """Work is left and saved; the same command with `--resume` goes on."""

    exit_code = 75


class Interrupted(DigestError):
    """A person stopped it; what was done is saved."""

    exit_code = 130


class SourceError(DigestError):
    """One source could not be read. The others go on."""


class StoreError(DigestError):
    """The database could not be opened, read or written."""


class SendError(DigestError):
    """A transport as a whole failed. What became of one recipient is a `Delivery`, never an exception."""


def at(path: Path | str, line: int | None = None, column: int | None = None) -> str:
    """Where something stands, in the form editors jump to: `file:line:column`."""
    return ":".join(str(part) for part in (path, line, column) if part is not None)
