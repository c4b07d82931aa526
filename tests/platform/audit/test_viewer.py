"""The viewer: timelines, filters, pages, exports, and the operators' view."""

import csv
import io
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
import pytest
from fastapi import FastAPI

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.events.event import append, event_row, publish
from metatron.kernel.ids import new_id
from metatron.platform.audit import export
from metatron.platform.audit.module import MODULE
from metatron.platform.audit.schemas import AuditPage, SealStatus, TimelinePage
from metatron.platform.tenancy.interface import prepare
from metatron.processes import all_modules
from tests.doorkeeper import application, client_of
from tests.platform.audit.conftest import Log, Noted

CLERK = new_id()


@pytest.fixture
def app(log: Log) -> FastAPI:
    prepare(all_modules())
    app = application(log.settings, log.database, [MODULE])
    reader = replace(
        log.context, actor_kind="user", actor_id=new_id(), permissions=frozenset({"audit:read"})
    )
    app.state.gate.known = {
        "reader": reader,
        "member": replace(reader, permissions=frozenset()),
        "stranger": replace(reader, tenant_id=new_id()),
        "operator": replace(
            system_context(), actor_kind="admin_key", permissions=frozenset({"audit:read"})
        ),
        "clerk": replace(
            system_context(),
            actor_kind="operator",
            actor_id=CLERK,
            permissions=frozenset({"audit:read"}),
        ),
    }
    return app


async def about(log: Log, record: UUID, *many: str, **changes: Any) -> list[str]:
    who = replace(log.context, **changes)
    ids = []
    async with log.database.transaction(who) as session:
        for text in many:
            event = Noted(aggregate_id=record, words=text)
            ids.append(str(await publish(session, who, event, now=utc_now())))
    return ids


async def test_a_records_timeline(log: Log, app: FastAPI) -> None:
    record, actor = new_id(), new_id()
    ids = await about(log, record, "one", "two", "three", actor_kind="user", actor_id=actor)
    await log.note("of another record")
    async with client_of(app, "reader") as client:
        answer = await client.get("/api/v1/events", params={"aggregate_id": str(record)})
        page = TimelinePage.model_validate_json(answer.content)
        assert [str(item.id) for item in page.items] == ids[::-1]
        assert (page.items[0].actor.kind, page.items[0].actor.id) == ("user", actor)
        assert page.items[0].payload["words"] == "three"
        assert (await client.get("/api/v1/events")).status_code == 422
    async with client_of(app, "stranger") as client:
        answer = await client.get("/api/v1/events", params={"aggregate_id": str(record)})
        assert answer.json() == {"items": [], "next_cursor": None}
    async with client_of(app, "member") as client:
        answer = await client.get("/api/v1/events", params={"aggregate_id": str(record)})
        assert answer.status_code == 403


async def test_filters(log: Log, app: FastAPI) -> None:
    record, actor = new_id(), new_id()
    (first,) = await about(log, record, "a", actor_kind="user", actor_id=actor)
    (second,) = await about(log, new_id(), "b", request_id="request-7")
    # The clock by which events are recorded: another one may be some milliseconds off.
    middle = await log.database.system.fetchval("select clock_timestamp()")
    (third,) = await about(log, record, "c")
    cases: list[tuple[dict[str, str], list[str]]] = [
        ({}, [third, second, first]),
        ({"actor_id": str(actor)}, [first]),
        ({"aggregate_id": str(record)}, [third, first]),
        ({"request_id": "request-7"}, [second]),
        ({"since": middle.isoformat()}, [third]),
        ({"until": middle.isoformat()}, [second, first]),
        ({"name": "kernel"}, [third, second, first]),
        ({"name": "kernel.thing_noted.v1"}, [third, second, first]),
        ({"name": "kern"}, []),
        ({"name": "audit"}, []),
    ]
    async with client_of(app, "reader") as client:
        for query, expected in cases:
            answer = await client.get("/api/v1/audit", params=query)
            page = AuditPage.model_validate_json(answer.content)
            assert [str(item.id) for item in page.items] == expected, query
        for wrong in (
            {"since": "2026-01-01T00:00:00"}, {"name": "a' or 1=1"}, {"cursor": "zzz"},
            {"limit": "0"}, {"limit": "201"}, {"actor_id": "me"},
        ):  # fmt: skip
            answer = await client.get("/api/v1/audit", params=wrong)
            assert answer.status_code == 422, wrong
            assert answer.headers["content-type"] == "application/problem+json"


async def test_pages_do_not_drift_while_events_come_in(log: Log, app: FastAPI) -> None:
    ids = [str(event_id) for event_id in await log.fill(7)]
    seen: list[str] = []
    async with client_of(app, "reader") as client:
        cursor: str | None = None
        while True:
            query = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
            page = (await client.get("/api/v1/audit", params=query)).json()
            seen += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
            await log.note("meanwhile")
            if cursor is None:
                break
    assert seen == ids[::-1]


