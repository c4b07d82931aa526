"""Figures of the whole, each counted where it comes from."""

from typing import Any

import orjson

from metatron.kernel.database.database import Database

_FIGURES = """
select json_build_object(
  'tenants', (select coalesce(json_object_agg(state, n), '{}') from (
     select state, count(*) n from tenancy.tenant where deleted_at is null group by 1) s),
  'dedicated_databases', (select coalesce(json_object_agg(state, n), '{}') from (
     select state, count(*) n from tenancy.placement group by 1) s),
  'jobs', (select coalesce(json_object_agg(status, n), '{}') from (
     select status, count(*) n from jobs.pgqueuer group by 1) s),
  'oldest_waiting_seconds', (select extract(epoch from now() - min(execute_after))
     from jobs.pgqueuer where status = 'queued' and execute_after <= now()),
  'onboarding_failed', (select count(*) from tenancy.onboarding where state = 'failed'))::text
"""


async def figures(database: Database) -> dict[str, Any]:
    """Return what can be counted in the home database and in this process."""
    found: dict[str, Any] = orjson.loads(await database.system.fetchval(_FIGURES))
    budget = database.router.budget
    return found | {
        "dedicated_connections_open": budget.open,
        "dedicated_connections_most": budget.most,
    }
