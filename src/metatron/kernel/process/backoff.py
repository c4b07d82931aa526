"""How long to wait before a crashed process is started again."""

import random
from collections.abc import Callable

_FIRST_SECONDS = 0.25
_LONGEST_SECONDS = 30.0
_STABLE_SECONDS = 30.0


class Backoff:
    """Delays that double with every crash and start over after a stable run."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        """Use `chance`, a draw from [0, 1), for the jitter."""
        self._chance = chance
        self._crashes = 0

    def delay_seconds(self, ran_seconds: float) -> float:
        """Return the pause after a run of that length: half of it fixed, half of it drawn.

        The drawn half keeps children that fell together from rising together.
        """
        self._crashes = 1 if ran_seconds >= _STABLE_SECONDS else self._crashes + 1
        full = min(_FIRST_SECONDS * 2.0 ** min(self._crashes - 1, 16), _LONGEST_SECONDS)
        return full * (0.5 + 0.5 * self._chance())
