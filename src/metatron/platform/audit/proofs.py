"""A proof that an event is in the sealed log, which anybody can check without this system."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.audit.canonical import COLUMNS, instant, sealed_content
from metatron.platform.audit.checkpoints import Checkpoint
from metatron.platform.audit.merkle import Tree

PAGE = 2_000
"""Events read at once."""
TREES_KEPT = 8
"""Of the checkpoints read last: events come nearly in the sequence in which they were sealed."""
_COLUMNS = ", ".join(f"e.{name}" for name in COLUMNS if name != "payload")
_EVENTS = text(f"""
select {_COLUMNS}, e.payload::text payload, s.sequence, s.previous_hash, s.hash, s.sealed_at,
  c.id checkpoint_id
from kernel.event e
left join audit.seal s on s.tenant_id = e.tenant_id and s.event_id = e.id
left join lateral (
  select id from audit.checkpoint c
  where c.tenant_id = s.tenant_id and c.root is not null
    and s.sequence between c.first and c.count
  order by c.count limit 1) c on true
where e.tenant_id = :tenant_id and e.aggregate_id = any(:aggregate_ids) and e.position > :after
order by e.position limit :most
""")
_CHECKPOINT = text("""
select * from audit.checkpoint where tenant_id = :tenant_id and id = :id
""")
_LEAVES = text("""
select hash from audit.seal where tenant_id = :tenant_id and sequence between :first and :count
order by sequence
""")


async def proofs_of(
    session: AsyncSession, context: Context, *, aggregate_ids: Sequence[UUID]
) -> AsyncIterator[dict[str, Any]]:
    """Yield every event of some records with its proof; None for what no checkpoint covers yet.

    Each is `{"event", "at", "sealed"}`; `sealed` is `{"content", "hash", "path", "checkpoint"}`,
    where `content` is the JSON whose SHA-256 is `hash`, `path` leads from it to the checkpoint's
    root by RFC 9162, and `checkpoint` is the signed statement. Hashes are hex. However many there
    are, few are in memory at once.
    """
    key = {"tenant_id": context.tenant_id, "aggregate_ids": list(aggregate_ids), "most": PAGE}
    trees: dict[UUID, tuple[RowMapping, Tree]] = {}
    after = -1
    while True:
        rows = (await session.execute(_EVENTS, key | {"after": after})).mappings().all()
        for row in rows:
            sealed = None
            if row["checkpoint_id"] is not None:
                sealed = _proof(row, *await _tree(session, context, row["checkpoint_id"], trees))
            yield {"event": row["name"], "at": row["occurred_at"], "sealed": sealed}
        if len(rows) < PAGE:
            return
        after = rows[-1]["position"]


async def _tree(
    session: AsyncSession,
    context: Context,
    checkpoint_id: UUID,
    known: dict[UUID, tuple[RowMapping, Tree]],
) -> tuple[RowMapping, Tree]:
    if checkpoint_id in known:
        return known[checkpoint_id]
    key = {"tenant_id": context.tenant_id, "id": checkpoint_id}
    checkpoint = (await session.execute(_CHECKPOINT, key)).mappings().one()
    window = {
        "tenant_id": context.tenant_id,
        "first": checkpoint["first"],
        "count": checkpoint["count"],
    }
    tree = Tree((await session.execute(_LEAVES, window)).scalars().all())
    known[checkpoint_id] = checkpoint, tree
    if len(known) > TREES_KEPT:
        known.pop(next(iter(known)))
    return checkpoint, tree


def _proof(row: RowMapping, checkpoint: RowMapping, tree: Tree) -> dict[str, Any]:
    at = {
        "sequence": row["sequence"],
        "previous": row["previous_hash"],
        "sealed_at": row["sealed_at"],
    }
    signed = Checkpoint(
        tenant_id=checkpoint["tenant_id"],
        count=checkpoint["count"],
        head=checkpoint["head"],
        signed_at=checkpoint["signed_at"],
        key_id=checkpoint["key_id"],
        first=checkpoint["first"],
        root=checkpoint["root"],
    )
    return {
        "content": sealed_content(dict(row), **at).decode(),
        "hash": row["hash"].hex(),
        "path": [
            {"side": side, "hash": neighbour.hex()}
            for side, neighbour in tree.path(row["sequence"] - checkpoint["first"])
        ],
        "checkpoint": {
            "statement": signed.statement().decode(),
            "signature": checkpoint["signature"].hex(),
            "signed_at": instant(checkpoint["signed_at"]),
            "key_id": checkpoint["key_id"],
        },
    }
