"""Copies of stories' pictures at the size of a mail, made once and kept below `var/pictures`, served at `/i/NAME`.

Only with `[images] resize = true`. A picture that cannot be fetched or made small enough is left out of the mail.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from digest.errors import SourceError
from digest.models.story import Image
from digest.pipeline.project import Project
from digest.pipeline.whole_file import write_whole
from digest.render.resizing import resized

if TYPE_CHECKING:
    from digest.ingest import Fetcher

ROOM = "i"
AT_ONCE = 8
_NAME = re.compile(r"[a-z2-7]{26}\.jpg")


@dataclass(frozen=True, slots=True)
class Pictures:
    """The copies that are at hand, by the address of the picture that each was made of."""

    known: Mapping[str, Image | None]

    def instead(self, image: Image | None) -> Image | None:
        """The copy to show for a picture, None for one that has none."""
        if image is None:
            return None
        copy = self.known.get(image.url)
        return replace(copy, alt=image.alt, credit=image.credit) if copy else None


def copies(project: Project, images: Iterable[Image], new_fetcher: Callable[[], Fetcher] | None = None) -> Pictures:
    """A copy of each picture, made now unless it was made before. What cannot be had is remembered as that.

    Raises:
        ConfigError: Pillow is not installed.
    """
    folder = project.root / "var" / "pictures"
    wanted = {image.url: name_of(image.url) for image in images}
    missing = [url for url, name in wanted.items() if not (folder / f"{name}.json").is_file()]
    if missing:
        from digest.ingest import HttpFetcher

        folder.mkdir(parents=True, exist_ok=True)
        fetcher = (new_fetcher or (lambda: HttpFetcher(project.settings.fetch)))()
        width = project.settings.theme.width - 40
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda url: _make(fetcher, folder, url, width), missing))
    base = project.settings.publication.base_url.rstrip("/")
    return Pictures({url: _kept(folder, name, base) for url, name in wanted.items()})


def name_of(url: str) -> str:
    """The name of the copy of the picture at an address, without an ending."""
    return base64.b32encode(hashlib.sha256(url.encode()).digest()[:16]).decode().rstrip("=").lower()


def file_of(project: Project, name: str) -> Path | None:
    """The file of a copy by the name that is asked for; None when there is none, whatever the name says."""
    path = project.root / "var" / "pictures" / name
    return path if _NAME.fullmatch(name) and path.is_file() else None


def _make(fetcher: Fetcher, folder: Path, url: str, width: int) -> None:
    name = name_of(url)
    told: dict[str, object]
    try:
        copy = resized(fetcher.get(url).body, width)
    except SourceError as problem:
        told = {"url": url, "problem": problem.what}
    else:
        write_whole(folder / f"{name}.jpg", copy.data)
        told = {"url": url, "width": copy.width, "height": copy.height}
    write_whole(folder / f"{name}.json", json.dumps(told, sort_keys=True).encode())


def _kept(folder: Path, name: str, base: str) -> Image | None:
    try:
        told = json.loads((folder / f"{name}.json").read_bytes())
    except (OSError, ValueError):
        return None
    if "width" not in told or not (folder / f"{name}.jpg").is_file():
        return None
    return Image(f"{base}/{ROOM}/{name}.jpg", width=int(told["width"]), height=int(told["height"]))
