"""Select chooses what a good editor would choose from the stored stories, and says why."""

from digest.select.choose import Slot, choose
from digest.select.entry import EditorsHand, Entry, Pooled, Sent
from digest.select.pool import pool
from digest.select.subject import preheader, subject

__all__ = ["EditorsHand", "Entry", "Pooled", "Sent", "Slot", "choose", "pool", "preheader", "subject"]
