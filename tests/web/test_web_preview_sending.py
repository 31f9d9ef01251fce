"""A test to oneself, the send board and the report in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from web_preview_hands import Hands, done, hidden, post, send
from web_preview_paper import PAGE, PORT, TOKEN, Visit, opened, words

from digest.models.mail import State
from digest.pipeline.project import Project
from digest.send.fake_smtp import FakeRelay
from digest.store.schema import deliveries, events, subscribers
from digest.web.preview import app

EDITION = "daily/2026-11-24"


def begin(client: Any, shown: Any, **fields: str) -> str:
    """Send the edition and wait for its end; the board then."""
    hands = Hands(client, "send")
    hands.do(do="start", **{"typed": "10", "undo": "0", **fields})
    shown.state.sends.wait(EDITION, 60)
    return str(client.get(f"{PAGE}/send").text)


@pytest.fixture
def shown(project: Project) -> Iterator[Any]:
    made = app(project, token=TOKEN, port=PORT)
    yield made
    made.state.sends.stop()


def test_it_is_sent_to_as_many_as_were_typed(project: Project, visit: Visit, shown: Any) -> None:
    client = visit(of=shown)
    hands = Hands(client, "send")
    assert "Send it to 10 people" in words(hands.html)
    fields = {**hidden(hands.html), "do": "start", "undo": "0"}
    for typed in ("", "9", "ten", "10 000 000 000 000"):
        assert post(client, "send", **fields, typed=typed).status_code == 409
    assert post(client, "send", **{**fields, "hash": "x"}, typed="10").status_code == 409
    assert post(client, "send", **{**fields, "undo": "9999"}, typed="10").status_code == 400
    assert not list((project.root / "var").glob("outbox/**/*.eml"))
    board = begin(client, shown)
    assert "10 of 10 (100 %)" in words(board)
    assert "Accepted by the mail server 10" in words(board)
    assert len(list((project.root / "var").glob("outbox/**/*.eml"))) == 10
    assert "refresh" not in client.get(f"{PAGE}/send").headers
    again = {**fields, "typed": "10"}
    assert post(client, "send", **again).status_code == 400


def test_it_can_be_taken_back_while_it_counts_down(project: Project, visit: Visit, shown: Any) -> None:
    client = visit(of=shown)
    hands = Hands(client, "send")
    fields = hidden(hands.html)
    assert post(client, "send", **fields, do="start", typed="10", undo="600").status_code == 303
    while "It begins in" not in (page := client.get(f"{PAGE}/send")).text:
        assert shown.state.sends.going(EDITION)
    assert page.headers["refresh"] == "2"
    assert "refresh" not in client.get(f"{PAGE}/send?still").headers
    assert post(client, "send", **hidden(page.text), do="undo").status_code == 303
    shown.state.sends.wait(EDITION, 30)
    html = client.get(f"{PAGE}/send").text
    assert "Send it to 10 people" in words(html)
    assert not list((project.root / "var").glob("outbox/**/*.eml"))
    assert "10 of 10" in words(begin(client, shown))


def test_it_is_cancelled_only_by_somebody_who_is_sure(project: Project, visit: Visit, shown: Any) -> None:
    client = visit(of=shown)
    Hands(client, "send").do(do="start", typed="10", undo="600")
    while "It begins in" not in (html := client.get(f"{PAGE}/send").text):
        assert shown.state.sends.going(EDITION)
    fields = hidden(html)
    assert post(client, "send", **fields, do="start", typed="10", undo="0").status_code == 400
    assert post(client, "send", **fields, do="cancel").status_code == 409
    assert shown.state.sends.going(EDITION)
    assert post(client, "send", **fields, do="cancel", sure="yes").status_code == 303
    shown.state.sends.wait(EDITION, 30)
    assert "Cancelled" in words(client.get(f"{PAGE}/send").text)
    assert post(client, "send", **fields, do="resume").status_code == 409
    assert not list((project.root / "var").glob("outbox/**/*.eml"))


def test_what_blocks_a_send_is_said_before_it(project: Project, visit: Visit) -> None:
    client = visit(project)
    done(client, "edit", do="row", choice="own", subject="TK", preheader="")
    html = client.get(f"{PAGE}/send").text
    assert "It cannot be sent as it stands" in words(html)
    assert 'name="typed"' not in html
    fields = hidden(client.get("/me").text)
    assert post(client, "send", **fields, do="start", typed="10", undo="0", hash="x").status_code == 409
    for what in ("pause", "resume", "undo", "rate"):
        assert post(client, "send", **fields, do=what).status_code == 409, what
    assert post(client, "send", **fields, do="cancel").status_code == 409
    assert post(client, "send", **fields, do="rate", rate="fast").status_code == 400
    assert post(client, "send", **fields, do="again").status_code == 400


def test_people_without_an_answer_are_settled_one_by_one(project: Project, visit: Visit, shown: Any) -> None:
    client = visit(of=shown)
    begin(client, shown)
    with project.store.database.begin() as connection:
        keys = list(connection.scalars(deliveries.select().with_only_columns(deliveries.c.id).order_by("id")))[:3]
        doubtful = deliveries.update().where(deliveries.c.id.in_(keys))
        connection.execute(doubtful.values(state=State.UNKNOWN.value, reason="the line broke"))
    hands = Hands(client, "send")
    assert "No answer, may have arrived (3)" in words(hands.html)
    html = hands.do(do="arrived", **{f"delivery-{keys[0]}": "1"})
    assert "1 message counts as accepted" in words(html)
    hands.do(do="again", **{f"delivery-{keys[1]}": "1"})
    shown.state.sends.wait(EDITION, 60)
    html = client.get(f"{PAGE}/send").text
    assert "No answer, may have arrived (1)" in words(html)
    assert "Accepted by the mail server 9" in words(html)
    assert post(client, "send", **hidden(html), do="again", **{"delivery-x": "1"}).status_code == 409


def test_the_report_tells_bounces_and_keeps_scanners_apart(project: Project, visit: Visit, shown: Any) -> None:
    client = visit(of=shown)
    assert client.get(f"{PAGE}/report").status_code == 409
    begin(client, shown)
    story = "<b>A story</b>"
    with project.store.database.begin() as connection:
        keys = list(connection.scalars(deliveries.select().with_only_columns(deliveries.c.id).order_by("id")))
        for number, (key, likely) in enumerate(zip(keys[:3], ("human", "human", "scanner"), strict=True)):
            doc = {"url": f"https://ledger.example/{story}", "story": "", "likely": likely}
            row = {"id": f"e{number}", "delivery": key, "kind": "clicked", "at": 1.0, "reason": "", "doc": doc}
            connection.execute(events.insert().values(row))
        bounced = deliveries.update().where(deliveries.c.id == keys[4])
        connection.execute(bounced.values(outcome="bounced", reason="no such mailbox"))
    html = client.get(f"{PAGE}/report").text
    said = words(html)
    assert "10 accepted of 10" in said
    assert "1 bounced" in said
    assert "No such mailbox accepted by the mail server 1" in said
    assert "<b>A story" not in html
    assert "2 likely by people, 1 likely by scanners" in said
    assert html.count('role="img"') == 3


def test_a_test_goes_through_the_own_transport_as_a_chosen_subscriber(folder: Path, visit: Visit) -> None:
    with FakeRelay() as relay:
        settings = tomlkit.parse((folder / "digest.toml").read_text(encoding="utf-8"))
        delivery: Any = settings.setdefault("delivery", tomlkit.table())
        delivery["transport"] = "smtp"
        delivery["smtp"] = {"host": "127.0.0.1", "port": relay.port, "security": "none"}
        (folder / "digest.toml").write_text(tomlkit.dumps(settings), encoding="utf-8")
        project = opened(folder)
        client = visit(project)
        with project.store.database.read() as connection:
            reader = connection.execute(subscribers.select().where(subscribers.c.name != "")).first()
        assert reader is not None
        answer = send(client, "test", to="me@news.example", who="reader", segment="everyone", **{"as": reader.email})
        project.store.database.engine.dispose()
    assert answer.status_code == 200
    assert "Everyone: accepted by the mail server" in words(answer.text)
    assert [taken.recipient for taken in relay.taken] == ["me@news.example"]
    assert reader.email.encode() not in relay.taken[0].octets


def test_a_test_that_fails_says_so(folder: Path, visit: Visit) -> None:
    client = visit(opened(folder))
    for fields in ({"to": "no address"}, {"to": "me@news.example", "who": "reader", "as": "nobody@news.example"}):
        answer = send(client, "test", **{"who": "sample", "segment": "", **fields})
        assert answer.status_code == 400
    assert send(client, "test", to="me@news.example", who="reader").status_code == 400
    assert send(client, "test", to="me@news.example", who="sample", segment="ghosts").status_code == 400
