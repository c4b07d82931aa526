"""Notices when answers that people wait for come late, so that what nobody waits for makes way."""

from collections.abc import Callable

LATE_SECONDS = 0.1
SHARE_TO_TELL = 0.25
_MEMORY = 16
"""About so many of the last answers count."""


class LateAnswers:
    """One kind of answers in one process; `tell` is called at each late one while many are late."""

    def __init__(self, tell: Callable[[], None]) -> None:
        """Begin with none late."""
        self._tell = tell
        self._share = 0.0

    def note(self, seconds: float) -> None:
        """Count one answer, given after `seconds`."""
        is_late = seconds > LATE_SECONDS
        self._share += (is_late - self._share) / _MEMORY
        if is_late and self._share >= SHARE_TO_TELL:
            self._tell()
