"""What several tests of the console do."""

from typing import Any
from uuid import UUID

import httpx
import orjson

from metatron.kernel.database.database import Database
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.runner import Runner
from metatron.kernel.ids import PLATFORM_TENANT_ID, new_id
from metatron.processes import all_modules
from tests.support.control import make_operator
from tests.support.people import Door, new_email


async def operator_client(
    door: Door, *grants: tuple[str, list[UUID], str, str]
) -> httpx.AsyncClient:
    """A client signed in as an operator with these grants (scope, subjects, resource, action)."""
    email = new_email("operator")
    user_id = await door.person(email)
    operator_id = await make_operator(door.database, user_id)
    if grants:
        await door.database.system.execute(
            "delete from tenancy.operator_grant where operator_id = $1", operator_id
        )
    for scope, subjects, resource, action in grants:
        await door.database.system.execute(
            "insert into tenancy.operator_grant values ($1, $2, $3, $4, $5, $6)",
            new_id(), operator_id, scope, subjects, resource, action,
        )  # fmt: skip
    client = await door.signed_in(email)
    client.headers["x-operator-id"] = str(operator_id)  # for the tests; nobody reads it
    return client


async def make_account(admin: httpx.AsyncClient, name: str = "A customer") -> dict[str, Any]:
    answer = await admin.post("/admin/accounts", json={"name": name})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def put_in_account(database: Database, tenant_id: UUID, account_id: str) -> None:
    await database.system.execute(
        "update tenancy.tenant set account_id = $2 where id = $1", tenant_id, UUID(account_id)
    )


async def events_of(
    database: Database, aggregate_id: UUID | str, tenant_id: UUID = PLATFORM_TENANT_ID
) -> list[tuple[str, str, dict[str, Any]]]:
    """(name, actor kind, payload) of a record's events, oldest first."""
    rows = await database.system.fetch(
        "select name, actor_kind, payload from kernel.event"
        " where tenant_id = $1 and aggregate_id = $2 order by position",
        tenant_id,
        UUID(str(aggregate_id)),
    )
    return [(row["name"], row["actor_kind"], orjson.loads(row["payload"])) for row in rows]


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


async def run_jobs(database: Database, *names: str, tenant_id: UUID | None = None) -> int:
    """Do what relay and worker would with due jobs of these names, perhaps about one tenant only.

    Returns how many. Other tests leave jobs behind about their own tenants.
    """
    registry = Registry(all_modules())
    runner, handlers = Runner(database, registry), registry.handlers()
    rows = await database.system.fetch(
        "delete from kernel.outbox where name = any($1) and run_at <= now()"
        " and ($2::uuid is null or $2::text in (arguments ->> 'tenant_id', tenant_id::text))"
        " returning tenant_id, id, kind, name, arguments",
        list(names),
        tenant_id,
    )
    for row in rows:
        message = {
            "tenant_id": str(row["tenant_id"]), "id": str(row["id"]), "kind": row["kind"],
            "handler": row["name"], "arguments": orjson.loads(row["arguments"]),
        }  # fmt: skip
        await runner.deliver(handlers[row["name"]], message)
    return len(rows)
