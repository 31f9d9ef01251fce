"""How fast an edition becomes mail: compile a template, fill it, address it to each reader, check it.

Beside it, on the same edition and in the same run: npm `mjml` with `juice` (installed into a temporary folder when
there is npm; `--npm FOLDER` names one that has both), Jinja + MJML + premailer for each recipient, and Jinja alone
for each recipient. Times are CPU time of one process. The last line printed is one JSON object.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from digest.address import RecipientLinks, address, encode, letterhead
from digest.check import check
from digest.models.edition import Line
from digest.models.people import Recipient
from digest.models.story import Image
from digest.pipeline.press import Press
from digest.render import (
    Context,
    EditionView,
    Folders,
    PublicationView,
    SectionView,
    SegmentView,
    StoryView,
    Words,
    long_way,
    render,
    render_personal,
)
from digest.render import compiled as compiled_room
from digest.render.environment import environment, fill
from digest.render.inline import _premailer
from digest.render.mjml import compile_mjml
from digest.render.prepare import prepare
from digest.render.program import STATIC, compile_program
from digest.render.slots import Slots
from digest.render.values import template_values
from digest.settings import Delivery, Publication, Theme

ROOTS = (Path(__file__).resolve().parents[1] / "templates",)
NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
WORDS = """council vote budget river school trade report city people plan court price energy week market health police
work home water road train bridge mayor union strike wage harvest export museum film theatre doctor nurse island
storm forest farmer engine battery signal bank library student teacher judge appeal ruling tax border treaty
envoy""".split()  # noqa: SIM905
PUBLICATION = Publication(
    "ledger", "The Ledger", "https://news.example", "The Ledger <hello@news.example>", "1 Press Lane, Delhi 110001"
)
NODE = """
const fs = require('fs'); const mjml2html = require('mjml'); const juice = require('juice');
const source = fs.readFileSync(process.argv[2], 'utf8'); const css = fs.readFileSync(process.argv[3], 'utf8');
const rounds = Number(process.argv[4]);
(async () => {
  const compile = mjml2html.default || mjml2html; const times = []; let size = 0;
  for (let round = 0; round < rounds + 5; round++) {
    const before = process.cpuUsage();
    const made = await compile(source);
    size = juice.inlineContent(made.html, css).length;
    const spent = process.cpuUsage(before);
    if (round >= 5) times.push((spent.user + spent.system) / 1000);
  }
  times.sort((a, b) => a - b);
  console.log(JSON.stringify({ ms: times[Math.floor(times.length / 2)], size }));
})();
"""


class Desk:
    """Writes stories out of plain words, the same ones at every start."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311

    def sentence(self, low: int, high: int) -> str:
        return " ".join(self._dice.choice(WORDS) for _ in range(self._dice.randint(low, high))).capitalize()

    def story(self, number: int) -> StoryView:
        lines = tuple(Line(self.sentence(12, 20) + ".", f"takeaway:{at}") for at in (1, 2, 3))
        return StoryView(
            f"s{number}",
            self.sentence(7, 11),
            url=f"https://news.example/2026/11/{number}?utm_source=digest&utm_medium=email",
            lines=lines,
            author="Ada Reed",
            minutes=4,
            image=Image(f"https://img.example/{number}.jpg", self.sentence(5, 8), "The Wire", 1600, 900),
        )

    def edition(self, topics: int, stories: int) -> Context:
        """A lead, and `stories` in each of `topics` sections."""
        sections = tuple(
            SectionView(f"t{at}", f"Topic {at}", tuple(self.story(at * 1000 + n) for n in range(stories)))
            for at in range(topics)
        )
        return Context(
            PublicationView(
                "The Ledger", "https://news.example/", "1 Press Lane\nDelhi 110001", "Delhi", "a@b.example"
            ),
            EditionView("daily/2026-11-24", date(2026, 11, 24), self.sentence(6, 8)),
            SegmentView("everyone"),
            lead=self.story(999_999),
            sections=sections,
            weather="6 °C",
        )


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """The median CPU time of one call."""
    times = []
    for _ in range(rounds):
        start = time.process_time_ns()
        work()
        times.append((time.process_time_ns() - start) / 1e6)
    return statistics.median(times)


def per_second(work: Callable[[int], object], count: int, rounds: int) -> float:
    """Calls a CPU-second, the median over the rounds."""
    rates = []
    for _ in range(rounds):
        start = time.process_time()
        for number in range(count):
            work(number)
        rates.append(count / (time.process_time() - start))
    return statistics.median(rates)


