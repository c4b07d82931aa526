"""Finds a request's route by its path's shape.

The framework tries one route after the other, and each router twice: with some hundred routes that
takes a third of a millisecond a request. Here only those of the same method, length and third part
(`/api/v1/campaigns/...`) are tried, in the same order and by the same rules.
"""

from typing import Any

from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

_Shape = tuple[str, int, str]


class Directory:
    """Stands before the router; what it does not know (405, 404, lifespan) is the router's."""

    def __init__(self, application: Any) -> None:
        """Take the application whose routes are to be looked through at first use."""
        self._application, self._router = application, application.router
        self._next = application.router.middleware_stack
        self._table: dict[_Shape, list[Any]] | None = None

    def prepare(self) -> None:
        """Look through the routes now: processes that fork off later share what that takes."""
        self._table = _table(self._application)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        found = self._find(scope) if scope["type"] == "http" and not scope["root_path"] else None
        if found is None:
            await self._next(scope, receive, send)
            return
        scope.setdefault("router", self._router)
        scope["route"] = found
        await found.app(scope, receive, send)

    def _find(self, scope: Scope) -> Any | None:
        """Return the route that takes the request; what it read off the path is in the scope."""
        if self._table is None:
            self.prepare()
        assert self._table is not None, "it has just been made"
        for route in self._table.get(_shape(scope["method"], scope["path"]), ()):
            match, read = route.matches(scope)
            if match is Match.FULL:
                scope.update(read)
                return route
        return None


def _shape(method: str, path: str) -> _Shape:
    parts = path.split("/")
    return method, len(parts), parts[3] if len(parts) > 3 else ""


def _table(application: Any) -> dict[_Shape, list[Any]]:
    table: dict[_Shape, list[Any]] = {}
    for route in application.routes:
        if not isinstance(route, APIRoute):
            continue
        for method in route.methods or ():
            shape = _shape(method, route.path)
            assert "{" not in shape[2], f"{route.path}: a parameter here hides what it is about"
            assert ":path}" not in route.path, f"{route.path}: its length is unknown"
            table.setdefault(shape, []).append(route)
    return table
