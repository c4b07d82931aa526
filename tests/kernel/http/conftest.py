"""An application of test routes behind the real edge, on a real database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated
from uuid import UUID

import asyncpg
import orjson
import pytest
from fastapi import FastAPI, Header, Query
from pydantic import BaseModel, Field
from sqlalchemy import text
from starlette.responses import Response

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND
from metatron.kernel.errors import NotFound, VersionConflict
from metatron.kernel.etag import check_if_match, etag
from metatron.kernel.events.event import Event, publish
from metatron.kernel.http.access import Access, declare, public, requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit
from metatron.kernel.ids import new_id
from metatron.kernel.module import Module
from metatron.kernel.paging import cursor_id, encode_cursor
from metatron.kernel.settings import Settings
from tests.doorkeeper import application

router = Router()


class Noted(Event):
    name = "kernel.note_taken.v1"
    words: str


class Note(BaseModel):
    words: str = Field(max_length=200)
    seconds: float = 0.0


class Taken(BaseModel):
    id: UUID
    words: str


@router.post("/notes", status_code=201, response_model=Taken)
@requires("notes:write")
async def take_note(body: Note, unit: Unit, response: Response) -> Taken:
    record = new_id()
    await publish(
        unit.session, unit.context, Noted(aggregate_id=record, words=body.words), now=unit.now
    )
    await asyncio.sleep(body.seconds)
    response.headers["location"] = f"/api/v1/notes/{record}"
    return Taken(id=record, words=body.words)


@router.post("/payments", status_code=201, response_model=Taken)
@requires("notes:write", idempotency="required")
async def pay(body: Note, unit: Unit, response: Response) -> Taken:
    return await take_note(body, unit, response)


@router.post("/refused")
@requires("notes:write", raises=(NotFound,))
async def refuse_after_writing(body: Note, unit: Unit) -> None:
    event = Noted(aggregate_id=new_id(), words=body.words)
    await publish(unit.session, unit.context, event, now=unit.now)
    raise NotFound


@router.post("/fails-at-commit", status_code=201)
@requires("notes:write")
async def fail_at_commit(body: Note, unit: Unit) -> dict[str, str]:
    await unit.session.execute(text("insert into public.late values (1), (1)"))
    return {"said": "it is done"}


@router.post("/breaks")
@requires("notes:write")
async def fail_by_a_bug(unit: Unit) -> None:
    raise ZeroDivisionError(f"secret of {unit.context.tenant_id}")


@router.patch("/versioned")
@requires("notes:write", raises=(VersionConflict,))
async def change(
    response: Response, unit: Unit, if_match: Annotated[str | None, Header()] = None
) -> dict[str, int]:
    check_if_match(if_match, 7)
    response.headers["etag"] = etag(8)
    return {"version": 8}


PAGE = f"""{BOUND} select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select id, payload->>'words' as words from kernel.event where tenant_id = bound.t::uuid
  and ($2::uuid is null or id > $2) order by id limit $3) r"""


@router.get("/notes", response_model=dict)
@requires("notes:read")
async def list_notes(
    read: Read, limit: Annotated[int, Query(ge=1, le=200)] = 50, cursor: str | None = None
) -> Response:
    after = cursor_id(cursor)
    items = orjson.loads(await read.direct.json(read.context, PAGE, after, limit) or b"[]")
    following = encode_cursor([items[-1]["id"]]) if len(items) == limit else None
    return Response(
        orjson.dumps({"items": items, "next_cursor": following}), media_type="application/json"
    )


@router.get("/slow")
@public()
async def be_slow(seconds: float) -> dict[str, bool]:
    await asyncio.sleep(seconds)
    return {"ok": True}


@router.post("/small")
@declare(Access("public", max_body_bytes=100))
async def take_little(body: Note) -> dict[str, int]:
    return {"length": len(body.words)}


MODULE = Module("test", "Test", routers=(router,))


@pytest.fixture
def writer() -> Context:
    allowed = frozenset({"notes:write", "notes:read"})
    return replace(
        system_context(new_id()), actor_kind="user", actor_id=new_id(), permissions=allowed
    )


@pytest.fixture
async def app(settings: Settings, database: Database, writer: Context) -> FastAPI:
    quick = settings.model_copy(update={"request_seconds": 1.0, "max_body_bytes": 2_000})
    app = application(quick, database, [MODULE])
    app.state.gate.known["writer"] = writer
    app.state.gate.known["other"] = replace(writer, actor_id=new_id())
    app.state.gate.known["abroad"] = replace(writer, tenant_id=new_id())
    return app


@pytest.fixture
async def late_constraint(settings: Settings) -> AsyncIterator[None]:
    """A table whose constraint speaks up at the commit; other tests look at every table."""
    owner = await asyncpg.connect(settings.database_owner_url.get_secret_value())
    await owner.execute(
        "create table public.late (n int unique deferrable initially deferred);"
        " grant insert on public.late to metatron_app"
    )
    yield
    await owner.execute("drop table public.late")
    await owner.close()


async def notes_of(database: Database, context: Context) -> list[str]:
    async with database.transaction(context) as session:
        found = await session.execute(
            text("select payload->>'words' from kernel.event order by id")
        )
        return list(found.scalars())
