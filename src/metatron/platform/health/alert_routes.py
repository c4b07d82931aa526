"""`/admin/alerts` and `/admin/alert-rules`: what is too high, and when it counts as too high."""

from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import Header, Path, Query, Response

from metatron.kernel.database.database import Database
from metatron.kernel.errors import NotFound, VersionConflict
from metatron.kernel.etag import etag
from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Unit, Who
from metatron.kernel.paging import MAX_PAGE, cursor_id, encode_cursor
from metatron.platform.health.alert_rules import FIGURES
from metatron.platform.health.alerts import change_rule
from metatron.platform.health.schemas import AlertPage, AlertRuleChange, AlertRuleItem, AlertRules
from metatron.platform.health.telling import title_of
from metatron.platform.tenancy.interface import (
    ScopeTooNarrow,
    demand_everything,
    tenants_by_id,
    tenants_in_reach,
)

router = Router(door="system", tags=["health"])
READ, WRITE = "status:read", "status:write"
RuleName = Annotated[str, Path(max_length=40)]
_ALERTS = """
select coalesce(json_agg(a.item order by a.id desc), '[]')::text from (
  select a.id, json_build_object('id', a.id, 'rule', a.rule, 'threshold', a.threshold,
    'value', a.value, 'highest_value', a.highest_value, 'fired_at', a.fired_at,
    'resolved_at', a.resolved_at, 'tenant_id', a.tenant_id, 'silenced_by', a.silenced_by,
    'told_at', a.told_at,
    'state', case when a.resolved_at is null then 'firing' else 'resolved' end) item
  from health.alert a
  where ($1::uuid is null or a.id < $1)
    and ($2::text is null or ($2 = 'firing') = (a.resolved_at is null))
    and ($4::uuid[] is null or a.tenant_id = any($4))
    and ($5::uuid is null or a.tenant_id = $5)
  order by a.id desc limit $3) a
"""
_RULES = """
select coalesce(json_agg(json_build_object('name', r.name, 'is_enabled', r.is_enabled,
    'threshold', r.threshold, 'clears_below', r.clears_below, 'for_seconds', r.for_seconds,
    'version', r.version, 'seen_at', r.seen_at,
    'value', case when r.seen_at > now() - interval '60 seconds' then r.value end,
    'state', case
      when exists (select from health.alert a where a.rule = r.name and a.resolved_at is null)
        then 'firing'
      when exists (select from health.alert a where a.rule = r.name
                   and a.resolved_at > now() - interval '1 day') then 'resolved'
      else 'ok' end) order by r.name), '[]')::text
from health.alert_rule r where $1::text is null or r.name = $1
"""


@router.get("/admin/alerts", response_model=AlertPage)
@operator(READ)
async def get_alerts(
    database: Db,
    context: Who,
    *,
    state: Literal["firing", "resolved"] | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    tenant_id: UUID | None = None,
    account_id: UUID | None = None,
) -> Response:
    """List the alerts there were, the newest first; those of tenants within the scope.

    Alerts about the platform itself are for operators whose scope is everything.
    """
    reach = await tenants_in_reach(database, context, READ, account_id=account_id)
    found = await database.system.fetchval(
        _ALERTS, cursor_id(cursor), state, limit, reach, tenant_id
    )
    items = await _told(database, orjson.loads(found))
    after = encode_cursor([items[-1]["id"]]) if len(items) == limit else None
    return _json({"items": items, "next_cursor": after})


@router.get("/admin/alert-rules", response_model=AlertRules)
@operator(READ, raises=(ScopeTooNarrow,))
async def get_alert_rules(database: Db, context: Who) -> Response:
    """List what is watched, the newest values (of tenants the highest) and the thresholds."""
    await demand_everything(database, context, READ)
    items = orjson.loads(await database.system.fetchval(_RULES, None))
    return _json({"items": [item | _figure(item["name"]) for item in items], "next_cursor": None})


@router.patch("/admin/alert-rules/{name}", response_model=AlertRuleItem)
@operator(WRITE, raises=(NotFound, ScopeTooNarrow, VersionConflict))
async def patch_alert_rule(
    name: RuleName,
    body: AlertRuleChange,
    database: Db,
    unit: Unit,
    if_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Change a threshold; for operators whose scope is everything."""
    await demand_everything(database, unit.context, WRITE)
    await change_rule(
        unit.session,
        unit.context,
        name=name,
        changes=body.model_dump(exclude_unset=True),
        if_match=if_match,
        now=unit.now,
    )
    connection = await unit.session.connection()
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert driver is not None, "the transaction is open"
    item = orjson.loads(await driver.fetchval(_RULES, name))[0]
    answer = _json(item | _figure(name))
    answer.headers["etag"] = etag(item["version"])
    return answer


async def _told(database: Database, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add what figures and tenants are called; a deleted tenant has no name any more."""
    ids = {UUID(item["tenant_id"]) for item in items if item["tenant_id"] is not None}
    facts = await tenants_by_id(database, ids)
    for item in items:
        item.update(_figure(item["rule"]))
        tenant = facts.get(UUID(item["tenant_id"])) if item["tenant_id"] is not None else None
        item["tenant_name"] = tenant.name if tenant is not None else None
        item["title"] = title_of(item["rule"], item["tenant_name"])
    return items


def _figure(name: str) -> dict[str, str]:
    figure = FIGURES[name]
    return {"title": figure.title, "unit": figure.unit, "source": figure.source}


def _json(answer: object) -> Response:
    return Response(orjson.dumps(answer), media_type="application/json")
