"""Errors: what, where, what next; and the exit codes that other people's scripts rely on."""

from __future__ import annotations

from digest import errors
from digest.errors import ConfigError, DigestError, at


def test_an_error_says_what_where_and_what_next() -> None:
    problem = ConfigError("unknown key", where=at("digest.toml", 4, 2), hint="did you mean lead?")
    assert str(problem) == "digest.toml:4:2: unknown key\n  did you mean lead?"
    assert str(DigestError("it broke")) == "it broke"


def test_the_exit_codes_are_the_documented_ones() -> None:
    codes = {
        name: thing.exit_code
        for name, thing in vars(errors).items()
        if isinstance(thing, type) and issubclass(thing, DigestError)
    }
    assert codes == {
        "DigestError": 1,
        "UsageError": 2,
        "ConfigError": 2,
        "TemplateError": 2,
        "Refused": 3,
        "CredentialsError": 4,
        "Stale": 6,
        "Declined": 7,
        "Stopped": 75,
        "Interrupted": 130,
        "SourceError": 1,
        "StoreError": 1,
        "SendError": 1,
    }
    for name, code in codes.items():
        assert f"{name} " in (errors.__doc__ or "")
        assert str(code) in (errors.__doc__ or "")
