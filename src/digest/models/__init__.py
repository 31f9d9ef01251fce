"""The words of the design as frozen, slotted dataclasses: no clock, no network, no store, no I/O."""
