"""Many tenants at once, each by its onboarding; known ones are passed over, so it bears repetition.

What tells a tenant is its short name: a wish whose tenant is there is done, one whose onboarding
was cut short goes on where it stopped.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import DomainError, NotFound
from metatron.platform.tenancy.onboarding import retry_onboarding, start_onboarding
from metatron.platform.tenancy.onboarding_keys import take_key
from metatron.platform.tenancy.onboarding_runner import run_onboarding
from metatron.platform.tenancy.wishes import Wish

HANDED_OVER = timedelta(minutes=10)
"""A worker goes on with what a killed command has not finished by then."""
_KNOWN = text("""
select t.slug, t.placement, o.id as onboarding_id from tenancy.tenant t
left join tenancy.onboarding o on o.tenant_id = t.id and o.state = 'succeeded'
where t.slug = any(:slugs) and t.deleted_at is null and t.state <> 'provisioning'
union all
select o.request ->> 'slug', null, o.id from tenancy.onboarding o
where o.request ->> 'slug' = any(:slugs) and o.state in ('running', 'failed')
""")


@dataclass(slots=True)
class Provisioned:
    """How many tenants were made, were there, and why others failed, by their short names."""

    counts: Counter[str] = field(default_factory=Counter)
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is there: `placement` is None while the onboarding is not over."""

    placement: str | None
    onboarding_id: UUID | None


class Provisioning:
    """One run over a list of wishes.

    Args:
        database: the process's database, with the owner's address if any is to be dedicated.
        now: the instant of all of them.
        mails: let the owners be written to, as an operator's onboarding does.
        keep_key: is given each new tenant's short name and its first API key, once.
        progress: is told each tenant's outcome.
    """

    def __init__(
        self,
        database: Database,
        *,
        now: datetime,
        mails: bool = True,
        keep_key: Callable[[str, str], None] | None = None,
        progress: Callable[[str], None] = lambda _said: None,
    ) -> None:
        self._database, self._now, self._mails = database, now, mails
        self._keep_key, self._progress = keep_key, progress
        self.done = Provisioned()

    async def run(self, wishes: Sequence[Wish], *, workers: int = 4) -> Provisioned:
        """Bring all of them into being, `workers` at a time; a refusal does not stop the others."""
        known = await self._known([wish.slug for wish in wishes])
        left = iter(wishes)
        await asyncio.gather(*(self._work(left, known, len(wishes)) for _ in range(workers)))
        return self.done

    async def _work(self, left: Iterator[Wish], known: dict[str, _Known], total: int) -> None:
        for wish in left:
            try:
                outcome = await self._one(wish, known.get(wish.slug))
            except DomainError as refusal:
                outcome = "failed"
                self.done.failed[wish.slug] = f"{refusal.code}: {refusal.detail}"
            self.done.counts[outcome] += 1
            said = self.done.failed.get(wish.slug, outcome)
            self._progress(f"{self.done.counts.total()} of {total}  {wish.slug}: {said}")

    async def _one(self, wish: Wish, known: _Known | None) -> str:
        if known is not None and known.placement is not None:
            if known.placement != wish.placement:
                self.done.failed[wish.slug] = f"is there already, but {known.placement}"
                return "failed"
            await self._take_key(wish.slug, known.onboarding_id)
            return "there"
        onboarding_id = await self._begin(wish, known)
        state = await run_onboarding(self._database, onboarding_id=onboarding_id, now=self._now)
        if state != "succeeded":
            self.done.failed[wish.slug] = await self._why(onboarding_id)
            return "failed"
        await self._take_key(wish.slug, onboarding_id)
        return "made" if known is None else "resumed"

    async def _begin(self, wish: Wish, known: _Known | None) -> UUID:
        context = system_context()
        async with self._database.transaction(context, door="system") as session:
            if known is not None and known.onboarding_id is not None:
                await retry_onboarding(
                    session, context, onboarding_id=known.onboarding_id, now=self._now
                )
                return known.onboarding_id
            request = wish.request() | {"mails": self._mails}
            made = await start_onboarding(
                session, context, request=request, now=self._now, run_at=self._now + HANDED_OVER
            )
            return made.id

    async def _take_key(self, slug: str, onboarding_id: UUID | None) -> None:
        if self._keep_key is None or onboarding_id is None:
            return
        async with self._database.transaction(system_context(), door="system") as session:
            try:
                self._keep_key(slug, await take_key(session, onboarding_id=onboarding_id))
            except NotFound:
                # It was taken before, or nobody came for it in a day.
                return

    async def _known(self, slugs: list[str]) -> dict[str, _Known]:
        async with self._database.transaction(system_context(), door="system") as session:
            rows = (await session.execute(_KNOWN, {"slugs": slugs})).all()
        return {row.slug: _Known(row.placement, row.onboarding_id) for row in rows}

    async def _why(self, onboarding_id: UUID) -> str:
        rows = await self._database.system.fetch(
            "select name, last_error from tenancy.onboarding_step"
            " where onboarding_id = $1 and last_error is not null order by position",
            onboarding_id,
        )
        return "; ".join(f"{row['name']}: {row['last_error']}" for row in rows) or "undone"
