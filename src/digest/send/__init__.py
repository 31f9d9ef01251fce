"""From messages to deliveries: folder, SMTP, SendGrid, or a list in memory."""

from digest.send.base import Keeping, Place, Rehearsing, Sender, Setup
from digest.send.memory import MemorySender
from digest.send.pace import Pace
from digest.send.registry import open_sender

__all__ = ["Keeping", "MemorySender", "Pace", "Place", "Rehearsing", "Sender", "Setup", "open_sender"]
