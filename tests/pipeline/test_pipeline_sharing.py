"""Shared links and remarks: signed, bound to a person, a right and an end, and worth nothing after it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from digest.clock import StillClock
from digest.errors import Refused, UsageError
from digest.pipeline import sharing
from digest.pipeline.naming import Identity, identify
from digest.pipeline.project import Project
from digest.pipeline.remarks import LONGEST, remark, remarks

KEY = "a-key-nobody-knows"


@pytest.fixture
def identity(project: Project) -> Identity:
    return identify(project, "daily")


def test_a_token_opens_its_share_until_its_end(project: Project, identity: Identity, clock: StillClock) -> None:
    made, token = sharing.share(project, identity, "Mira Sen", "approve", 2, key=KEY)
    found = sharing.opened(project, token)
    assert found is not None
    assert (found.person, found.right, found.edition) == ("Mira Sen", "approve", identity.id)
    clock.forward(timedelta(days=2) - timedelta(seconds=1))
    assert sharing.opened(project, token) is not None
    clock.forward(timedelta(seconds=1))
    assert sharing.opened(project, token) is None
    assert sharing.known(project, made.id) is None
    assert sharing.shares(project, identity)[0].person == "Mira Sen"


def test_a_share_that_was_taken_back_opens_nothing(project: Project, identity: Identity) -> None:
    made, token = sharing.share(project, identity, "Mira", "view", 2, key=KEY)
    sharing.revoke(project, identity, made.id)
    assert sharing.opened(project, token) is None
    with pytest.raises(Refused):
        sharing.revoke(project, identity, made.id)


def test_a_token_that_was_touched_opens_nothing(project: Project, identity: Identity) -> None:
    _, token = sharing.share(project, identity, "Mira", "view", 2, key=KEY)
    assert sharing.opened(project, token) is not None
    # The last character of a signature holds bits that mean nothing.
    for at, char in enumerate(token[:-1]):
        assert sharing.opened(project, token[:at] + ("A" if char != "A" else "B") + token[at + 1 :]) is None


def test_a_token_for_something_else_opens_nothing(project: Project, identity: Identity) -> None:
    made, _ = sharing.share(project, identity, "Mira", "view", 2, key=KEY)
    for purpose in ("unsubscribe", "preferences", "sharing"):
        forged = project.signer.sign_until(purpose, 0, made.id, made.expires)
        assert sharing.opened(project, forged) is None
    assert sharing.opened(project, project.signer.sign("share", 0, made.id)) is None
    assert sharing.opened(project, "") is None


def test_what_is_no_share_is_not_made(project: Project, identity: Identity) -> None:
    for who, right, days in (
        ("", "view", 1),
        ("x" * 90, "view", 1),
        ("Mira", "edit", 1),
        ("Mira", "", 1),
        ("Mira", "view", 0),
        ("Mira", "view", 61),
    ):
        with pytest.raises(UsageError):
            sharing.share(project, identity, who, right, days, key=KEY)
    assert sharing.shares(project, identity) == ()


def test_a_remark_knows_whether_the_edition_was_changed_since(project: Project, identity: Identity) -> None:
    remark(project, identity, "first", "Mira", "  Too   long.\r\nReally.\x00 ")
    remark(project, identity, "second", "Ben", "Better.")
    found = remarks(project, identity, "second")
    assert [(one.by, one.text, one.earlier) for one in found] == [
        ("Mira", "Too long.\nReally.", True),
        ("Ben", "Better.", False),
    ]
    for text in ("", " \n ", "x" * (LONGEST + 1)):
        with pytest.raises(UsageError):
            remark(project, identity, "first", "Mira", text)
