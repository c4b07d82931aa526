"""Web vitals: browsers send them, operators look at them."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from metatron.kernel.http.access import operator, public
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Who
from metatron.platform.health import vitals
from metatron.platform.tenancy.interface import ScopeTooNarrow, demand_everything

router = Router(tags=["health"])
READ = "status:read"
MOST_BYTES = 2_000
SHARE = 0.75
_READ = """
select route, metric, up_to, sum(readings)::bigint as readings, min(hour) as since
from health.web_vital where hour >= now() - make_interval(days => $1::int)
group by route, metric, up_to
"""
# Words and names of parameters only: an id, a code or an address of somebody does not pass.
Template = Annotated[
    str,
    StringConstraints(max_length=100, pattern=r"^/(?:(?:[a-z]+(?:-[a-z]+)*|\$[A-Za-z]+)(?:/|$))*$"),
]


class Reading(BaseModel):
    """One metric of one visit: milliseconds, for CLS no unit."""

    model_config = ConfigDict(extra="forbid")

    metric: vitals.Metric
    value: float = Field(ge=0, le=3_600_000, allow_inf_nan=False)


class Visit(BaseModel):
    """What a browser measured from one load of the page on, by the route it began on."""

    model_config = ConfigDict(extra="forbid")

    route: Template
    """The template, as `/campaigns/$campaignId`."""
    readings: list[Reading] = Field(min_length=1, max_length=4)


class Vital(BaseModel):
    """One metric of one route; null where nothing was measured."""

    p75: float
    readings: int
    rating: Literal["good", "middling", "poor"]


class RouteVitals(BaseModel):
    """A route's figures; `route` is null for all routes together."""

    route: str | None
    lcp: Vital | None = None
    inp: Vital | None = None
    cls: Vital | None = None
    ttfb: Vital | None = None


class Vitals(BaseModel):
    """By route, the one with the most readings first; the first row is all of them together."""

    days: int
    since: datetime | None
    items: list[RouteVitals]


@router.post("/web-vitals", status_code=204)
@public(max_body_bytes=MOST_BYTES)
async def post_web_vitals(body: Visit) -> None:
    """Take what a browser measured; it is counted, and nothing about who sent it is kept."""
    for each in body.readings:
        vitals.observe_vital(body.route, each.metric, each.value)


@router.get("/admin/web-vitals")
@operator(READ, raises=(ScopeTooNarrow,))
async def get_web_vitals(
    database: Db, context: Who, days: Annotated[int, Query(ge=1, le=vitals.KEPT_DAYS)] = 7
) -> Vitals:
    """Show what three of four visits stayed below, by route; for operators over everything."""
    await demand_everything(database, context, READ)
    rows = await database.system.fetch(_READ, days)
    counted: dict[str | None, dict[str, dict[float, int]]] = {}
    for row in rows:
        for route in (None, row["route"]):
            steps = counted.setdefault(route, {}).setdefault(row["metric"], {})
            steps[row["up_to"]] = steps.get(row["up_to"], 0) + row["readings"]
    ordered = sorted(counted, key=lambda route: (route is not None, -_readings(counted[route])))
    return Vitals(
        days=days,
        since=min((row["since"] for row in rows), default=None),
        items=[_of_route(route, counted[route]) for route in ordered],
    )


def _readings(metrics: dict[str, dict[float, int]]) -> int:
    return sum(sum(steps.values()) for steps in metrics.values())


def _of_route(route: str | None, metrics: dict[str, dict[float, int]]) -> RouteVitals:
    return RouteVitals(
        route=route, **{name.lower(): _vital(name, metrics[name]) for name in metrics}
    )


def _vital(metric: str, steps: dict[float, int]) -> Vital:
    p75 = vitals.percentile(metric, steps, SHARE)
    return Vital(p75=p75, readings=sum(steps.values()), rating=vitals.rating(metric, p75))
