"""From messages to deliveries: folder, SMTP, SendGrid, or a list in memory."""

from digest.send.base import Place, Sender, Setup
from digest.send.memory import MemorySender
from digest.send.pace import Pace
from digest.send.registry import open_sender

__all__ = ["MemorySender", "Pace", "Place", "Sender", "Setup", "open_sender"]
