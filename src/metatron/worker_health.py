"""The worker's own /health and /metrics, where somebody has to ask it: services apart."""

import asyncio
from dataclasses import replace
from typing import Any

from granian.constants import Interfaces
from granian.server.embed import Server

from metatron.kernel.http.application import Application, create_application
from metatron.platform.gateway.gate import IdentityGate
from metatron.services import EVERYWHERE


async def health_application(runtime: Any) -> Application:
    """Return an application with the health routes of a process that serves nothing else."""
    health = next(module for module in runtime.modules if EVERYWHERE in module.routers)
    app = create_application(runtime.settings, (replace(health, routers=(EVERYWHERE,)),))
    gate = IdentityGate(runtime.database, runtime.settings)
    await gate.keys.load()
    app.state.database, app.state.gate, app.state.doctor = runtime.database, gate, runtime.doctor
    return app


async def answer_for_health(runtime: Any, port: int) -> None:
    """Serve them until cancelled."""
    server = Server(
        await health_application(runtime),
        address=runtime.settings.host,
        port=port,
        interface=Interfaces.ASGI,
        log_access=False,
    )
    serving = asyncio.ensure_future(server.serve())
    try:
        await asyncio.shield(serving)
    finally:
        server.stop()  # type: ignore[no-untyped-call]
        await serving
