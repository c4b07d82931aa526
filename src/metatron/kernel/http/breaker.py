"""Stops asking who does not answer: after a few failures calls are refused at once for a while."""

import time
from collections.abc import Callable


class Breaker:
    """Counts failures in a row of one other side.

    Closed it lets every call pass. `most_failures` in a row open it for `rest_seconds`; then one
    call may try, and its outcome closes it or opens it anew.
    """

    def __init__(
        self,
        *,
        most_failures: int = 5,
        rest_seconds: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin closed. `clock` is in seconds that only go forward."""
        self._most, self._rest, self._clock = most_failures, rest_seconds, clock
        self._failures = 0
        self._opened_at: float | None = None
        self._is_trying = False

    def refused_for(self) -> float:
        """Return for how many more seconds calls are refused; 0 lets this call pass.

        Whoever is let through tells the outcome by `succeeded`, `failed` or `given_up`.
        """
        if self._opened_at is None:
            return 0.0
        left = self._opened_at + self._rest - self._clock()
        if left > 0 or self._is_trying:
            return max(left, 1.0)
        self._is_trying = True
        return 0.0

    def succeeded(self) -> None:
        """Note an answer: the other side is there."""
        self._failures, self._opened_at, self._is_trying = 0, None, False

    def failed(self) -> None:
        """Note that there was no answer."""
        self._failures += 1
        if self._is_trying or self._failures >= self._most:
            self._opened_at = self._clock()
        self._is_trying = False

    def given_up(self) -> None:
        """Note that the caller went away before it knew: nothing was learned."""
        self._is_trying = False
