"""The provider as an ASGI application, and as a process of its own."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI
from granian.constants import Interfaces
from granian.server.embed import Server

from metatron.platform.payments.sandbox import control_routes, routes, sender, signing
from metatron.platform.payments.sandbox.desk import Desk
from metatron.platform.payments.sandbox.problems import add_problem_handlers
from metatron.platform.payments.sandbox.settings import SandboxSettings
from metatron.platform.payments.sandbox.store import Store

DATABASE_FILE = "provider.sqlite3"


def create_app(settings: SandboxSettings) -> FastAPI:
    """Return the provider; its books open with the application and close with it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        store = Store(settings.data_dir / DATABASE_FILE, seed=settings.seed)
        _configure(store, settings)
        app.state.desk = Desk(store, settings)
        clerk = asyncio.create_task(sender.run(store, settings))
        try:
            yield
        finally:
            for task in (clerk, *app.state.desk.waiting):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            store.close()

    app = FastAPI(title="Local escrow sandbox", version="1", lifespan=lifespan)
    add_problem_handlers(app)
    app.include_router(routes.router)
    app.include_router(control_routes.router)

    @app.get("/health/live")
    async def live() -> Any:
        return {"status": "live"}

    return app


def _configure(store: Store, settings: SandboxSettings) -> None:
    """Take over settings that changed since the last start; else the control desk's word stands."""
    secrets = json.dumps(settings.webhook_secrets)
    with store.transaction():
        if store.meta("configured_secrets") != secrets:
            store.set_meta("configured_secrets", secrets)
            signing.keep_secrets(store, settings.webhook_secrets)
        if settings.webhook_url and store.meta("configured_url") != settings.webhook_url:
            store.set_meta("configured_url", settings.webhook_url)
            store.set_meta("webhook_url", settings.webhook_url)


async def serve(settings: SandboxSettings, *, port: int, host: str = "127.0.0.1") -> None:
    """Serve in this one process until SIGTERM or SIGINT; one process, so that a kill ends all."""
    server = Server(
        create_app(settings), address=host, port=port, interface=Interfaces.ASGI, log_access=False
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    await server.serve()
