"""May mail leave this machine? Only from the one store that keeps this list, and only with a way out that answers."""

from __future__ import annotations

from digest.errors import Refused, Stale, at
from digest.pipeline.project import Project
from digest.pipeline.reader_links import unsubscribe_page
from digest.pipeline.whole_file import write_whole
from digest.send import Sender
from digest.settings.load import MAIN, locate


def may_leave(project: Project, sender: Sender) -> None:
    """Checks what must hold before the first message leaves, and writes this store down as the list's ledger.

    Raises:
        Stale: another store keeps this list (exit 6).
        Refused: no unsubscribe address is known to answer (exit 3).
    """
    if not sender.leaves:
        return
    own_ledger(project)
    _way_out(project, sender)
    adopt(project)


def own_ledger(project: Project) -> None:
    """Refuses when `[delivery] ledger` names another store.

    Raises:
        Stale: it does.
    """
    ledger = project.settings.delivery.ledger
    if ledger not in (None, project.store.id):
        text = (project.root / MAIN).read_text(encoding="utf-8")
        raise Stale(
            f"this list is kept by the store {ledger}, but the store here is {project.store.id}: sending from it "
            "could mail everybody twice",
            where=at(project.root / MAIN, locate(text, ("delivery", "ledger"))),
            hint="send from the machine that has that store, or move it here with `digest store adopt`",
        )


def adopt(project: Project) -> bool:
    """Write this store's id into `digest.toml` as the list's ledger; whether it had to be written."""
    if project.settings.delivery.ledger == project.store.id:
        return False
    import tomlkit

    path = project.root / MAIN
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    document.setdefault("delivery", tomlkit.table())["ledger"] = project.store.id
    write_whole(path, tomlkit.dumps(document).encode())
    return True


def _way_out(project: Project, sender: Sender) -> None:
    delivery = project.settings.delivery
    if sender.name == "sendgrid" and delivery.sendgrid.asm_group and delivery.unsubscribe_mailto:
        return
    import httpx

    page = unsubscribe_page(project)
    try:
        answer = httpx.get(page, timeout=10, follow_redirects=False)
        problem = "" if answer.status_code == 200 else f"it answers {answer.status_code}"
    except (httpx.HTTPError, httpx.InvalidURL) as failure:
        problem = str(failure) or type(failure).__name__
    if problem:
        raise Refused(
            f"nobody could unsubscribe: {problem}",
            where=page,
            hint="start `digest serve` behind this address, or with SendGrid set [delivery.sendgrid] asm_group and "
            "[delivery] unsubscribe_mailto",
        )
