from __future__ import annotations

import gzip
from pathlib import Path

from digest.ingest.context import Context
from digest.ingest.folder import read_folder
from digest.models.story import SourceFailure, Story


def read(root: Path, name: str = "stories") -> list[Story | SourceFailure]:
    return list(read_folder(root / name, root, Context(source="desk", where=name)))


def write(path: Path, title: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"+++\ntitle = '{title}'\n+++\nText.\n", encoding="utf-8")


def titles(found: list[Story | SourceFailure]) -> list[str]:
    return [item.title for item in found if isinstance(item, Story)]


def failures(found: list[Story | SourceFailure]) -> list[SourceFailure]:
    return [item for item in found if isinstance(item, SourceFailure)]


def test_reads_all_forms_in_the_order_of_their_names(tmp_path: Path) -> None:
    write(tmp_path / "stories/b.md", "B")
    write(tmp_path / "stories/deep/e.md", "E")
    (tmp_path / "stories/a.html").write_text("<h1>A page with a title</h1><p>Text.</p>")
    (tmp_path / "stories/c.xml").write_text(
        "<rss version='2.0'><channel><item><title>C</title></item></channel></rss>"
    )
    (tmp_path / "stories/d.json").write_text('{"items": [{"title": "D"}]}')
    (tmp_path / "stories/f.html.gz").write_bytes(gzip.compress(b"<h1>A packed page with a title</h1>"))
    (tmp_path / "stories/picture.jpg").write_bytes(b"\xff\xd8")
    (tmp_path / "stories/.hidden.md").write_text("# hidden")
    found = read(tmp_path)
    assert titles(found) == ["A page with a title", "B", "C", "D", "E", "A packed page with a title"]
    assert failures(found) == []


def test_one_bad_file_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    write(tmp_path / "stories/a.md", "A")
    (tmp_path / "stories/b.md").write_text("+++\nbroken\n+++\n")
    (tmp_path / "stories/c.html").write_bytes(b"")
    write(tmp_path / "stories/d.md", "D")
    found = read(tmp_path)
    assert titles(found) == ["A", "D"]
    assert [failure.where for failure in failures(found)] == ["stories/b.md:2", "stories/c.html"]


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    write(secret, "Secret")
    write(tmp_path / "stories/a.md", "A")
    (tmp_path / "stories/out.md").symlink_to(secret)
    (tmp_path / "stories/lost.md").symlink_to(tmp_path / "nowhere.md")
    (tmp_path / "stories/loop.md").symlink_to(tmp_path / "stories/loop.md")
    (tmp_path / "stories/again.md").symlink_to(tmp_path / "stories/a.md")
    found = read(tmp_path)
    assert titles(found) == ["A", "A"]
    assert sorted(failure.where for failure in failures(found)) == [
        "stories/loop.md",
        "stories/lost.md",
        "stories/out.md",
    ]
    assert any("leads out" in failure.what for failure in failures(found))


def test_a_linked_folder_is_not_walked_into(tmp_path: Path) -> None:
    write(tmp_path / "other/x.md", "X")
    write(tmp_path / "stories/a.md", "A")
    (tmp_path / "stories/linked").symlink_to(tmp_path / "other")
    assert titles(read(tmp_path)) == ["A"]


def test_a_folder_outside_or_missing_is_a_failure(tmp_path: Path) -> None:
    write(tmp_path / "other/a.md", "A")
    root = tmp_path / "paper"
    root.mkdir()
    (outside,) = read(root, "../other")
    assert isinstance(outside, SourceFailure)
    assert "outside" in outside.what
    (missing,) = read(root)
    assert isinstance(missing, SourceFailure)
    assert "mkdir" in (missing.hint or "")


def test_a_file_too_large_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "stories").mkdir()
    with (tmp_path / "stories/a.html").open("wb") as file:
        file.truncate(50_000_000)
    (found,) = read(tmp_path)
    assert isinstance(found, SourceFailure)
    assert found.what == "is larger than 16 MB"
