"""Who gets what: the audiences of `audiences/*.toml`, their filter language, and whether a person stands in one."""

from digest.audiences.filter import parse_filter
from digest.audiences.load import load_audiences, parse
from digest.audiences.match import matches
from digest.audiences.tree import And, Compare, Has, In, IsNull, Not, Or, Tree, Value
from digest.audiences.words import email_key, fold

__all__ = [
    "And",
    "Compare",
    "Has",
    "In",
    "IsNull",
    "Not",
    "Or",
    "Tree",
    "Value",
    "email_key",
    "fold",
    "load_audiences",
    "matches",
    "parse",
    "parse_filter",
]
