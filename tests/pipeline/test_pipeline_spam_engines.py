"""The filters that this machine has are asked about real messages of every template."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from digest.check import Symbol, Verdict
from digest.models.edition import Rendering
from digest.pipeline.build import Built, build
from digest.pipeline.checking import check_edition
from digest.pipeline.draft import draft
from digest.pipeline.naming import identify
from digest.pipeline.project import Project
from digest.pipeline.sampling import sample
from digest.pipeline.spam_engines import ask_engines

TEMPLATES = ("daily", "weekly", "breaking", "personal")
# Whatever would ask somebody else is off, and the regular expressions are not compiled for hours of use.
OFF = [
    "arc",
    "asn",
    "bayes_expiry",
    "dkim",
    "dkim_signing",
    "dmarc",
    "fuzzy_check",
    "greylist",
    "hfilter",
    "history_redis",
    "milter_headers",
    "multimap",
    "mx_check",
    "neural",
    "once_received",
    "phishing",
    "ratelimit",
    "rbl",
    "replies",
    "reputation",
    "spf",
    "url_redirector",
    "whitelist",
]


@pytest.fixture
def built(project: Project) -> Built:
    return build(project, draft(project, identify(project, "daily")))


@pytest.fixture(scope="module")
def rspamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An rspamd of our own on a port of its own, its DNS pointing nowhere."""
    if not (shutil.which("rspamd") and shutil.which("rspamc") and Path("/etc/rspamd/rspamd.conf").exists()):
        pytest.skip("rspamd is not installed: install the package rspamd to run this test")
    folder = tmp_path_factory.mktemp("rspamd")
    own = folder / "conf" / "local.d"
    shutil.copytree("/etc/rspamd", folder / "conf")
    own.mkdir(exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for module in OFF:
        (own / f"{module}.conf").write_text("enabled = false;\n")
    for worker in ("controller", "proxy", "fuzzy"):
        (own / f"worker-{worker}.inc").write_text("enabled = false;\n")
    (own / "worker-normal.inc").write_text(f'bind_socket = "127.0.0.1:{port}"; count = 1;\n')
    (own / "logging.inc").write_text('type = "console"; level = "error";\n')
    (own / "options.inc").write_text(
        f'dns {{ nameserver = ["127.0.0.1:9"]; timeout = 0.05s; retransmits = 1; }}\ntempdir = "{folder}";\n'
        f'pidfile = "{folder}/pid"; history_file = "{folder}/history"; rrd = ""; disable_hyperscan = true;\n'
    )
    names = {"DBDIR": folder, "RUNDIR": folder, "LOGDIR": folder, "CONFDIR": own.parent, "LOCAL_CONFDIR": own.parent}
    variables = [f"--var={name}={value}" for name, value in names.items()]
    command = ["rspamd", "-f", "-i", "-c", str(own.parent / "rspamd.conf"), *variables]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(300):
                with socket.socket() as caller:
                    if caller.connect_ex(("127.0.0.1", port)) == 0:
                        break
                if server.poll() is not None:
                    pytest.skip("rspamd does not start here")
                time.sleep(0.1)
            yield f"127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def raw(project: Project, built: Built, template: str) -> bytes:
    """A message of the everyone segment, made with this template."""
    settings = project.settings
    digest = replace(settings.digests["daily"], template=template)
    other = replace(project, settings=replace(settings, digests={**settings.digests, "daily": digest}))
    rendering: Rendering = build(other, built.draft, keep=False).renderings["everyone"]
    return sample(project, built.draft.edition, rendering).raw


def only(program: str) -> object:
    return lambda name: shutil.which(name) if name == program else None


@pytest.mark.parametrize("template", TEMPLATES)
def test_spamassassin_has_nothing_against_how_our_mails_are_built(
    project: Project, built: Built, template: str
) -> None:
    if not shutil.which("spamassassin"):
        pytest.skip("SpamAssassin is not installed: install the package spamassassin to run this test")
    [verdict] = ask_engines(raw(project, built, template), find=only("spamassassin"))  # type: ignore[arg-type]
    assert verdict.engine == "SpamAssassin"
    assert {symbol.name for symbol in verdict.symbols} >= {"HTML_MESSAGE", "NO_RECEIVED"}
    assert verdict.points < 2
    assert verdict.built_wrong() == ()


@pytest.mark.parametrize("template", TEMPLATES)
def test_rspamd_has_nothing_against_how_our_mails_are_built(
    project: Project, built: Built, rspamd: str, template: str
) -> None:
    [verdict] = ask_engines(raw(project, built, template), find=only("rspamc"), rspamd=rspamd)  # type: ignore[arg-type]
    assert verdict.engine == "rspamd"
    assert "MIME_GOOD" in {symbol.name for symbol in verdict.symbols}
    assert verdict.points <= 2
    assert verdict.built_wrong() == ()


def test_what_is_badly_built_is_found(rspamd: str) -> None:
    bad = b"From: a@b.example\r\nSubject: =?x?\r\nContent-Type: text/html\r\n\r\n<p>Buy now</p>\r\n"
    [verdict] = ask_engines(bad, find=only("rspamc"), rspamd=rspamd)  # type: ignore[arg-type]
    assert verdict.built_wrong()


def test_without_a_filter_nothing_is_asked() -> None:
    assert ask_engines(b"", find=lambda _name: None) == ()


def test_a_filter_that_does_not_answer_has_no_verdict() -> None:
    assert ask_engines(b"x", find=only("rspamc"), rspamd="127.0.0.1:9") == ()  # type: ignore[arg-type]


def test_a_check_of_an_edition_asks_them_unless_it_is_switched_off(project: Project, built: Built) -> None:
    def engines(_message: bytes) -> tuple[Verdict, ...]:
        return (Verdict("rspamd", 16.0, 15.0, (Symbol("FORGED", 16.0),)),)

    checked = check_edition(project, built.draft, engines=engines)
    assert checked.blocking
    off = replace(project, settings=replace(project.settings, checks=replace(project.settings.checks, spam="off")))
    assert not check_edition(off, built.draft, engines=engines).blocking
