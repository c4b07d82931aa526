"""A client of the real application whose gate admits by name, for tests below the real gate."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI
from starlette.requests import Request

from metatron.kernel.context import Context, anonymous_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import Unauthenticated
from metatron.kernel.http.access import Access, Asked
from metatron.kernel.http.application import create_application
from metatron.kernel.module import Module
from metatron.kernel.settings import Settings


class Doorkeeper:
    """Admits `Authorization: Bearer <name>` as the context known under that name."""

    def __init__(self) -> None:
        self.known: dict[str, Context] = {}

    def admit_at_once(self, _asked: Asked, _access: Access) -> Context | None:
        return None

    async def admit(self, request: Request, access: Access) -> Context:
        name = request.headers.get("authorization", "").removeprefix("Bearer ")
        context = self.known.get(name)
        limiter = getattr(request.app.state, "limiter", None)
        if limiter is not None:
            limiter.check(request, access, context or anonymous_context(ip="127.0.0.1"))
        if access.kind == "public":
            return context or anonymous_context(ip="127.0.0.1")
        if context is None:
            raise Unauthenticated
        if access.permission:
            context.demand(access.permission)
        return context


def application(settings: Settings, database: Database, modules: Iterable[Module]) -> FastAPI:
    app = create_application(settings, modules)
    app.state.database = database
    app.state.gate = Doorkeeper()
    return app


@asynccontextmanager
async def client_of(app: FastAPI, name: str = "") -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"authorization": f"Bearer {name}"} if name else {}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://testserver", headers=headers
    ) as client:
        yield client
