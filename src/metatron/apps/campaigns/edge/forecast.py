"""Where a campaign may stand at its close: the last days carried on, for its organiser only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

MOST_DAYS = 7
LEAST_DAYS = 3
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Forecast:
    """Units at the close by the mean of `days_used` whole days, by the lowest and the highest."""

    units: int
    low_units: int
    high_units: int
    days_used: int


def forecast(
    kept_units: Mapping[date, int],
    *,
    first_day: date,
    today: date,
    now: datetime,
    deadline_at: datetime,
) -> Forecast | None:
    """Return the forecast; None when fewer than three whole days can be looked at, or at the end.

    `kept_units`: units placed on each day that still stand; days without any may be missing. The
    day that is not over counts for what stands, not for the pace.
    """
    seconds_left = int((deadline_at - now).total_seconds())
    days = min(MOST_DAYS, (today - first_day).days)
    if seconds_left <= 0 or days < LEAST_DAYS:
        return None
    paces = [kept_units.get(today - timedelta(days=back), 0) for back in range(1, days + 1)]
    standing = sum(kept_units.values())

    def carried_on(units: int, over_days: int) -> int:
        return standing + units * seconds_left // (over_days * _DAY_SECONDS)

    return Forecast(
        units=carried_on(sum(paces), days),
        low_units=carried_on(min(paces), 1),
        high_units=carried_on(max(paces), 1),
        days_used=days,
    )