async def test_the_log_is_in_the_order_of_its_seals(log: Log, app: FastAPI) -> None:
    """Ids are made before the rows are written, and elsewhere: the chain has the last word."""
    first, second = new_id(), new_id()
    for event_id in (second, first):
        event = Noted(aggregate_id=new_id(), words=str(event_id))
        async with log.database.transaction(log.context) as session:
            await append(session, event_row(log.context, event, event_id, utc_now()))
    expected = [str(first), str(second)]
    async with client_of(app, "reader") as client, client_of(app, "operator") as operator:
        for sealed in (False, True):
            if sealed:
                await log.seal()
                expected = [str(await log.note("not sealed yet")), *expected]
            for caller, path, more in (
                (client, "/api/v1/audit", {}),
                (operator, "/api/v1/admin/audit", {"tenant_id": str(log.context.tenant_id)}),
            ):
                page = (await caller.get(path, params=more)).json()["items"]
                assert [item["id"] for item in page] == expected
                seen, cursor = [], None
                while True:
                    query = more | {"limit": "1"} | ({"cursor": cursor} if cursor else {})
                    page = (await caller.get(path, params=query)).json()
                    seen += [item["id"] for item in page["items"]]
                    cursor = page["next_cursor"]
                    if cursor is None:
                        break
                assert seen == expected
        lines = (await client.get("/api/v1/audit/export?format=json")).content.splitlines()
        assert [orjson.loads(line)["id"] for line in lines] == expected


async def test_a_page_goes_on_where_it_was_when_its_last_entry_is_sealed(
    log: Log, app: FastAPI
) -> None:
    ids = [str(event_id) for event_id in await log.fill(4)]
    async with client_of(app, "reader") as client:
        page = (await client.get("/api/v1/audit?limit=2")).json()
        await log.seal()
        await log.note("later")
        query = {"cursor": page["next_cursor"]}
        rest = (await client.get("/api/v1/audit", params=query)).json()["items"]
    assert [item["id"] for item in page["items"] + rest] == ids[::-1]


async def test_exports(log: Log, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PAGE", 2)
    await about(
        log, new_id(), "=1+1", "+x", '-"quoted",\nlines', "@cmd", "plain", request_id="=cmd|x"
    )
    async with client_of(app, "reader") as client:
        answer = await client.get("/api/v1/audit/export", params={"format": "csv"})
        assert answer.headers["content-type"].startswith("text/csv")
        assert "attachment" in answer.headers["content-disposition"]
        rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
        assert len(rows) == 5
        assert {row["request_id"] for row in rows} == {"'=cmd|x"}
        assert all(
            not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values()
        )
        assert orjson.loads(rows[2]["payload"])["words"] == '-"quoted",\nlines'
        lines = (await client.get("/api/v1/audit/export?format=json")).content.splitlines()
        assert [orjson.loads(line)["payload"]["words"] for line in lines] == [
            "plain", "@cmd", '-"quoted",\nlines', "+x", "=1+1"
        ]  # fmt: skip
    async with client_of(app, "stranger") as client:
        assert (await client.get("/api/v1/audit/export?format=json")).content == b""


async def test_the_status_of_the_seal(log: Log, app: FastAPI) -> None:
    async with client_of(app, "reader") as client:
        empty = SealStatus.model_validate_json((await client.get("/api/v1/audit/status")).content)
        assert (empty.sealed, empty.head, empty.checkpoint_count) == (0, None, None)
        await log.fill(3)
        await log.seal()
        await log.sealer.checkpoint()
        answer = await client.get("/api/v1/audit/status")
        status = SealStatus.model_validate_json(answer.content)
        assert (status.sealed, status.checkpoint_count) == (3, 3)
        (entry,) = (await client.get("/api/v1/audit?limit=1")).json()["items"]
        assert (entry["seal_sequence"], entry["seal_hash"]) == (3, status.head)


async def test_operators_see_every_log(log: Log, app: FastAPI) -> None:
    other = system_context(new_id())
    mine = str(await log.note("mine"))
    theirs = str(await log.note("theirs", other))
    async with client_of(app, "operator") as client:
        seen: list[str] = []
        cursor: str | None = None
        # A test clock of another test may have noted what is to come, before these two.
        while mine not in seen:
            query = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
            answer = await client.get("/api/v1/admin/audit", params=query)
            page = AuditPage.model_validate_json(answer.content)
            seen += [str(item.id) for item in page.items]
            cursor = page.next_cursor
            assert cursor or mine in seen
        assert seen.index(mine) == seen.index(theirs) + 1
        one = await client.get("/api/v1/admin/audit", params={"tenant_id": str(other.tenant_id)})
        assert [item["id"] for item in one.json()["items"]] == [theirs]
        assert len(set(seen)) == len(seen), "no page repeats what another one showed"
    async with client_of(app, "member") as client:
        assert (await client.get("/api/v1/admin/audit")).status_code == 403


async def test_an_operator_sees_what_the_grants_reach(log: Log, app: FastAPI) -> None:
    mine, others = new_id(), new_id()
    system = log.database.system
    for tenant_id in (mine, others):
        await system.execute(
            "insert into tenancy.tenant (id, slug, name, state, environment, tier, created_at)"
            " values ($1, $2, 'T', 'active', 'production', 'free', now())",
            tenant_id,
            f"t-{tenant_id.hex}",
        )
    async with client_of(app, "clerk") as client:

        async def ask(**query: str) -> int:
            return (await client.get("/api/v1/admin/audit", params=query)).status_code

        assert await ask(tenant_id=str(mine)) == 403
        await system.execute(
            "insert into tenancy.operator (id, user_id, email, display_name, state, created_at)"
            " values ($1, $1, 'clerk@example.org', 'Clerk', 'active', now())",
            CLERK,
        )
        await system.execute(
            "insert into tenancy.operator_grant values"
            " ($1, $1, 'tenants', array[$2::uuid], 'audit', 'read')",
            CLERK,
            mine,
        )
        assert await ask(tenant_id=str(mine)) == 200
        assert await ask(tenant_id=str(others)) == 404
        assert await ask() == 422
        await system.execute(
            "update tenancy.operator_grant set scope = 'all', subject_ids = '{}'"
            " where operator_id = $1",
            CLERK,
        )
        assert await ask() == 200
