"""What steps have changed of very many commitments, written in one statement, not one for each."""

from collections.abc import Sequence

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from metatron.apps.campaigns.tables import Commitment

FEWEST = 20
"""From this number on one large statement costs less than many small ones."""
_CHANGING = (
    "state", "transition_count", "version", "last_transition", "last_reason", "last_actor_kind",
    "last_actor_id", "last_at", "captured_minor", "capture_transfer_id", "charge_attempts",
    "authorised_reference", "provider_reference", "refund_reason", "payout_id",
    "units_allocated", "final_unit_price_minor", "final_amount_minor", "released_bp",
)  # fmt: skip
_WRITE = text(
    "update campaigns.commitment c set "
    + ", ".join(f"{name} = x.{name}" for name in _CHANGING)
    + " from jsonb_populate_recordset(cast(null as campaigns.commitment), cast(:rows as jsonb)) x"
    " where c.tenant_id = x.tenant_id and c.id = x.id"
)


async def write_all(session: AsyncSession, commitments: Sequence[Commitment]) -> None:
    """Write the locked commitments' columns that steps change; the session has less to flush."""
    rows = [
        {"tenant_id": one.tenant_id, "id": one.id}
        | {name: getattr(one, name) for name in _CHANGING}
        for one in commitments
    ]
    with session.no_autoflush:
        await session.execute(_WRITE, {"rows": orjson.dumps(rows, default=str).decode()})
    for one in commitments:
        for name in _CHANGING:
            set_committed_value(one, name, getattr(one, name))
