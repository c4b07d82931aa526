"""The worker's loop: seal every second, sign checkpoints every minute."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog

from metatron.kernel.clock import utc_now
from metatron.kernel.database.lost import PASSED_OVER, outlived
from metatron.kernel.ids import new_id
from metatron.platform.audit.checkpoints import Checkpoint, CheckpointFiles, CheckpointSigner
from metatron.platform.audit.sealing import MOST_EVENTS, is_unsealed, seal_round

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
log = structlog.get_logger(__name__)
AWAY_SECONDS = 5.0
"""After which a dedicated database that was away or busy is tried again."""
Sources = Callable[[], Awaitable[list[Any]]]
Again = Callable[[Any, float], None]


class Sealer:
    """One sealer works at a time; others wait in reserve.

    Args:
        sources: lists the system pools of all databases that hold events.
        data_dir: where the audit key and the checkpoint files are.
        most: events that are sealed at once.
        grown: lists those in which chains may have grown since it was last asked; all without it.
        again: is told of a source that has events left, and in how many seconds to look.
    """

    def __init__(
        self,
        sources: Sources,
        data_dir: Path,
        *,
        most: int = MOST_EVENTS,
        grown: Sources | None = None,
        again: Again = lambda _source, _seconds: None,
    ) -> None:
        """Prepare; the key is made at the first checkpoint."""
        self._most = most
        self.sources = sources
        self._grown = grown
        self._again = again
        self._data_dir = data_dir

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
        home, *others = await self.sources()
        rounds = [await seal_round(home, self._most)]
        rounds += [await self._seal_away(source) for source in others]
        return any(sealed == self._most for sealed in rounds)

    async def _seal_away(self, source: Any) -> int:
        """Seal one round of a dedicated database; one that is away or busy stops no other."""
        try:
            sealed = await seal_round(source, self._most, quietly=True)
            if await is_unsealed(source):
                self._again(source, 0.0)
        except PASSED_OVER as error:
            log.warning("sealer_passes_over", error=f"{type(error).__name__}: {error}")
            self._again(source, AWAY_SECONDS)
            return 0
        return sealed

    async def checkpoint(self) -> list[Checkpoint]:
        """Sign the heads of all chains that have grown, and keep them inside and outside.

        The file is written first: a statement that is only outside is still true.
        """
        # Read each time: `metatron audit rotate` takes effect without a restart.
        signer = CheckpointSigner(self._data_dir)
        files = CheckpointFiles(self._data_dir)
        home, *others = await (self._grown or self.sources)()
        signed = await _sign(home, signer, files)
        for source in others:
            try:
                signed += await _sign(source, signer, files)
            except PASSED_OVER as error:
                # The chain is still longer than its checkpoint at the next look.
                log.warning("sealer_passes_over", error=f"{type(error).__name__}: {error}")
                self._again(source, AWAY_SECONDS)
        return signed


async def _sign(source: Any, signer: CheckpointSigner, files: CheckpointFiles) -> list[Checkpoint]:
    now = utc_now()
    fresh = []
    for tenant_id, count, before in await source.fetch(_GROWN):
        seals = [row["hash"] for row in await source.fetch(_SEALS, tenant_id, before, count)]
        fresh.append(signer.sign(tenant_id, seals, count, now))
    if not fresh:
        return []
    await asyncio.to_thread(files.append, fresh)
    rows = [
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
    ]
    await source.executemany(_KEEP, rows)
    return fresh
