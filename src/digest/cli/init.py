"""`digest init`: a new publication in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.face import Face, clip, count

if TYPE_CHECKING:
    from digest.ingest.discover import Site

_KINDS = {"feed": "feed", "wordpress": "WordPress API", "sitemap": "sitemap"}


def register(app: typer.Typer) -> None:
    app.command("init")(init)


def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    empty: Annotated[bool, typer.Option("--empty", help="Without sample stories and readers.")] = False,
    site: Annotated[
        str | None, typer.Option("--site", metavar="URL", help="Your own news: its feed, name and colour are found.")
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="The site may lie on this machine or its private network.")
    ] = False,
) -> int:
    """Make a new publication: the sample paper with stories and readers to try, or your own news with --site."""
    from digest.errors import UsageError
    from digest.pipeline.founding import found

    face: Face = context.obj
    if site is not None:
        if empty:
            raise UsageError("--empty and --site exclude each other", hint="leave one of them out")
        return _from_site(face, folder, site, allow_private)
    if allow_private:
        raise UsageError("--allow-private says how to read a --site", hint="give --site URL too")
    taken = found(folder, face.clock(), face.environ, empty=empty)
    if face.as_json:
        face.document({"folder": str(folder), "readers": taken.new})
        return 0
    holds = f"with sample stories and {count(taken.new, 'reader')}" if taken.new else "empty, for your own stories"
    face.say(f"Made a publication in {folder}, {holds}.")
    face.say("  digest.toml  audiences/  templates/" + ("  stories/" if empty else "  sample/"))
    face.say("Mail goes to var/outbox as files until you choose a transport.")
    face.say("")
    look = "put stories into stories/, then digest ingest" if empty else "digest send daily --dry-run"
    steps = [*_way_to(folder), look, "digest send daily"]
    face.say("Next:  " + "   ".join(f"{number}  {step}" for number, step in enumerate(steps, 1)))
    return 0


def _way_to(folder: Path) -> list[str]:
    """How to get there from here."""
    return [] if folder.resolve() == Path.cwd() else [f"cd {folder}"]


def _from_site(face: Face, folder: Path, url: str, allow_private: bool) -> int:
    from digest.cli.sources import read_sources
    from digest.pipeline.founding import found_site

    face.say(f"Looking at {url} …", dim=True)
    site, project = found_site(folder, url, face.clock(), face.environ, allow_private=allow_private)
    _say_site(face, site)
    results = read_sources(face, project)
    gave = sum(result.gave for result in results)
    if face.as_json:
        face.document(_json(folder, site, gave))
    else:
        face.say("")
        face.say(f"Made a publication in {folder}: digest.toml  audiences/  templates/")
        face.say("Nothing leaves this machine until you choose a transport; mail goes to var/outbox as files.")
        face.say("")
        face.say("The first edition:")
        for step in _way_to(folder):
            face.say(f"  {step}")
        face.say("  digest send daily --dry-run      what would go out")
        face.say("  digest preview daily             how it looks")
        face.say("Readers: digest subscribers import FILE.csv. Your address and clock: [publication] in digest.toml.")
    return 0 if gave else 1


def _say_site(face: Face, site: Site) -> None:
    best = site.sources[0]
    face.say(f"  {'name':<9} {clip(site.name, 60)}")
    face.say(f"  {'language':<9} {site.language}")
    face.say(f"  {'stories':<9} {_KINDS[best.kind]} {best.url}")
    if others := len(site.sources) - 1:
        face.say(f"  {'':<9} and {count(others, 'other way', 'other ways')}, in comments")
    if site.colour:
        face.say(f"  {'colour':<9} {site.colour}")
    if site.logo:
        face.say(f"  {'logo':<9} {clip(site.logo, 66)}")


def _json(folder: Path, site: Site, stories: int) -> dict[str, object]:
    return {
        "folder": str(folder),
        "stories": stories,
        "site": {
            "url": site.url,
            "name": site.name,
            "language": site.language,
            "logo": site.logo,
            "colour": site.colour,
            "sources": [{"kind": o.kind, "url": o.url, "stories": o.stories} for o in site.sources],
            "evidence": list(site.evidence),
        },
    }
