"""New rows of refunds written together: one statement from a certain number on."""

from collections.abc import Sequence
from operator import attrgetter

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.tables import Refund

FEWEST = 20
"""From this number on one large statement costs less than many small ones."""
_NAMES = (
    "id", "campaign_id", "commitment_id", "amount_minor", "currency", "reason_code", "reason",
    "trigger", "whole", "state", "transfer_id", "attempts", "requested_by", "approval_id",
    "created_at", "version",
)  # fmt: skip
_INSERT = text("""
insert into campaigns.refund (tenant_id, id, campaign_id, commitment_id, amount_minor, currency,
  reason_code, reason, trigger, whole, state, transfer_id, attempts, requested_by, approval_id,
  created_at, version)
select cast(:tenant_id as uuid), x.*
from unnest(cast(:id as uuid[]), cast(:campaign_id as uuid[]), cast(:commitment_id as uuid[]),
  cast(:amount_minor as bigint[]), cast(:currency as text[]), cast(:reason_code as text[]),
  cast(:reason as text[]), cast(:trigger as text[]), cast(:whole as boolean[]),
  cast(:state as text[]), cast(:transfer_id as uuid[]), cast(:attempts as int[]),
  cast(:requested_by as uuid[]), cast(:approval_id as uuid[]),
  cast(:created_at as timestamptz[]), cast(:version as bigint[])) x
""")


async def write_refunds(session: AsyncSession, refunds: Sequence[Refund]) -> None:
    """Write refunds just made, or changed since they were loaded.

    Many new ones do not become part of the session: load them anew to change them.
    """
    new = [refund for refund in refunds if refund.version == 1]
    if len(new) < FEWEST:
        session.add_all(new)
    else:
        values = {name: list(map(attrgetter(name), new)) for name in _NAMES}
        await session.execute(_INSERT, values | {"tenant_id": new[0].tenant_id})
    await session.flush()
