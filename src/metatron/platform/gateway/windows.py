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
        found = [
            (limit, self._window(caller, limit, now))
            for caller, limits in callers
            for limit in limits
        ]
        verdicts = [_judge(limit, window, now) for limit, window in found]
        worst = min(verdicts, key=lambda verdict: (not verdict.refused, verdict.remaining))
        if not worst.refused:
            for _, window in found:
                window.now += 1
        return worst

    def _window(self, caller: str, limit: Limit, now: float) -> _Window:
        key = (caller, limit)
        window = self._known.get(key)
        if window is None:
            window = self._known[key] = _Window()
            if len(self._known) > self._remembered:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        window.roll(int(now // limit.seconds))
        return window


def _judge(limit: Limit, window: _Window, now: float) -> Verdict:
    share = now % limit.seconds / limit.seconds
    left = limit.most - window.weight(share)
    if left >= 1:
        until_next = ceil(limit.seconds * (1.0 - share))
        return Verdict(limit, int(left) - 1, until_next, refused=False)
    return Verdict(limit, 0, _wait(limit, window, share), refused=True)


def _wait(limit: Limit, window: _Window, share: float) -> int:
    """Return the seconds until one more call fits."""
    room = limit.most - 1
    if window.now <= room and window.before > 0:
        # The calls of the window before fade out in this one.
        needed = 1.0 - (room - window.now) / window.before
        return max(1, ceil((needed - share) * limit.seconds))
    # They fade out in the next one, in which this window is the one before.
    faded = 1.0 - room / window.now
    return max(1, ceil((1.0 - share + faded) * limit.seconds))