def compile_once(language: str, theme: Theme, context: Context) -> tuple[float, float]:
    """Milliseconds of the first compilation in this process (libraries imported, nothing warm), and with the proof on
    the trial editions that follows it once."""
    import mjml  # noqa: F401

    _premailer()
    words = Words.of(language)
    words.date(context.edition.date)
    # What the imports left behind is theirs to clear away.
    gc.collect()
    start = time.process_time()
    shown = prepare(context)
    values = template_values(shown, words, Slots.apart_from(repr(shown)), theme)
    sheet = fill(ROOTS, long_way.SHEET, values)
    compile_program(ROOTS, "daily.mjml.j2", sheet, {name: values[name] for name in STATIC})
    alone = time.process_time() - start
    compiled_room._proved.cache_clear()
    environment.cache_clear()
    start = time.process_time()
    assert compiled_room.program_of("daily", ROOTS, theme, language) is not None
    return alone * 1000, (time.process_time() - start) * 1000


def readers(count: int) -> list[tuple[Recipient, RecipientLinks]]:
    """Readers with links of a realistic length."""
    made = []
    for number in range(count):
        token = f"k1.{number:08x}.{number * 2654435761 % 2**64:016x}.{'a1b2c3d4' * 5}"
        unsubscribe, preferences, browser, feedback = (f"https://news.example/{kind}/{token}" for kind in "upbf")
        links = RecipientLinks(
            unsubscribe,
            preferences,
            browser,
            feedback,
            unsubscribe_mailto=f"mailto:leave@news.example?subject={token}",
        )
        person = Recipient(f"d{number:08d}", number, f"reader{number}@mail.example", "everyone", "Mira Anand", "en")
        made.append((person, links))
    return made


