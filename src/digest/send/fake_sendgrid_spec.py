"""Requests held against SendGrid's own OpenAPI description, where its file is at hand.

The file is `spec/json/tsg_mail_v3.json` of https://github.com/twilio/sendgrid-oai (MIT). It is not part of this
package; a path to it is given. What it leaves out (sizes in octets, addresses said twice) the rules of the fake know.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from digest.errors import UsageError, at
from digest.send.fake_sendgrid_shape import Wrong

MAX_WRONG = 20

_SEND = "#/components/requestBodies/PostMailSend/content/application~1json/schema"

Check = Callable[[Any], list[Wrong]]


def spec_check(path: Path) -> Check:
    """What tells all that the description finds wrong with a body of a Mail Send request.

    Raises:
        UsageError: the file cannot be read, is not that description, or `jsonschema-rs` is not installed.
    """
    try:
        import jsonschema_rs
    except ImportError as problem:
        raise UsageError(
            "checking against a description needs jsonschema-rs", hint="pip install jsonschema-rs"
        ) from problem
    try:
        given = json.loads(path.read_bytes())
        schema = given["components"]["requestBodies"]["PostMailSend"]["content"]["application/json"]["schema"]
        sent = schema["properties"]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        hint = "take tsg_mail_v3.json of github.com/twilio/sendgrid-oai"
        raise UsageError("this is no description of SendGrid's Mail Send", where=at(path), hint=hint) from problem
    # The description calls the arguments of a whole message a string; the reference, and SendGrid, an object.
    sent["custom_args"] = {"type": "object"}
    validator = jsonschema_rs.Draft202012Validator(
        {"$ref": _SEND, "components": given["components"]}, validate_formats=True
    )

    def check(body: Any) -> list[Wrong]:
        if validator.is_valid(body):
            return []
        found = []
        for error in validator.iter_errors(body):
            found.append(Wrong(error.message[:300], ".".join(map(str, error.instance_path)) or None))
            if len(found) == MAX_WRONG:
                break
        return found

    return check


def nothing_more(_: Mapping[str, Any]) -> list[Wrong]:
    """The check of a fake that has no description."""
    return []
