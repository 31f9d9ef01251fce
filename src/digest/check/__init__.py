"""Say what is wrong with a rendered edition before anybody receives it, by rules with ids, reasons and fixes."""

from digest.check.engine import RULES, check
from digest.check.finding import Finding, Level, Rule

__all__ = ["RULES", "Finding", "Level", "Rule", "check"]
