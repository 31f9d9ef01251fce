"""Say what is wrong with a rendered edition before anybody receives it, by rules with ids, reasons and fixes."""

from digest.check.answers import Seen
from digest.check.engine import (
    RULES,
    check,
    check_answers,
    check_html,
    check_reread,
    check_verdicts,
    of_html,
    ordered,
    to_ask,
)
from digest.check.finding import Finding, Level, Rule
from digest.check.freshness import Reread
from digest.check.sarif import sarif
from digest.check.spam_engine import Symbol, Verdict

__all__ = [
    "RULES",
    "Finding",
    "Level",
    "Reread",
    "Rule",
    "Seen",
    "Symbol",
    "Verdict",
    "check",
    "check_answers",
    "check_html",
    "check_reread",
    "check_verdicts",
    "of_html",
    "ordered",
    "sarif",
    "to_ask",
]
