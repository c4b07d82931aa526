"""Routes on their way out say so: Deprecation (RFC 9745) and Sunset (RFC 8594) headers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any, TypeVar

import structlog
from starlette.requests import Request

from metatron.kernel.http.edge import answer_headers
from metatron.kernel.telemetry.deprecated_calls import note_caller
from metatron.kernel.telemetry.metrics import observe_deprecated

log = structlog.get_logger(__name__)
SHORTEST_NOTICE = timedelta(days=182)
Endpoint = TypeVar("Endpoint", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Deprecation:
    """Since when a route is deprecated, when it ends, and where to read on."""

    since: date
    sunset: date
    link: str | None = None

    def headers(self) -> dict[str, str]:
        """Return the headers of every answer of the route."""
        since = datetime(self.since.year, self.since.month, self.since.day, tzinfo=UTC)
        sunset = datetime(self.sunset.year, self.sunset.month, self.sunset.day, tzinfo=UTC)
        headers = {
            "Deprecation": f"@{int(since.timestamp())}",
            "Sunset": format_datetime(sunset, usegmt=True),
        }
        if self.link:
            headers["Link"] = f'<{self.link}>; rel="deprecation"'
        return headers


def deprecated(
    *, since: date, sunset: date, link: str | None = None
) -> Callable[[Endpoint], Endpoint]:
    """Declare a route deprecated, with at least six months' notice; goes below `requires`."""
    assert sunset - since >= SHORTEST_NOTICE, "give callers six months' notice"

    def attach(endpoint: Endpoint) -> Endpoint:
        endpoint.__deprecation__ = Deprecation(since, sunset, link)  # type: ignore[attr-defined]
        return endpoint

    return attach


def announce(request: Request, deprecation: Deprecation, context: Any) -> None:
    """Put the headers on the answer and note who still calls."""
    answer_headers(request.scope).update(deprecation.headers())
    template = getattr(request.scope.get("route"), "path", "unmatched")
    observe_deprecated(template)
    note_caller(request.method, template, context.tenant_id, context.application_id)
    log.info(
        "deprecated_route_called",
        route=template,
        tenant_id=str(context.tenant_id),
        application_id=str(context.application_id or ""),
        actor_id=str(context.actor_id or ""),
    )
