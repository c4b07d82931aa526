"""The directory takes each request to the route the framework would have taken it to."""

import inspect
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Match

from metatron.kernel.http.application import Application, create_application
from metatron.kernel.http.directory import Directory
from metatron.kernel.settings import Settings
from metatron.processes import all_modules

SOMEBODY = str(UUID(int=7))
VALUES = {"currency": "EUR", "number": "3", "n": "3"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(scope="module")
def application(settings: Settings) -> Application:
    return create_application(settings, all_modules())


def _scope(method: str, path: str) -> dict[str, Any]:
    return {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}


def _first_full(application: Application, method: str, path: str) -> tuple[Any, Any]:
    """What looking through all routes finds, in the order they were declared."""
    for route in application.routes:
        if not isinstance(route, APIRoute):
            continue
        match, read = route.matches(scope := _scope(method, path))
        if match is Match.FULL:
            return route, {**scope, **read}["path_params"]
    return None, None


def _addresses(application: Application) -> list[str]:
    paths = {route.path for route in application.routes}
    filled = {
        re.sub(r"\{(\w+)[^}]*\}", lambda found: VALUES.get(found[1], SOMEBODY), path)
        for path in paths
    }
    return sorted(filled | {f"{path}/" for path in filled} | {"/", "/api/v1", "/api/v1/nothing"})


def test_every_address_leads_where_the_framework_leads(application: Application) -> None:
    directory = Directory(application)
    seen = 0
    for path in _addresses(application):
        for method in METHODS:
            scope = _scope(method, path)
            found = directory._find(scope)
            expected, parameters = _first_full(application, method, path)
            assert found is expected, (method, path)
            if found is not None:
                seen += 1
                assert scope["path_params"] == parameters
    assert seen > 250


def _dependencies(dependant: Any) -> Iterator[Any]:
    for each in dependant.dependencies:
        yield each.call
        yield from _dependencies(each)


def test_nothing_of_a_request_runs_in_a_thread(application: Application) -> None:
    """A thread takes longer than all else of a read: see `kernel.http.gathered`."""
    seen = 0
    for route in application.routes:
        asked = getattr(route, "dependant", None)
        for call in (asked.call, *_dependencies(asked)) if asked is not None else ():
            seen += 1
            assert inspect.iscoroutinefunction(call), f"{route.path}: {call} is no coroutine"
    assert seen > 500
