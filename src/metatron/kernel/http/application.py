"""Puts an application together from modules."""

from collections.abc import Callable, Coroutine, Iterable
from contextlib import AbstractAsyncContextManager
from pkgutil import resolve_name
from typing import Any

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from metatron import __version__
from metatron.kernel.http.cors import let_in
from metatron.kernel.http.directory import Directory
from metatron.kernel.http.document import complete_document
from metatron.kernel.http.edge import Edge
from metatron.kernel.http.hot_paths import HotPaths
from metatron.kernel.http.page import Page
from metatron.kernel.http.problems import HANDLERS
from metatron.kernel.http.routing import Router
from metatron.kernel.module import Module
from metatron.kernel.settings import Settings

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
Serves = Callable[[Module, "str | Router"], bool]
PREFIX = "/api/v1"


class Application(FastAPI):
    """FastAPI, but hot routes are answered before all of its middlewares.

    Whoever adds a middleware that every request must pass sets `hot` to None.
    """

    hot: HotPaths | None = None

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None]:
        """Answer one request."""
        if self.hot is not None and scope["type"] == "http":
            found = self.hot.find(scope)
            if found is not None:
                return self.hot.answer(found, scope, receive, send)
        return super().__call__(scope, receive, send)

    def prepare(self) -> None:
        """Make now what the first request would: 40 MB that forks then share."""
        assert self.hot is not None, "prepared before it is known who must see every request"
        self.hot.prepare()
        directory = self.router.middleware_stack
        assert isinstance(directory, Directory), "it stands before the router"
        directory.prepare()


def create_application(
    settings: Settings,
    modules: Iterable[Module],
    lifespan: Lifespan | None = None,
    *,
    serves: Serves | None = None,
) -> Application:
    """Return the ASGI application: the modules' routes under `/api/v1` behind the edge.

    The lifespan (or a test) sets `app.state.database` and `app.state.gate`. `serves` tells which
    routers this process answers for, all of them without it.
    """
    app = Application(
        title="Metatron",
        version=__version__,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
        exception_handlers=HANDLERS,
        generate_unique_id_function=_operation_id,
    )
    app.state.settings = settings
    app.state.owners = {}
    modules = tuple(modules)
    for module in modules:
        for named in module.routers:
            if serves is not None and not serves(module, named):
                continue
            router: Router = resolve_name(named) if isinstance(named, str) else named
            if module.optional:
                router.belong(module.name)
            prefix = "" if getattr(router, "at_root", False) else PREFIX
            owner = _owner(module, named)
            app.state.owners |= dict.fromkeys(router.place(app, prefix), owner)
    complete_document(app, modules)
    app.router.default = Page(settings.web_dist)
    app.router.middleware_stack = Directory(app)
    if settings.cors_origins:
        let_in(app, settings.cors_origins)
    app.add_middleware(Edge, settings=settings)
    passed_on = {b"idempotency-key", b"origin"} if settings.cors_origins else {b"idempotency-key"}
    app.hot = HotPaths(app, Edge(app, settings), passed_on=frozenset(passed_on))
    return app


def _owner(module: Module, named: str | Router) -> str:
    """Return whose calls a router's are: its module's, or the operators' (`admin_...`)."""
    file = str(named).rpartition(":")[0].rpartition(".")[2]
    return "admin" if file.startswith("admin_") else module.name


def _operation_id(route: Any) -> str:
    return str(route.name)
