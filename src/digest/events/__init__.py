"""What providers, mail servers and readers tell us afterwards, read into one vocabulary of events."""

from digest.events.found import Inbox
from digest.events.inbound import read_inbound
from digest.events.mail import UNCLEAR, read_mail
from digest.events.sendgrid import MAX_BODY, parse
from digest.events.signature import SIGNATURE, TIMESTAMP, public_key, refusal
from digest.events.told import Told, together

__all__ = [
    "Told",
    "together",
    "parse",
    "MAX_BODY",
    "SIGNATURE",
    "TIMESTAMP",
    "public_key",
    "refusal",
    "Inbox",
    "read_mail",
    "read_inbound",
    "UNCLEAR",
]
