"""The fixtures of letters.py for every test here."""

from tests.notifications.letters import _known_references, appointment, slot

__all__ = ["_known_references", "appointment", "slot"]
