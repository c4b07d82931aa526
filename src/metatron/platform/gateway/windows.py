"""Sliding windows in memory: how often something happened in the last minute and hour."""

from collections import OrderedDict
from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

REMEMBERED = 50_000
"""Callers remembered; beyond it the one not heard of for longest is forgotten."""


class Limit(NamedTuple):
    """At most `most` calls in any `seconds`."""

    most: int
    seconds: int


Caller = tuple[str, tuple[Limit, ...]]
Callers = Sequence[Caller]
"""Names a call is counted under, each with its limits."""


class Verdict(NamedTuple):
    """What a hit met: `remaining` calls are left under `limit`; come back after `wait_seconds`."""

    limit: Limit
    remaining: int
    wait_seconds: int
    refused: bool


class _Window:
    __slots__ = ("before", "begun_at", "limit", "now")

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self.begun_at = float("-inf")
        self.now = self.before = 0

    def roll(self, now: float) -> float:
        """Begin the window that `now` lies in; return the seconds of it that have passed."""
        seconds = self.limit.seconds
        begun_at = now // seconds * seconds
        if begun_at != self.begun_at:
            self.before = self.now if begun_at == self.begun_at + seconds else 0
            self.now, self.begun_at = 0, begun_at
        return now - begun_at


class Windows:
    """Counts of many callers, in bounded memory."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        """Remember at most so many callers."""
        self._remembered = remembered
        self._known: OrderedDict[Caller, tuple[_Window, ...]] = OrderedDict()

    def hit(self, callers: Callers, *, now: float) -> Verdict:
        """Count one call for all callers and return the tightest verdict.

        A refused call is counted for none: asking in vain does not lengthen the wait. `now` is
        in seconds of any steady clock.
        """
        found: list[_Window] = []
        refusal: Verdict | None = None
        tightest, least, least_share = None, 0, 0.0
        for caller in callers:
            for window in self._windows(caller):
                limit = window.limit
                seconds = limit.seconds
                passed = now - window.begun_at
                if not 0.0 <= passed < seconds:
                    passed = window.roll(now)
                share = passed / seconds
                found.append(window)
                # Those before are counted by their share of the sliding window.
                left = int(limit.most - window.before * (1.0 - share) - window.now)
                if left < 1:
                    wait = wait_seconds(limit, now=window.now, before=window.before, share=share)
                    refusal = refusal or Verdict(limit, 0, wait, refused=True)
                elif tightest is None or left < least:
                    tightest, least, least_share = limit, left, share
        if refusal is not None:
            return refusal
        assert tightest is not None, "a call is counted under at least one limit"
        for window in found:
            window.now += 1
        until_next = ceil(tightest.seconds * (1.0 - least_share))
        return Verdict(tightest, least - 1, until_next, refused=False)

    def _windows(self, caller: Caller) -> tuple[_Window, ...]:
        known = self._known.get(caller)
        if known is None:
            known = self._known[caller] = tuple(_Window(limit) for limit in caller[1])
            if len(self._known) > self._remembered:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(caller)
        return known


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
