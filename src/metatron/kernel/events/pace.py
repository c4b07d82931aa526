"""How long the relay rests between two rounds: few full rounds cost less than many small ones."""

PER_ROUND = 600
"""Rows moved in one round, shared among the tenants that have any."""
PACE_SECONDS, PACE_PER_ROW_SECONDS = 0.2, 0.002
"""From one round to the next while rows come in. The less came in, the sooner the next: what
follows from one single thing is done at once."""
ROUNDS_PER_SECOND, ROUNDS_AT_ONCE = 20.0, 10.0
"""How many rounds there are while a few rows come in all the time: a round costs the same for one
row as for twenty. So many may follow each other at once: a chain of steps does not wait."""


class Pace:
    """One relay's."""

    def __init__(self) -> None:
        """Begin rested."""
        self._left, self._at = ROUNDS_AT_ONCE, 0.0

    def after(self, moved: int, *, now: float) -> float:
        """Return the seconds to rest after a round that moved rows.

        `now`: seconds of a clock that never goes back.
        """
        if moved >= PER_ROUND:
            return 0.0
        earned = (now - self._at) * ROUNDS_PER_SECOND
        self._left, self._at = min(ROUNDS_AT_ONCE, self._left + earned) - 1.0, now
        in_turn = max(0.0, -self._left) / ROUNDS_PER_SECOND
        return max(in_turn, min(PACE_SECONDS, moved * PACE_PER_ROW_SECONDS))
