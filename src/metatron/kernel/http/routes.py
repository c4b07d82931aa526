"""What an application's routes say of an address."""

from starlette.requests import Request
from starlette.routing import Match


def methods_at(request: Request) -> set[str]:
    """Return the methods of all routes at the request's address."""
    found: set[str] = set()
    for route in request.app.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            found |= getattr(route, "methods", None) or set()
    return found
