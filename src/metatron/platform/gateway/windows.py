"""Sliding windows in memory: how often something happened in the last minute and hour."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

REMEMBERED = 50_000
"""Callers remembered; beyond it the one not heard of for longest is forgotten."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` calls in any `seconds`."""

    most: int
    seconds: int


Callers = Sequence[tuple[str, tuple[Limit, ...]]]
"""Names a call is counted under, each with its limits."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a hit met: `remaining` calls are left under `limit`; come back after `wait_seconds`."""

    limit: Limit
    remaining: int
    wait_seconds: int
    refused: bool


@dataclass(slots=True)
class _Window:
    number: int = -1
    now: int = 0
    before: int = 0

    def roll(self, number: int) -> None:
        if number != self.number:
            self.before = self.now if number == self.number + 1 else 0
            self.now, self.number = 0, number

    def weight(self, share: float) -> float:
        """Return the calls in the sliding window, those before counted by their share of it."""
        return self.before * (1.0 - share) + self.now


class Windows:
    """Counts of many callers, in bounded memory."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        """Remember at most so many callers and limits."""
        self._remembered = remembered
        self._known: OrderedDict[tuple[str, Limit], _Window] = OrderedDict()

    def hit(self, callers: Callers, *, now: float) -> Verdict:
        """Count one call for all callers and return the tightest verdict.

        A refused call is counted for none: asking in vain does not lengthen the wait. `now` is
        in seconds of any steady clock.
        """
        found: list[_Window] = []
        refusal: Verdict | None = None
        tightest, least, least_share = None, 0.0, 0.0
        for caller, limits in callers:
            for limit in limits:
                number, rest = divmod(now, limit.seconds)
                window = self._window((caller, limit), int(number))
                found.append(window)
                share = rest / limit.seconds
                left = limit.most - window.weight(share)
                if left < 1:
                    wait = wait_seconds(limit, now=window.now, before=window.before, share=share)
                    refusal = refusal or Verdict(limit, 0, wait, refused=True)
                elif tightest is None or int(left) < int(least):
                    tightest, least, least_share = limit, left, share
        if refusal is not None:
            return refusal
        assert tightest is not None, "a call is counted under at least one limit"
        for window in found:
            window.now += 1
        until_next = ceil(tightest.seconds * (1.0 - least_share))
        return Verdict(tightest, int(least) - 1, until_next, refused=False)

    def _window(self, key: tuple[str, Limit], number: int) -> _Window:
        window = self._known.get(key)
        if window is None:
            window = self._known[key] = _Window()
            if len(self._known) > self._remembered:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        window.roll(number)
        return window


def wait_seconds(limit: Limit, *, now: int, before: int, share: float) -> int:
    """Return the seconds until one more call fits.

    Args:
        limit: what is allowed.
        now: calls of this window.
        before: calls of the window before.
        share: how much of this window has passed, 0 to 1.
    """
    room = limit.most - 1
    if now <= room and before > 0:
        # The calls of the window before fade out in this one.
        needed = 1.0 - (room - now) / before
        return max(1, ceil((needed - share) * limit.seconds))
    # They fade out in the next one, in which this window is the one before.
    faded = 1.0 - room / now if now else 0.0
    return max(1, ceil((1.0 - share + faded) * limit.seconds))
