"""All rows that matter, of every organisation and of the providers."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from bench.night.stand import Stand

Rows = list[dict[str, Any]]
_OURS = {
    "commitment": "select id, campaign_id, units, amount_minor, state from campaigns.commitment",
    "transition": "select subject_id, name, count(*) n from campaigns.transition group by 1, 2",
    "campaign": "select id, title from campaigns.campaign",
    "fulfilment": """
select campaign_id, kind, count(*) n from campaigns.fulfilment_event group by 1, 2""",
    "approval": "select id, state from approvals.approval",
    "not ended": """
select c.id, c.reference, c.state, c.last_transition, c.last_reason,
  (select json_agg(p.state) from campaigns.payout p
   where p.tenant_id = c.tenant_id and p.campaign_id = c.id) payouts,
  (select json_agg(json_build_array(e.title, e.state)) from campaigns.exception e
   where e.tenant_id = c.tenant_id and e.campaign_id = c.id) exceptions
from campaigns.campaign c where c.state not in ('completed', 'failed')""",
    "clock": "select offset_seconds from kernel.tenant_clock where tenant_id = $1",
    "run": "select id, state, marker, amc_execution_id from amc.run",
    "instruction": """
select id, kind, state, target_id, amount_minor, confirmed_amount_minor, provider_reference,
  returned_at is not null returned from payments.instruction""",
    "provider account": """
select currency, sum(debits_posted - credits_posted)::bigint minor,
  sum(debits_pending + credits_pending)::bigint pending
from ledger.account where code in (101, 102) group by currency""",
    "mail": """
select m.id, m.state, (select count(*) from notifications.delivery_attempt a
  where a.tenant_id = m.tenant_id and a.message_id = m.id and a.outcome = 'sent') handed
from notifications.message m""",
    "steps told": """
select user_id, template, count(*) n from campaigns.message group by 1, 2""",
    "steps mailed": """
select recipient_id user_id, template, count(*) n from notifications.message
where template like 'campaigns%' group by 1, 2""",
}
_DEAD = """
select entrypoint, status::text, count(*) n from jobs.pgqueuer
where status not in ('queued', 'picked') group by 1, 2
"""
_THEIRS = {
    "capture": "select idempotency_key, amount_captured_minor minor, metadata, id"
    " from authorisation where amount_captured_minor > 0",
    "refund": "select idempotency_key, amount_minor minor, metadata, id, status from refund",
    "payout": "select idempotency_key, amount_minor minor, metadata, id, status from payout",
    "entry": "select currency, sum(amount_minor) minor from entry group by currency",
    "webhook": "select state, count(*) n from delivery where forged = 0 group by state",
}
_EXECUTIONS = "select execution_id, request from execution"


@dataclass(slots=True)
class Facts:
    """All rows that matter: ours by organisation, and the providers'."""

    ours: dict[UUID, dict[str, Rows]]
    theirs: dict[str, Rows]
    executions: Rows
    dead: Rows


async def gather(stand: Stand, tenants: list[UUID]) -> Facts:
    """Read them."""
    ours: dict[UUID, dict[str, Rows]] = {}
    app = await asyncpg.connect(stand.server.dsn("metatron_app"))
    for tenant in tenants:
        await app.execute("select set_config('app.tenant_id', $1, false)", str(tenant))
        ours[tenant] = {
            name: [dict(row) for row in await app.fetch(
                statement, *([tenant] if "$1" in statement else []))]
            for name, statement in _OURS.items()
        }  # fmt: skip
    await app.close()
    system = await asyncpg.connect(stand.server.dsn("metatron_system"))
    dead = [dict(row) for row in await system.fetch(_DEAD)]
    await system.close()
    data = stand.disk.data
    provider = data / "payments-sandbox" / "provider.sqlite3"
    theirs = {name: _read(provider, statement) for name, statement in _THEIRS.items()}
    amazon = data / "amc-sandbox" / "amc.sqlite3"
    executions = _read(amazon, _EXECUTIONS) if amazon.exists() else []
    return Facts(ours, theirs, executions, dead)


def _read(file: Path, statement: str) -> Rows:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=20)) as books:
        books.row_factory = sqlite3.Row
        return [dict(row) for row in books.execute(statement)]
