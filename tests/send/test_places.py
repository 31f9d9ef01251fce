from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import SendError
from digest.send.places import edition_folder, mail_file, make_folders

OUTBOX = Path("/outbox")


def test_a_message_has_one_place() -> None:
    path = mail_file(OUTBOX, "daily/2026-11-24", "everyone", "k3abc7")
    assert path == Path("/outbox/daily/2026-11-24/everyone/k3abc7.eml")
    assert edition_folder(OUTBOX, "daily/2026-11-24") == Path("/outbox/daily/2026-11-24")


@pytest.mark.parametrize(
    "bad", ["", ".", "..", "a/b", "a\\b", "/etc", ".hidden", "a\0b", "a\nb", "x" * 300, "a:b", "\u202eb"]
)
def test_names_that_lead_elsewhere_are_refused(bad: str) -> None:
    with pytest.raises(SendError):
        mail_file(OUTBOX, "daily/2026-11-24", bad, "k3abc7")
    with pytest.raises(SendError):
        mail_file(OUTBOX, "daily/2026-11-24", "everyone", bad)
    with pytest.raises(SendError):
        edition_folder(OUTBOX, f"daily/{bad}/..")


@given(st.text(max_size=20), st.text(max_size=10), st.text(max_size=10))
def test_whatever_the_names_nothing_is_outside(edition: str, segment: str, delivery: str) -> None:
    try:
        path = mail_file(OUTBOX, edition, segment, delivery)
    except SendError:
        return
    assert ".." not in path.parts
    assert path.is_relative_to(OUTBOX)
    assert len(path.parts) >= 5


def test_a_link_that_leads_out_of_the_outbox_is_not_followed(tmp_path: Path) -> None:
    outbox, elsewhere = tmp_path / "outbox", tmp_path / "elsewhere"
    outbox.mkdir()
    elsewhere.mkdir()
    (outbox / "daily").symlink_to(elsewhere)
    with pytest.raises(OSError, match="outside the outbox"):
        make_folders(outbox / "daily" / "everyone", outbox)
