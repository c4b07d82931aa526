"""The proxy's table of addresses, made from the routes themselves: which service gets a request."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from fastapi.routing import APIRoute

from metatron.kernel.http.application import create_application
from metatron.kernel.module import Module
from metatron.kernel.settings import Settings
from metatron.services import HTTP_SERVICES, serves

FILE = Path(__file__).parents[2] / "deploy" / "nginx" / "routes.map"
DEFAULT = "core"
_PARAMETER = re.compile(r"\{[^}]+\}")
_HEAD = """\
# Made by `python -m metatron services routes --write` from the modules' routes; do not edit.
# The first pattern that matches a request's path names the service; what matches none is core's.
"""


def addresses(modules: Iterable[Module]) -> dict[str, set[str]]:
    """Return the path of every route with the services that answer it."""
    modules = tuple(modules)
    found: dict[str, set[str]] = defaultdict(set)
    for service in HTTP_SERVICES:

        def answers(module: Module, router: object, name: str = service.name) -> bool:
            return serves(name, module, router)

        app = create_application(Settings(web_dist=None), modules, serves=answers)
        for route in app.routes:
            if isinstance(route, APIRoute):
                found[route.path].add(service.name)
    return dict(found)


def routes_map(modules: Iterable[Module]) -> str:
    """Return the table in nginx' words: the lines of a `map` block."""
    everyone = len(HTTP_SERVICES)
    owners = {
        path: next(iter(services))
        for path, services in addresses(modules).items()
        if len(services) < everyone
    }
    groups: dict[str, list[str]] = defaultdict(list)
    for path in owners:
        groups["/".join(path.split("/")[:4])].append(path)
    single, whole = [], []
    for group, paths in sorted(groups.items()):
        usual = Counter(owners[path] for path in sorted(paths)).most_common(1)[0][0]
        if "public" in group:
            usual = DEFAULT
        single += [path for path in sorted(paths) if owners[path] != usual]
        if usual != DEFAULT:
            whole.append((group, usual))
    lines = [f"~^{_pattern(path)}$ {owners[path]};" for path in single]
    lines += [f"~^{re.escape(group)}(/|$) {service};" for group, service in whole]
    return _HEAD + "".join(f"{line}\n" for line in ["default core;", *lines])


def _pattern(path: str) -> str:
    parts = _PARAMETER.split(path)
    return "[^/]+".join(re.escape(part) for part in parts)


def read_map(text: str) -> Iterator[tuple[re.Pattern[str], str]]:
    """Yield the patterns of a table in their order, each with its service."""
    for line in text.splitlines():
        if line.startswith("~"):
            pattern, service = line[1:].rstrip(";").rsplit(" ", 1)
            yield re.compile(pattern), service
