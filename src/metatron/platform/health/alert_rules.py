"""When a figure becomes an alert: over its threshold for a time, and below another for as long."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Step = Literal["none", "fire", "resolve"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that rules watch; `source` tells what measures it."""

    title: str
    unit: Literal["percent", "ms", "seconds", "count"]
    source: str
    of_tenant: bool = False
    """Whether each tenant has a figure of its own, and alerts of its own."""


FIGURES = {
    "cpu": Figure("Processor", "percent", "Busy share of this machine, every ten seconds"),
    "memory": Figure("Memory", "percent", "Memory of this machine that is not available"),
    "storage": Figure("Storage", "percent", "How full the disk of the data folder is"),
    "database": Figure("Database", "ms", "Time of one trivial statement"),
    "error_rate": Figure("Errors", "percent", "Share of 5xx answers over the last minute"),
    "response": Figure("Response time", "ms", "95th percentile of the last ten seconds"),
    "queue": Figure(
        "Work that waits", "seconds", "Age of the oldest job or event that is due and not begun"
    ),
    "dead_letters": Figure(
        "Jobs that gave up", "count", "Jobs held after their last attempt, until somebody looks"
    ),
    "tenant_errors": Figure(
        "Errors of a tenant",
        "percent",
        "Share of 5xx answers of the last five minutes, from twenty requests on",
        of_tenant=True,
    ),
    "tenant_response": Figure(
        "Response time of a tenant",
        "ms",
        "Mean of the last five minutes, from twenty requests on",
        of_tenant=True,
    ),
    "tenant_silence": Figure(
        "Silence of a tenant",
        "seconds",
        "Time since the last request of a production tenant that made sixty in the hour before it",
        of_tenant=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Watched:
    """A rule and how long its figure has been too high, or calm again."""

    is_enabled: bool
    threshold: float
    clears_below: float
    for_seconds: int
    is_firing: bool
    breached_at: datetime | None
    calm_at: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a new value means; the two instants are kept for the next look."""

    step: Step
    breached_at: datetime | None
    calm_at: datetime | None


def judge(rule: Watched, value: float | None, now: datetime) -> Verdict:
    """Say what to do about a value.

    Between the two thresholds nothing changes (hysteresis). A missing value starts both waits
    anew: what is not measured neither raises nor ends an alert. A rule that is off ends its own.
    """
    if not rule.is_enabled:
        return Verdict("resolve" if rule.is_firing else "none", None, None)
    if value is None:
        return Verdict("none", None, None)
    patience = timedelta(seconds=rule.for_seconds)
    if rule.is_firing:
        calm_at = (rule.calm_at or now) if value < rule.clears_below else None
        over = calm_at is not None and now - calm_at >= patience
        return Verdict("resolve" if over else "none", None, None if over else calm_at)
    breached_at = (rule.breached_at or now) if value >= rule.threshold else None
    over = breached_at is not None and now - breached_at >= patience
    return Verdict("fire" if over else "none", None if over else breached_at, None)
