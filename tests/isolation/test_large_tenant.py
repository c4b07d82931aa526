"""How lists are read when one organisation has very much: by an index, and no further than asked.

One organisation is multiplied within a transaction that is rolled back, among many that have
little: of these the planner knows the average only.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import orjson
import pytest

from metatron.apps.campaigns.edge import queries as campaigns
from metatron.kernel.database.direct import BOUND
from metatron.kernel.ids import new_id
from metatron.kernel.process.embedded_postgres import SUPERUSER, EmbeddedPostgres
from metatron.kernel.settings import Settings
from metatron.platform.audit import queries as audit
from metatron.platform.tenancy.member_list import MembersQuery

from .realms import Realm

EVENTS, CAMPAIGNS, COMMITMENTS, MEMBERS = 100_000, 10_000, 30_000, 10_000
OTHERS = 2_000
MOST_READ = 1_000
"""Rows that a statement may read of one table; a page shows fifty of them."""
_MULTIPLY = """
insert into {table} overriding system value
select r.* from {table} e cross join generate_series(1, {count}) n
cross join lateral jsonb_populate_record(e, jsonb_build_object({changes})) r
where e.tenant_id = '{tenant}'
  and e.id = (select f.id from {table} f where f.tenant_id = '{tenant}' limit 1)
"""
_KEY = "('01990000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))"
_ELSEWHERE = "'tenant_id', gen_random_uuid()"
_EARLIER = "now() - n * interval '1 second'"
MULTIPLIED = (
    (
        "kernel.event",
        EVENTS,
        (
            f"'id', {_KEY}, 'position', 1000000 + n, 'transaction_id', n::text,"
            f" 'aggregate_id', gen_random_uuid(), 'recorded_at', {_EARLIER}"
        ),
    ),
    (
        "campaigns.campaign",
        CAMPAIGNS,
        f"'id', {_KEY}, 'reference', 'X' || n, 'slug', 'x-' || n, 'created_at', {_EARLIER}",
    ),
    (
        "campaigns.commitment",
        COMMITMENTS,
        (
            f"'id', {_KEY}, 'reference', 'X' || n, 'placed_at', {_EARLIER},"
            " 'member_id', md5((n % 1000)::text)"
        ),
    ),
    (
        "tenancy.member",
        MEMBERS,
        f"'id', {_KEY}, 'user_id', gen_random_uuid(), 'joined_at', {_EARLIER}",
    ),
)
_SEAL = f"""
insert into audit.seal (tenant_id, sequence, event_id, previous_hash, hash, sealed_at)
select '{{tenant}}', 1000000 + n, {_KEY}::uuid, sha256(n::text::bytea),
  sha256((n + 1)::text::bytea), now()
from generate_series(1, {EVENTS}) n
"""


@pytest.fixture
async def large(
    server: EmbeddedPostgres, settings: Settings, realms: dict[str, Realm]
) -> AsyncIterator[tuple[Any, str]]:
    """A connection on which realm A is large, and its tenant."""
    tenant = str(realms["a"].tenant_id)
    name = settings.database_url.get_secret_value().partition("@/")[2].partition("?")[0]
    connection = await asyncpg.connect(server.dsn(SUPERUSER, name))
    work = connection.transaction()
    await work.start()
    try:
        # Neither triggers nor foreign keys: what is copied was checked when it was made.
        await connection.execute("set local session_replication_role = replica")
        for table, count, changes in MULTIPLIED:
            filled = _MULTIPLY.format(table=table, tenant=tenant, count=count, changes=changes)
            assert (await connection.execute(filled)).endswith(f" {count}"), table
            others = _MULTIPLY.format(
                table=table, tenant=tenant, count=OTHERS, changes=f"{changes}, {_ELSEWHERE}"
            ).replace("01990000", "01980000")
            assert (await connection.execute(others)).endswith(f" {OTHERS}"), table
            await connection.execute(f"analyze {table}")
        await connection.execute(_SEAL.format(tenant=tenant))
        await connection.execute("analyze audit.seal; set local role metatron_app")
        yield connection, tenant
    finally:
        await work.rollback()
        await connection.close()


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _members(sort: str) -> tuple[str, tuple[Any, ...]]:
    asked = MembersQuery(q=None, role=None, sort=sort, exact=False)
    return asked.statement, (51, None, None, False, *asked.arguments())


async def _asked(connection: Any, tenant: str) -> dict[str, tuple[str, tuple[Any, ...]]]:
    first = f"{BOUND} select r.id from bound, lateral (select id from {{}}"
    first += " where tenant_id = bound.t::uuid limit 1) r"
    campaign = await connection.fetchval(first.format("campaigns.campaign"), tenant)
    member = await connection.fetchval("select md5('7')::uuid")
    return {
        "log of a record": (
            audit.with_labels(audit.TIMELINE, directory=True),
            (new_id(), None, 51),
        ),
        "seals": (audit.STATUS, ()),
        "campaign": (campaigns.CAMPAIGN_BY_ID, (campaign,)),
        "commitments": (campaigns.COMMITMENTS_OF_CAMPAIGN, (campaign, None, None, None, 51)),
        "own commitments": (campaigns.OWN_COMMITMENTS, (member, None, None, None, 51)),
        "members": _members("joined_at"),
        "newest members": _members("-joined_at"),
    }


async def test_a_page_reads_little_of_much(large: tuple[Any, str]) -> None:
    connection, tenant = large
    wrong = []
    for name, (sql, arguments) in (await _asked(connection, tenant)).items():
        told = await connection.fetchval(
            f"explain (analyze, format json) {sql}", tenant, *arguments
        )
        for node in _nodes(orjson.loads(told)[0]["Plan"]):
            if "Relation Name" not in node:
                continue
            rows = node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0)
            read = rows * node.get("Actual Loops", 0)
            if read > MOST_READ:
                wrong.append((name, node["Node Type"], node["Relation Name"], read))
    assert not wrong, wrong
