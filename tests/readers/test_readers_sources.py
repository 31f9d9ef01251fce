"""Archives: their lists of readers are found, in a safe order, and no larger than they can honestly be."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.errors import UsageError
from digest.readers import Row, RowError, read, survey
from digest.readers.sources import parts

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
HEADING = "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,LEID,EUID,TAGS"


def archive(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in members.items():
            made.writestr(name.replace("__", "/") + ".csv", text)
    return path


def line(name: str, rest: str = "") -> str:
    return f"{name}@reader.example,{name},,2,2020-01-02 03:04:05,2020-01-02 03:05:00,1,x,{rest}\n"


def mailchimp(path: Path) -> Path:
    return archive(
        path,
        subscribed_members_export_1=f"{HEADING}\n{line('ada')}{line('bo')}",
        unsubscribed_members_export_1=f"{HEADING},UNSUB_TIME\n" + line("bo", ",2024-01-01 00:00:00"),
        cleaned_members_export_1=f"{HEADING},CLEAN_TIME\n" + line("cy", ",2024-01-01 00:00:00"),
        lists__nonsubscribed_members_export_1=f"{HEADING}\n{line('di')}",
        campaigns="Title,Subject\nMay,News\n",
    )


def rows(path: Path) -> list[Row | RowError]:
    return list(read(path, zone=UTC, now=NOW, known_topics=(), known_digests={"daily"}, default_digest="daily"))


def test_who_must_not_be_mailed_comes_first(tmp_path: Path) -> None:
    path = mailchimp(tmp_path / "export.zip")
    assert [part.member.split("_")[0] for part in parts(path)] == [
        "cleaned",
        "unsubscribed",
        "lists/nonsubscribed",
        "subscribed",
    ]
    found = [
        (row.email, row.file) if isinstance(row, RowError) else (row.key, row.subscriptions[0].state.value)
        for row in rows(path)
    ]
    assert found == [
        ("cy@reader.example", "left"),
        ("bo@reader.example", "left"),
        ("di@reader.example", "lists/nonsubscribed_members_export_1.csv"),
        ("ada@reader.example", "active"),
        ("bo@reader.example", "active"),
    ]


def test_reading_can_begin_in_the_middle_of_any_file(tmp_path: Path) -> None:
    path = mailchimp(tmp_path / "export.zip")
    whole = rows(path)
    for skip in range(len(whole) + 1):
        rest = read(
            path, zone=UTC, now=NOW, known_topics=(), known_digests={"daily"}, default_digest="daily", skip=skip
        )
        assert [row.line for row in rest] == [row.line for row in whole[skip:]]


def test_each_column_is_told(tmp_path: Path) -> None:
    files = survey(mailchimp(tmp_path / "export.zip"))
    assert {file.origin for file in files} == {"Mailchimp"}
    fates = {fate.heading: fate.becomes for fate in files[0].fates}
    assert fates["Email Address"] == "email"
    assert fates["CLEAN_TIME"] == "status_since"
    assert fates["MEMBER_RATING"] == "attr.member_rating"
    assert fates["LEID"] == "nothing"


def test_an_archive_that_unpacks_to_far_too_much_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "bomb.zip", subscribed=f"{HEADING}\n" + line("ada") * 600_000)
    assert path.stat().st_size < 300_000
    with pytest.raises(UsageError, match="far larger") as caught:
        rows(path)
    assert "unpack it" in (caught.value.hint or "")


def test_an_archive_without_readers_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no list of readers"):
        parts(
            archive(tmp_path / "x.zip", posts="id,title\n1,a\n", opens="post_id,timestamp,email\n1,2,a@b.example\n")
        )


def test_a_damaged_archive_says_so(tmp_path: Path) -> None:
    path = mailchimp(tmp_path / "export.zip")
    octets = bytearray(path.read_bytes())
    octets[40:90] = bytes(50)
    path.write_bytes(bytes(octets))
    with pytest.raises(UsageError, match="damaged"):
        rows(path)


def test_an_archive_with_a_password_says_so(tmp_path: Path) -> None:
    path = mailchimp(tmp_path / "export.zip")
    octets = bytearray(path.read_bytes())
    for at in range(len(octets) - 4):
        # The first bit of the general purpose flags, in the local and in the central headers.
        if octets[at : at + 4] == b"PK\x03\x04":
            octets[at + 6] |= 1
        elif octets[at : at + 4] == b"PK\x01\x02":
            octets[at + 8] |= 1
    path.write_bytes(bytes(octets))
    with pytest.raises(UsageError, match="password"):
        rows(path)
