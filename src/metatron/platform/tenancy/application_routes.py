"""HTTP edge of applications: one, a list, a new one; each with its hot twin."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from metatron.kernel.context import Context
from metatron.kernel.database.direct import BOUND, DirectDoor
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import NotFound
from metatron.kernel.http.access import requires
from metatron.kernel.http.hot import HotRequest, hot, plain_json, plain_limit, plain_uuid
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit
from metatron.kernel.paging import MAX_PAGE, cursor_id
from metatron.platform.tenancy import schemas
from metatron.platform.tenancy.applications import create_application, create_application_at_once
from metatron.platform.tenancy.errors import NameTaken
from metatron.platform.tenancy.pages import MOST_COUNTED

router = Router(door="home", tags=["organisation"])
JSON = "application/json"
DEFAULT_PAGE = 50

_FIELDS = "a.id, a.name, a.state, a.created_at, a.version"
_ONE = f"""{BOUND} select row_to_json(x)::text from bound, lateral (
  select {_FIELDS} from tenancy.application a
  where a.tenant_id = bound.t::uuid and a.id = $2 and a.state = 'active' limit 1) x
"""
# Ids are sorted by time of making, so the key alone gives the oldest first. The text is put
# together by hand because the aggregates of JSON take half as long again for a page of 50.
_PAGE = f"""{BOUND}
select concat(
  '{{"items":[', string_agg(x.item, ',' order by x.n) filter (where x.n <= $2::int),
  '],"next_cursor":', case when count(x.n) > $2::int then '"' || translate(
      encode(convert_to('["' || max(x.id::text) filter (where x.n = $2::int) || '"]', 'UTF8'),
             'base64'), E'+/=\\n', '-_') || '"' else 'null' end,
  ',"count":', case when $4::bool then (
    select json_build_object('value', least(count(*), {MOST_COUNTED}),
                             'capped', count(*) > {MOST_COUNTED})::text
    from bound, lateral (
      select from tenancy.application a
      where a.tenant_id = bound.t::uuid and a.state = 'active' limit {MOST_COUNTED} + 1) c)
    else 'null' end,
  '}}')
from bound left join lateral (
  select row_to_json(p)::text as item, p.id, row_number() over () as n
  from (select {_FIELDS} from tenancy.application a
        where a.tenant_id = bound.t::uuid and a.state = 'active'
          and a.id > coalesce($3::uuid, '00000000-0000-0000-0000-000000000000')
        order by a.id limit $2::int + 1) p) x on true
"""


async def _one(door: DirectDoor, context: Context, application_id: UUID | str) -> bytes:
    found = await door.json(context, _ONE, application_id)
    if found is None:
        raise NotFound
    return found


async def _page(
    door: DirectDoor, context: Context, limit: int, after: UUID | None, *, count: bool
) -> bytes:
    found = await door.json(context, _PAGE, limit, after, count)
    assert found is not None, "the statement always answers"
    return found


async def _hot_one(exchange: HotRequest) -> tuple[int, bytes]:
    door = exchange.database.home
    return 200, await _one(door, exchange.context, exchange.path_value)


async def _hot_page(exchange: HotRequest) -> tuple[int, bytes]:
    limit = exchange.limit(default=DEFAULT_PAGE)
    return 200, await _page(exchange.database.home, exchange.context, limit, None, count=False)


async def _hot_create(exchange: HotRequest) -> tuple[int, bytes]:
    body = await exchange.body(schemas.NewApplication)
    database, context = exchange.database, exchange.context
    made = await create_application_at_once(database.home, context, name=body.name)
    if made is not None:
        database.waker.wake(context.tenant_id)
        return 201, made
    async with database.transaction(context, door="home") as session:
        now = await session_now(session)
        application = await create_application(session, context, name=body.name, now=now)
        shown = schemas.ApplicationItem.model_validate(application, from_attributes=True)
    return 201, shown.model_dump_json().encode()


@router.get("/applications", response_model=schemas.ApplicationPage)
@requires("tenancy:api_keys")
@hot(_hot_page, when=plain_limit(MAX_PAGE))
async def get_applications(
    read: Read,
    *,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = DEFAULT_PAGE,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    count: Annotated[bool, Query()] = False,
) -> Response:
    """List the applications, the oldest first."""
    found = await _page(read.direct, read.context, limit, cursor_id(cursor), count=count)
    return Response(found, media_type=JSON)


@router.get("/applications/{application_id}", response_model=schemas.ApplicationItem)
@requires("tenancy:api_keys", raises=(NotFound,))
@hot(_hot_one, when=plain_uuid)
async def get_application(application_id: UUID, read: Read) -> Response:
    """Show an application."""
    return Response(await _one(read.direct, read.context, application_id), media_type=JSON)


@router.post("/applications", status_code=201)
@requires("tenancy:manage_api_keys", raises=(NameTaken,))
@hot(_hot_create, when=plain_json)
async def post_application(body: schemas.NewApplication, unit: Unit) -> schemas.ApplicationItem:
    """Make an application."""
    application = await create_application(unit.session, unit.context, name=body.name, now=unit.now)
    return schemas.ApplicationItem.model_validate(application, from_attributes=True)
