"""The report: everyone counted once, in people's words, and nothing of a reader's taken for markup or a formula."""

from __future__ import annotations

import csv
import io

import pytest
from frozen import EDITION, Desk, Leaving

from digest.errors import UsageError
from digest.models.mail import Delivery, Message, State
from digest.pipeline.report import report
from digest.pipeline.report_page import page
from digest.pipeline.report_table import csv_text

EVIL = '=HYPERLINK("x")<script>alert(1)</script>'


def sent(desk: Desk) -> None:
    def then(sender: Leaving, message: Message) -> Delivery | None:
        return Delivery(message.id, State.REJECTED, EVIL) if len(sender.at) == 1 else None

    list(desk.sending(Leaving(desk.clock, then)))


def test_the_sums_agree_with_each_other(desk: Desk) -> None:
    sent(desk)
    made = report(desk.project, EDITION)
    assert (made.state, made.counts.total, made.counts.of(State.ACCEPTED)) == ("sent", 10, 9)
    assert sum(row.total for row in made.domains) == 10
    assert sum(sum(states.values()) for states in made.segments.values()) == 10
    assert [(row.state, row.reason, row.number) for row in made.reasons] == [("rejected", EVIL, 1)]
    assert made.started
    assert made.finished
    assert made.as_json()["counts"]["rejected"] == 1
    assert made.feedback == {"useful": 0, "not_useful": 0}


def test_the_page_escapes_and_loads_nothing(desk: Desk) -> None:
    sent(desk)
    text = page(report(desk.project, EDITION), "The <Ledger>")
    assert "<script>" not in text
    assert "The &lt;Ledger&gt;" in text
    assert "http" not in text
    assert text.count("<table>") == text.count("<caption>")
    assert "Accepted by the mail server" in text


def test_a_spreadsheet_takes_no_cell_for_a_formula(desk: Desk) -> None:
    sent(desk)
    rows = list(csv.reader(io.StringIO(csv_text(report(desk.project, EDITION)))))
    assert ["reasons", "rejected", f"'{EVIL}", "1"] in rows
    assert {len(row) for row in rows} == {4}


def test_an_edition_that_is_not_there_has_no_report(desk: Desk) -> None:
    with pytest.raises(UsageError):
        report(desk.project, "daily/1999-01-01")
