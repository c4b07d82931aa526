"""The local AMC as an ASGI application, and as a process of its own."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

from fastapi import APIRouter, FastAPI
from granian.constants import Interfaces
from granian.net import SocketHolder  # type: ignore[attr-defined]
from granian.server.embed import Server
from starlette.middleware.base import BaseHTTPMiddleware

from metatron.apps.amc.twin import (
    administration_routes,
    advertiser_routes,
    advertising_routes,
    chaos_routes,
    data_source_routes,
    execution_routes,
    gone_routes,
    links,
    lwa,
    schedule_routes,
    workflow_routes,
)
from metatron.apps.amc.twin.attendance import Attendance
from metatron.apps.amc.twin.desk import Desk, in_its_media_type
from metatron.apps.amc.twin.documenting import REFUSALS, describe
from metatron.apps.amc.twin.engine import Engine
from metatron.apps.amc.twin.first_books import open_books
from metatron.apps.amc.twin.refusals import add_handlers
from metatron.apps.amc.twin.runner import Runner
from metatron.apps.amc.twin.settings import TwinSettings
from metatron.apps.amc.twin.store import Store

DATABASE_FILE = "amc.sqlite3"
_IS_UNIX = False
"""Of a socket: whether it is one of the file system."""


@asynccontextmanager
async def at_work(app: FastAPI, settings: TwinSettings, engine: Engine) -> AsyncIterator[None]:
    """Open the books for the application, and close them."""
    store = Store(settings.data_dir / DATABASE_FILE)
    open_books(store, settings)
    runner = Runner(store, settings, engine)
    app.state.desk = Desk(store, settings, runner.wake)
    work = asyncio.create_task(runner.run())
    try:
        yield
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        store.close()


def create_app(settings: TwinSettings, engine: Engine) -> FastAPI:
    """Return the local AMC; its books open with the application and close with it."""

    def lifespan(app: FastAPI) -> AbstractAsyncContextManager[None]:
        return at_work(app, settings, engine)

    app = FastAPI(title="Local AMC", version="1", lifespan=lifespan, responses=REFUSALS)
    add_handlers(app)
    app.add_middleware(BaseHTTPMiddleware, dispatch=in_its_media_type)
    for router in (lwa.router, administration_routes.router, _reporting(), links.router):
        app.include_router(router)
    for more in (advertiser_routes, advertising_routes, gone_routes):
        app.include_router(more.router)
    app.include_router(chaos_routes.router)

    @app.get("/health/live")
    async def live() -> Any:
        return {"status": "live"}

    describe(app)
    return app


def _reporting() -> APIRouter:
    reporting = APIRouter(prefix="/amc/reporting/{instance_id}")
    for part in (data_source_routes, workflow_routes, execution_routes, schedule_routes):
        reporting.include_router(part.router)
    return reporting


class _OnSocket(Server):
    """A server on a socket that somebody else listens on and keeps."""

    descriptor: int | None = None

    def _init_shared_socket(self) -> None:
        if self.descriptor is None:
            super()._init_shared_socket()  # type: ignore[no-untyped-call]
            return
        held: Any = SocketHolder(  # type: ignore[call-arg]
            self.descriptor, _IS_UNIX, self.backlog
        )
        self._ssp, self._shd = None, held


async def serve(
    settings: TwinSettings,
    engine: Engine,
    *,
    port: int,
    host: str = "127.0.0.1",
    descriptor: int | None = None,
    idle_seconds: float | None = None,
) -> None:
    """Serve in this one process until SIGTERM or SIGINT.

    With `descriptor` on a listening socket of that number; with `idle_seconds` until nobody has
    called for so long and nothing runs.
    """
    app = create_app(settings, engine)
    attendance = Attendance(app)
    server = _OnSocket(
        attendance,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        log_access=False,
    )
    server.descriptor = descriptor
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    watch = None
    if idle_seconds is not None:
        watch = asyncio.create_task(attendance.until_idle(idle_seconds, server.stop))
    try:
        await server.serve()
    finally:
        if watch is not None:
            watch.cancel()
