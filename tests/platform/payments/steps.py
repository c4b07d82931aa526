"""Steps the payment tests share: connecting, asking, sending, reading what was announced."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from granian.constants import Interfaces
from granian.server.embed import Server
from sqlalchemy import text
from starlette.requests import Request

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, anonymous_context
from metatron.kernel.database.database import Database
from metatron.kernel.http.access import Access, Asked
from metatron.kernel.http.application import create_application
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.payments import providers
from metatron.platform.payments.inbox import process_webhook
from metatron.platform.payments.instructions import (
    Instruction,
    get_instruction,
    request_instruction,
)
from metatron.platform.payments.interface import InstructionKind
from metatron.platform.payments.module import MODULE
from metatron.platform.payments.sandbox_adapter import SandboxAdapter
from metatron.platform.payments.sending import send_instruction
from tests.platform.payments.provider_process import ProviderProcess, free_port


@asynccontextmanager
async def connected(
    provider: ProviderProcess, *, timeout_seconds: float = 0.4
) -> AsyncIterator[SandboxAdapter]:
    keys = provider.keys()
    client = SandboxAdapter(
        provider.url,
        keys["secret_key"],
        (keys["webhook_secret"],),
        timeout_seconds=timeout_seconds,
    )
    before = providers._configured
    providers.configure(client)
    try:
        yield client
    finally:
        providers._configured = before
        await client.close()


class PublicOnly:
    """Admits to public routes; the payments module has no others."""

    def admit_at_once(self, _asked: Asked, _access: Access) -> Context | None:
        return None

    async def admit(self, request: Request, access: Access) -> Context:
        assert access.kind == "public"
        return anonymous_context(request_id=request.state.request_id)


@asynccontextmanager
async def serving(database: Database, settings: Settings) -> AsyncIterator[str]:
    app = create_application(settings, [MODULE])
    app.state.database, app.state.gate = database, PublicOnly()
    port = free_port()
    server = Server(app, port=port, interface=Interfaces.ASGI, log_enabled=False)
    running = asyncio.create_task(server.serve())
    url = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient() as client:
        for _ in range(200):
            try:
                await client.get(f"{url}/api/v1/openapi.json")
                break
            except httpx.ConnectError:
                await asyncio.sleep(0.02)
    try:
        yield f"{url}/api/v1/webhooks/payments"
    finally:
        server.stop()  # type: ignore[no-untyped-call]
        await running


class LaterClock:
    """Instants that lie an hour apart, so that whatever waits is due."""

    def __init__(self) -> None:
        self._hours = 0

    def next(self) -> datetime:
        self._hours += 1
        return utc_now() + timedelta(hours=self._hours)


async def ask(
    database: Database, tenant: Context, kind: str, amount: int = 1000, **more: Any
) -> Instruction:
    """Record one instruction and commit."""
    values: dict[str, Any] = {
        "kind": InstructionKind(kind),
        "target_kind": "commitment",
        "target_id": new_id(),
        "amount_minor": amount,
        "currency": "EUR",
        "ledger_transfer_id": new_id(),
        "now": utc_now(),
    }
    references = {"payment_method", "source_reference", "destination"}
    if not references & more.keys():
        more["payment_method"] = "pm_ok"
    async with database.transaction(tenant) as session:
        return await request_instruction(session, tenant, **(values | more))


async def read(database: Database, tenant: Context, instruction_id: UUID) -> Instruction:
    async with database.transaction(tenant) as session:
        return await get_instruction(session, tenant, instruction_id=instruction_id)


async def send(
    database: Database, tenant: Context, instruction_id: UUID, *, now: datetime | None = None
) -> Instruction:
    """Run the job's work once, then read the instruction."""
    when = now or utc_now() + timedelta(seconds=1)
    await send_instruction(database, tenant, instruction_id=instruction_id, now=when)
    return await read(database, tenant, instruction_id)


async def done(database: Database, tenant: Context, kind: str, **more: Any) -> Instruction:
    """Ask, send, and keep on until it is decided."""
    instruction, clock = await ask(database, tenant, kind, **more), LaterClock()
    for _ in range(40):
        now = await send(database, tenant, instruction.id, now=clock.next())
        if now.state in {"confirmed", "failed"}:
            return now
        await asyncio.sleep(0.05)
    raise AssertionError(f"{kind} stays {now.state}")


async def announced(database: Database, tenant: Context) -> list[tuple[str, dict[str, Any]]]:
    async with database.transaction(tenant) as session:
        query = text("select name, payload from kernel.event order by position")
        return [(row[0], row[1]) for row in await session.execute(query)]


async def names(database: Database, tenant: Context) -> list[str]:
    return [name for name, _ in await announced(database, tenant)]


async def jobs(database: Database, tenant: Context) -> list[str]:
    async with database.transaction(tenant) as session:
        query = text("select name from kernel.outbox where kind = 'job' order by created_at")
        return [row[0] for row in await session.execute(query)]


async def inbox(database: Database, tenant: Context) -> list[tuple[UUID, str, str]]:
    async with database.transaction(tenant) as session:
        query = text("select id, kind, state from payments.webhook_inbox order by received_at, id")
        return [(row[0], row[1], row[2]) for row in await session.execute(query)]


async def inbox_has(database: Database, tenant: Context, count: int) -> list[tuple[UUID, str, str]]:
    """Wait until `count` webhooks have come."""
    for _ in range(200):
        rows = await inbox(database, tenant)
        if len(rows) >= count:
            return rows
        await asyncio.sleep(0.03)
    raise TimeoutError(f"{len(rows)} of {count} webhooks came")


async def process_all(database: Database, tenant: Context, now: datetime | None = None) -> None:
    """Read every waiting webhook once."""
    when = now or utc_now() + timedelta(seconds=1)
    for inbox_id, _, state in await inbox(database, tenant):
        if state in {"received", "parked"}:
            async with database.transaction(tenant) as session:
                await process_webhook(session, tenant, inbox_id=inbox_id, now=when)