def npm_chain(folder: Path | None, source: str, sheet: str, rounds: int) -> tuple[float, str] | None:
    """Milliseconds of npm mjml + juice on one document, warm, in one process, and their versions, if there is npm."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        print("npm is not here, so there is no comparison with npm mjml + juice")
        return None
    with tempfile.TemporaryDirectory() as made:
        home = folder or Path(made)
        if folder is None:
            print("installing npm mjml and juice into a temporary folder …", flush=True)
            (home / "package.json").write_text('{"private": true}')
            done = subprocess.run(  # noqa: S603
                [npm, "install", "--no-audit", "--no-fund", "mjml", "juice"],
                cwd=home, capture_output=True, text=True, timeout=400, check=False,
            )  # fmt: skip
            if done.returncode:
                print(f"npm could not install them: {done.stderr.strip().splitlines()[-1:]}")
                return None
        work = Path(made)
        (work / "page.mjml").write_text(source, encoding="utf-8")
        (work / "sheet.css").write_text(sheet, encoding="utf-8")
        script = home / "digest-benchmark.cjs"
        script.write_text(NODE, encoding="utf-8")
        try:
            done = subprocess.run(  # noqa: S603
                [node, script, work / "page.mjml", work / "sheet.css", str(rounds)],
                cwd=home, capture_output=True, text=True, timeout=400, check=False,
            )  # fmt: skip
        finally:
            script.unlink()
        if done.returncode:
            print(f"npm mjml + juice failed: {done.stderr.strip()[-300:]}")
            return None
        versions = [
            f"{name} {json.loads((home / 'node_modules' / name / 'package.json').read_text())['version']}"
            for name in ("mjml", "juice")
        ]
        return float(json.loads(done.stdout)["ms"]), " + ".join(versions)


def personal_rate(desk: Desk, theme: Theme, count: int, rounds: int) -> float:
    """Messages a CPU-second when each reader has a list of their own: 12 of 300 blocks."""
    personal = render_personal(desk.edition(12, 25), templates=ROOTS, template="personal", theme=theme, language="en")
    dice = random.Random(7)  # noqa: S311
    press = Press(
        personal,
        lambda shell, blocks: letterhead(
            shell, publication=PUBLICATION, delivery=Delivery(), digest="daily", blocks=frozenset(blocks)
        ),
    )
    people = readers(count)
    lists = []
    for _ in range(count):
        sections = sorted(dice.sample(range(12), 4))
        lists.append(
            [
                (personal.sections[at].name, [f"s{at * 1000 + n}" for n in sorted(dice.sample(range(25), 3))])
                for at in sections
            ]
        )

    def one(number: int) -> bytes:
        paper = press.print(lists[number])
        person, links = people[number]
        return b"".join(address(paper, person, links=links, why="You chose this.", now=NOW).chunks)  # type: ignore[union-attr]

    for number in range(min(count, 200)):
        one(number)
    return per_second(one, count, rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds; ends within two minutes")
    parser.add_argument("--npm", type=Path, help="a folder whose node_modules has mjml and juice")
    given = parser.parse_args()
    rounds = 3 if given.quick else 9
    theme, desk = Theme(), Desk(24)
    context = desk.edition(4, 3)
    compile_ms, proved_ms = compile_once("en", theme, context)

    folders = Folders(ROOTS)

    def variant() -> Any:
        # As a build does it, which looks through the template folders once for all the variants of an edition.
        return render(context, templates=folders, theme=theme, language="en")

    def first_variant() -> Any:
        return render(context, templates=Folders(ROOTS), theme=theme, language="en")

    rendering = variant()
    assert rendering == first_variant()
    variant_ms, first_ms = (milliseconds(work, 60 * rounds) for work in (variant, first_variant))
    paper = letterhead(encode(rendering), publication=PUBLICATION, delivery=Delivery(), digest="daily")
    people = readers(4_000)

    def message(number: int) -> bytes:
        person, links = people[number]
        return b"".join(address(paper, person, links=links, why="You get this because you asked.", now=NOW).chunks)  # type: ignore[union-attr]

    raw = message(0)
    same = per_second(message, len(people), rounds)
    own = personal_rate(desk, theme, 1_000 if given.quick else 3_000, rounds)
    check_ms = milliseconds(lambda: check(rendering, raw, theme=theme, postal_address="1 Press Lane"), 5 * rounds)

    shown, words = prepare(context), Words.of("en")
    slots = Slots.apart_from(repr(shown))
    values = template_values(shown, words, slots, theme)
    mjml, sheet = fill(ROOTS, "daily.mjml.j2", values), fill(ROOTS, long_way.SHEET, values)
    program = compiled_room.program_of("daily", ROOTS, theme, "en")
    assert program is not None
    naive = per_second(lambda _n: _naive(values, sheet), 8 * rounds, 1)
    jinja = per_second(lambda _n: program.fill(values).encode(), 60 * rounds, rounds)
    chain = npm_chain(given.npm, mjml, sheet, 10 * rounds)

    print(
        f"edition                      13 stories, {len(rendering.html.encode()):,} bytes of HTML, {len(raw):,} sent"
    )
    print(
        f"compile a template           {compile_ms:9.1f} ms, and {proved_ms:.1f} ms with its proof on trial editions"
    )
    print(f"variant, compiled once       {variant_ms:9.2f} ms  html and text; the first of a build {first_ms:.2f} ms")
    print(f"same variant                 {same:9,.0f} messages a CPU-second, headers and all")
    print(f"personal, 12 of 300          {own:9,.0f} messages a CPU-second, no two lists alike")
    print(f"check                        {check_ms:9.1f} ms")
    print(f"Jinja alone, each reader     {jinja:9,.0f} bodies a CPU-second")
    print(f"naive chain, each reader     {naive:9,.0f} bodies a CPU-second (Jinja, MJML, premailer's defaults)")
    if chain:
        print(f"{chain[1]:<28} {chain[0]:9.1f} ms a document, warm")
    print(
        json.dumps(
            {
                "compile_ms": round(compile_ms, 2),
                "compile_and_prove_ms": round(proved_ms, 2),
                "variant_ms": round(variant_ms, 3),
                "first_variant_ms": round(first_ms, 3),
                "same_variant_per_cpu_s": round(same),
                "personal_per_cpu_s": round(own),
                "check_ms": round(check_ms, 2),
                "jinja_only_per_cpu_s": round(jinja),
                "naive_per_cpu_s": round(naive, 1),
                "npm_chain_ms": round(chain[0], 2) if chain else None,
                "ratio_npm_chain": round(chain[0] / variant_ms, 1) if chain else None,
            }
        )
    )


def _naive(values: dict[str, Any], sheet: str) -> str:
    """What is done when nothing is kept between two recipients."""
    from premailer import transform

    html = compile_mjml(fill(ROOTS, "daily.mjml.j2", values), "daily.mjml.j2")
    return str(transform(html, css_text=[sheet], allow_network=False))


if __name__ == "__main__":
    main()
