"""Metatron's Cube: thirteen circles, and the calls between them that were counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from metatron.kernel.telemetry.calls import DATABASE, STREAM

WINDOW_SECONDS = 60
STEP_SECONDS, STEPS = 20, 30
SLOW_MS, TOO_SLOW_MS = 200.0, 500.0
SOME_ERRORS, MANY_ERRORS = 1.0, 5.0
"""Percent of calls that fail from which a circle or a line is amber, and red."""


@dataclass(frozen=True, slots=True)
class Circle:
    """A service, an application or what they lean on; without modules it does not exist yet."""

    name: str
    title: str
    modules: tuple[str, ...] = ()


CIRCLES = (
    Circle(
        "core", "Core",
        (
            "gateway", "tenancy", "audit", "notifications", "approvals", "files", "webhooks",
            "health",
        ),
    ),
    Circle("auth", "Sign-in", ("identity",)),
    Circle("billing", "Billing", ("ledger", "platform.ledger", "payments")),
    Circle("subscription", "Subscriptions"),
    Circle("crm", "CRM"),
    Circle("client", "Clients"),
    Circle("admin", "Console", ("console", "admin")),
    Circle("campaigns", "Campaigns", ("campaigns",)),
    Circle("amc", "Marketing Cloud", ("amc",)),
    Circle("marketing", "Marketing"),
    Circle("erp", "ERP"),
    Circle(DATABASE, "PostgreSQL", (DATABASE,)),
    Circle(STREAM, "Event stream", (STREAM,)),
)  # fmt: skip
_OF_MODULE = {module: circle.name for circle in CIRCLES for module in circle.modules}
_WINDOW = """
select source, target, sum(calls)::bigint as calls, sum(errors)::bigint as errors,
  sum(seconds) as seconds
from health.call where taken_at > now() - make_interval(secs => $1::int) group by 1, 2
"""
_PAST = """
select target, ($1::int - 1 - floor(extract(epoch from now() - taken_at) / $2::int))::int as step,
  sum(calls)::bigint as calls
from health.call where taken_at > now() - make_interval(secs => $1::int * $2::int) group by 1, 2
"""


@dataclass(slots=True)
class _Sum:
    calls: int = 0
    errors: int = 0
    seconds: float = 0.0
    timed: int = 0

    def take(self, row: Mapping[str, Any]) -> None:
        self.calls += row["calls"]
        self.errors += row["errors"]
        if row["seconds"] is not None:
            self.seconds += row["seconds"]
            self.timed += row["calls"]

    def shown(self) -> dict[str, Any]:
        """Return the figures of the window; a share or a mean of nothing is null."""
        errors = round(100 * self.errors / self.calls, 2) if self.calls else None
        mean = round(1000 * self.seconds / self.timed, 1) if self.timed else None
        return {
            "calls_per_second": round(self.calls / WINDOW_SECONDS, 2),
            "error_percent": errors,
            "mean_ms": mean,
            "level": level_of(errors, mean),
        }


UNSEEN: dict[str, Any] = {
    "calls_per_second": None, "error_percent": None, "mean_ms": None, "level": None,
}  # fmt: skip


def level_of(error_percent: float | None, mean_ms: float | None) -> str | None:
    """Return green, amber or red; None when neither figure is known."""
    if error_percent is None and mean_ms is None:
        return None
    errors, mean = error_percent or 0.0, mean_ms or 0.0
    if errors >= MANY_ERRORS or mean >= TOO_SLOW_MS:
        return "red"
    return "amber" if errors >= SOME_ERRORS or mean >= SLOW_MS else "green"


async def cube(pool: Any, *, counting: bool, states: Mapping[str, str]) -> dict[str, Any]:
    """Return the circles and the lines between them.

    Args:
        pool: of the system role.
        counting: whether a process that counts is running; else nothing is known, not even zero.
        states: of PostgreSQL and of the event stream, as the checks found them.
    """
    rows = await pool.fetch(_WINDOW, WINDOW_SECONDS)
    past = await pool.fetch(_PAST, STEPS, STEP_SECONDS)
    return drawn(rows, past, counting=counting, states=states)


def drawn(
    rows: list[Any], past: list[Any], *, counting: bool, states: Mapping[str, str]
) -> dict[str, Any]:
    """Put counted rows together to circles and lines; see `cube`."""
    called: dict[str, _Sum] = {}
    lines: dict[tuple[str, str], _Sum] = {}
    for row in rows:
        source, target = _OF_MODULE.get(row["source"]), _OF_MODULE.get(row["target"])
        if target is None:
            continue
        called.setdefault(target, _Sum()).take(row)
        if source is not None and source != target:
            lines.setdefault((source, target), _Sum()).take(row)
    histories = _histories(past)
    return {
        "window_seconds": WINDOW_SECONDS,
        "step_seconds": STEP_SECONDS,
        "circles": [
            {
                "name": circle.name,
                "title": circle.title,
                **_seen(circle, called.get(circle.name), counting=counting),
                "state": states.get(circle.name),
                "history": histories.get(circle.name, []) if counting else [],
            }
            for circle in CIRCLES
        ],
        "lines": [
            {"source": source, "target": target, **total.shown()}
            for (source, target), total in sorted(lines.items())
            if counting
        ],
    }


def _seen(circle: Circle, total: _Sum | None, *, counting: bool) -> dict[str, Any]:
    if not circle.modules or not counting:
        return UNSEEN
    return (total or _Sum()).shown()


def _histories(past: list[Any]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in past:
        name = _OF_MODULE.get(row["target"])
        if name is not None and 0 <= row["step"] < STEPS:
            found.setdefault(name, [0] * STEPS)[row["step"]] += row["calls"]
    return found
