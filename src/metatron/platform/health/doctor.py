"""Asks all checks at once, in bounded time, and remembers the answers for two seconds."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from metatron.kernel.clock import utc_now
from metatron.kernel.database.lost import DATABASE_ERRORS
from metatron.platform.health.checks import Check, State

LONGEST_SECONDS = 0.8
REMEMBERED_SECONDS = 2.0
STARTING_SECONDS = 10.0
"""What starts beside this process may not answer yet; what has answered once has no such time."""
_RANK: tuple[State, ...] = ("healthy", "unknown", "degraded", "maintenance", "unhealthy")


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one check. `error` names the kind of failure, never its text."""

    name: str
    state: State
    essential: bool
    response_ms: float
    error_count: int
    error: str | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The answers to all checks at one instant."""

    checked_at: datetime
    findings: tuple[Finding, ...]

    @property
    def state(self) -> State:
        """Return the whole: a failing check that is not essential degrades."""
        states = [
            finding.state if finding.essential or finding.state != "unhealthy" else "degraded"
            for finding in self.findings
        ]
        return max(states, key=_RANK.index, default="unknown")

    @property
    def ready(self) -> bool:
        """Tell whether requests can be served."""
        return self.state not in {"unhealthy", "maintenance"}

    def fact(self, name: str) -> Any:
        """Return a figure some check has measured, None when none has."""
        return next((f.facts[name] for f in self.findings if name in f.facts), None)


class Doctor:
    """One round at a time, however many ask."""

    def __init__(
        self, checks: Sequence[Check], *, longest_seconds: float = LONGEST_SECONDS
    ) -> None:
        """Take the checks; nothing is asked yet."""
        self._checks = checks
        self._longest = longest_seconds
        self._errors = dict.fromkeys((check.name for check in checks), 0)
        self._answered: set[str] = set()
        self._last: tuple[float, Diagnosis] | None = None
        self._lock = asyncio.Lock()
        self.started = time.monotonic()

    async def diagnosis(self, *, fresh: bool = False) -> Diagnosis:
        """Return what is known, asked anew when `fresh` or older than two seconds."""
        asked = time.monotonic()
        async with self._lock:
            if self._last is not None:
                age = asked - self._last[0]
                if age < (0.0 if fresh else REMEMBERED_SECONDS):
                    return self._last[1]
            findings = await asyncio.gather(*(self._ask(check) for check in self._checks))
            diagnosis = Diagnosis(utc_now(), tuple(findings))
            self._last = (time.monotonic(), diagnosis)
            return diagnosis

    async def _ask(self, check: Check) -> Finding:
        started = time.monotonic()
        state: State = "unhealthy"
        facts: dict[str, Any] = {}
        error = None
        try:
            async with asyncio.timeout(self._longest):
                outcome = await check.ask()
            state, facts = outcome.state, outcome.facts
        except TimeoutError:
            error = "timeout"
        except DATABASE_ERRORS as failure:
            error = type(failure).__name__
        if state != "unhealthy":
            self._answered.add(check.name)
        elif not check.essential and self._is_starting(check):
            state = "unknown"
        failed = state == "unhealthy"
        self._errors[check.name] = self._errors[check.name] + 1 if failed else 0
        elapsed = (time.monotonic() - started) * 1000
        count = self._errors[check.name]
        return Finding(check.name, state, check.essential, elapsed, count, error, facts)

    def _is_starting(self, check: Check) -> bool:
        """Tell whether it is too early to say that something is not there."""
        is_young = time.monotonic() - self.started < STARTING_SECONDS
        return is_young and check.name not in self._answered
