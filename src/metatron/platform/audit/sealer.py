"""The worker's loop: seal every second, sign checkpoints every minute."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from metatron.kernel.clock import utc_now
from metatron.kernel.database.lost import outlived
from metatron.kernel.ids import new_id
from metatron.platform.audit.checkpoints import Checkpoint, CheckpointFiles, CheckpointSigner
from metatron.platform.audit.sealing import MOST_EVENTS, seal_round

# Chains that have grown since their newest checkpoint.
_GROWN = """
with recursive tenant as (
  (select tenant_id from audit.seal order by tenant_id limit 1)
  union all
  select (select s.tenant_id from audit.seal s
          where s.tenant_id > tenant.tenant_id order by s.tenant_id limit 1)
  from tenant where tenant.tenant_id is not null
)
select tenant.tenant_id, s.sequence, coalesce(c.count, 0) as signed
from tenant cross join lateral (
  select sequence from audit.seal s
  where s.tenant_id = tenant.tenant_id order by sequence desc limit 1) s
left join lateral (
  select count from audit.checkpoint c
  where c.tenant_id = tenant.tenant_id order by count desc limit 1) c on true
where c.count is distinct from s.sequence
"""
_KEEP = """
insert into audit.checkpoint (tenant_id, id, count, head, signed_at, key_id, signature, first, root)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_SEALS = """
select hash from audit.seal where tenant_id = $1 and sequence > $2 and sequence <= $3
order by sequence
"""
Sources = Callable[[], Awaitable[list[Any]]]


class Sealer:
    """One sealer works at a time; others wait in reserve.

    Args:
        sources: lists the system pools of all databases that hold events.
        data_dir: where the audit key and the checkpoint files are.
    """

    def __init__(self, sources: Sources, data_dir: Path, *, most: int = MOST_EVENTS) -> None:
        """Prepare; the key is made at the first checkpoint. `most` events are sealed at once."""
        self._most = most
        self.sources = sources
        self._data_dir = data_dir
        self._signer: CheckpointSigner | None = None

    async def run(self, *, seal_seconds: float = 1.0, checkpoint_seconds: float = 60.0) -> None:
        """Work until cancelled; a lost database is waited for."""
        due = time.monotonic() + checkpoint_seconds
        while True:
            busy = False
            with outlived("sealer_waits"):
                busy = await self.seal()
                if time.monotonic() >= due:
                    await self.checkpoint()
                    due = time.monotonic() + checkpoint_seconds
            if not busy:
                await asyncio.sleep(seal_seconds)

    async def seal(self) -> bool:
        """Seal one round of every database; True when some have more to seal."""
        rounds = [await seal_round(source, self._most) for source in await self.sources()]
        return any(sealed == self._most for sealed in rounds)

    async def checkpoint(self) -> list[Checkpoint]:
        """Sign the heads of all chains that have grown, and keep them inside and outside.

        The file is written first: a statement that is only outside is still true.
        """
        signer = self._signer = self._signer or CheckpointSigner(self._data_dir)
        files = CheckpointFiles(self._data_dir)
        signed: list[Checkpoint] = []
        for source in await self.sources():
            now = utc_now()
            fresh = []
            for tenant_id, count, before in await source.fetch(_GROWN):
                seals = [
                    row["hash"] for row in await source.fetch(_SEALS, tenant_id, before, count)
                ]
                fresh.append(signer.sign(tenant_id, seals, count, now))
            await asyncio.to_thread(files.append, fresh)
            await source.executemany(
                _KEEP,
                [
                    (
                        c.tenant_id,
                        new_id(),
                        c.count,
                        c.head,
                        c.signed_at,
                        c.key_id,
                        c.signature,
                        c.first,
                        c.root,
                    )
                    for c in fresh
                ],
            )
            signed += fresh
        return signed
