"""What steps have changed of very many commitments, written in one statement, not one for each."""

from collections.abc import Sequence
from functools import cache
from operator import attrgetter

from sqlalchemy import TextClause, inspect, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from metatron.apps.campaigns.tables import Commitment

FEWEST = 20
"""From this number on one large statement costs less than many small ones."""
_CHANGING = {
    "state": "text", "transition_count": "bigint", "version": "bigint", "last_transition": "text",
    "last_reason": "text", "last_actor_kind": "text", "last_actor_id": "uuid",
    "last_at": "timestamptz", "captured_minor": "bigint", "capture_transfer_id": "uuid",
    "charge_attempts": "bigint", "authorised_reference": "text", "provider_reference": "text",
    "refund_reason": "text", "payout_id": "uuid", "units_allocated": "bigint",
    "final_unit_price_minor": "bigint", "final_amount_minor": "bigint", "released_bp": "bigint",
}  # fmt: skip
"""Columns that steps may change, with their types."""


async def write_all(session: AsyncSession, commitments: Sequence[Commitment]) -> None:
    """Write what has changed of the locked commitments; the session has less to flush."""
    changed = [(one, inspect(one).committed_state.keys() & _CHANGING.keys()) for one in commitments]
    names = tuple(sorted(set().union(*(each for _, each in changed))))
    columns = ("id", *names)
    values = {name: list(map(attrgetter(name), commitments)) for name in columns}
    with session.no_autoflush:
        await session.execute(_writing(names), values | {"tenant_id": commitments[0].tenant_id})
    for one, each in changed:
        for name in each:
            set_committed_value(one, name, getattr(one, name))


@cache
def _writing(names: tuple[str, ...]) -> TextClause:
    """Return the statement that writes these columns, each given as one array beside the ids."""
    arrays = ", ".join(f"cast(:{name} as {_CHANGING[name]}[])" for name in names)
    written = ", ".join(f"{name} = x.{name}" for name in names)
    given = ", ".join(("id", *names))
    return text(
        "update campaigns.commitment c set " + written
        + " from unnest(cast(:id as uuid[]), " + arrays + ") x (" + given + ")"
        " where c.tenant_id = cast(:tenant_id as uuid) and c.id = x.id"
    )  # fmt: skip
