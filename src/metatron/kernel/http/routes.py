"""Every route of an application, with its whole path."""

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.routing import Match


def every_route(application: Any) -> Iterator[Any]:
    """Yield the routes with `path`, `methods` and `endpoint`.

    FastAPI keeps included routers as they are: `application.routes` names the routers only.
    """
    for route in application.routes:
        contexts = getattr(route, "effective_route_contexts", None)
        yield from contexts() if contexts is not None else (route,)


def methods_at(request: Request) -> set[str]:
    """Return the methods of all routes at the request's address."""
    found: set[str] = set()
    for route in every_route(request.app):
        if route.matches(request.scope)[0] is not Match.NONE:
            found |= getattr(route, "methods", None) or set()
    return found
