"""The demo's campaigns: two that have ended and one that is live, played by the real use cases.

People act with the rights their roles give them; worker and provider do the rest, as they do for
anybody. Each part looks first at what is there, so a start that was cut short is taken up again.
"""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.delivery import fulfilment
from metatron.apps.campaigns.edge.asked_steps import take_step
from metatron.apps.campaigns.gathering.commitments import commit
from metatron.apps.campaigns.gathering.joining import join_campaign
from metatron.apps.campaigns.gathering.wishes import Wish
from metatron.apps.campaigns.rules.addresses import Destination
from metatron.apps.campaigns.rules.drafts import create_campaign
from metatron.apps.campaigns.rules.tenant_settings import change_settings
from metatron.apps.campaigns.tables import Campaign
from metatron.demo_script import (
    LIVE,
    MEMBERS,
    MISSED,
    REACHED,
    Play,
    email_of,
    fields_of,
    wishes_of,
)
from metatron.demo_waiting import approve_release, until_allocated
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import DomainError
from metatron.kernel.settings import Settings
from metatron.platform.identity.interface import ensure_user
from metatron.platform.tenancy import interface as tenancy
from metatron.processes import start
from metatron.seed import DEMO_SLUG, PEOPLE
from metatron.welcome import FINANCE, ORGANISER, REVIEWER, SUPPLIER

log = structlog.get_logger(__name__)
_PATIENCE_SECONDS = 300.0  # beside other work a machine of two cores took more than one minute
_LOOK_SECONDS = 0.1
_AT_ONCE = 4
UseCase = Callable[..., Awaitable[Any]]


async def stage_demo(settings: Settings) -> str:
    """Play the ended campaigns, publish the live one, and return the path of its public page.

    Nothing that ended is played once somebody has made a campaign of their own: the organisation's
    clock would be moved under it.
    """
    runtime = await start(settings)
    try:
        stage = await Stage.open(runtime.database)
        if not await stage.has_other_campaigns():
            await stage.play_the_past()
        live = await stage.publish(LIVE)
    finally:
        await runtime.close()
    return f"/o/{DEMO_SLUG}/campaigns/{live.slug}"


async def people_demo(settings: Settings) -> int:
    """Let the demo's members commit to the live campaign; return how many of them have."""
    runtime = await start(settings)
    try:
        stage = await Stage.open(runtime.database)
        live = await stage.find(LIVE)
        if live is None or live.state != "live":
            return 0
        return await stage.gather(live, LIVE)
    finally:
        await runtime.close()


@dataclass(slots=True)
class Stage:
    """The demo organisation and the people who run its campaigns."""

    database: Database
    tenant_id: UUID
    organiser: Context
    reviewer: Context
    finance: Context
    supplier: Context

    @classmethod
    async def open(cls, database: Database) -> "Stage":
        """Look up the organisation and its people; they are made by the seed."""
        tenant = await tenancy.tenant_by_slug(database, DEMO_SLUG)
        assert tenant is not None, "the seed makes the demo organisation"
        people = [
            await _member(database, tenant.id, await _person(database, email, PEOPLE[email][0]))
            for email in (ORGANISER, REVIEWER, FINANCE, SUPPLIER)
        ]
        return cls(database, tenant.id, *people)

    async def run(self, use_case: UseCase, context: Context, **arguments: Any) -> Any:
        """Run a use case in a transaction of its own, on the organisation's clock."""
        async with self.database.transaction(context) as session:
            return await use_case(session, context, now=await session_now(session), **arguments)

    async def find(self, play: Play) -> Campaign | None:
        """Return the play's campaign, if it is there."""
        query = select(Campaign).where(
            Campaign.tenant_id == self.tenant_id, Campaign.sku == play.sku
        )
        context = system_context(self.tenant_id)
        async with self.database.transaction(context) as session:
            found = await session.execute(query.order_by(Campaign.created_at, Campaign.id).limit(1))
            return found.scalar_one_or_none()

    async def has_other_campaigns(self) -> bool:
        """Tell whether anybody has made a campaign that is none of these."""
        ours = [play.sku for play in (REACHED, MISSED, LIVE)]
        query = select(Campaign.id).where(
            Campaign.tenant_id == self.tenant_id,
            Campaign.sku.is_(None) | Campaign.sku.not_in(ours),
        )
        context = system_context(self.tenant_id)
        async with self.database.transaction(context) as session:
            return (await session.execute(query.limit(1))).first() is not None

    async def publish(self, play: Play) -> Campaign:
        """Draft the campaign, have it submitted by one person and approved by another."""
        campaign = await self.find(play)
        if campaign is None:
            await self.run(change_settings, self.reviewer, changes={"public_discovery": True})
            campaign = await self.run(
                _draft, self.organiser, play=play, supplier_id=self.supplier.actor_id
            )
        if campaign.state == "draft":
            await self._step(self.organiser, campaign.id, "submit")
        if campaign.state in {"draft", "in_review"}:
            await self._step(self.reviewer, campaign.id, "approve")
        return await self.until(play, *_AFTER_REVIEW)

    async def gather(self, campaign: Campaign, play: Play) -> int:
        """Let the play's members join and commit, a few at a time; return how many have."""
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(number: int, units: int) -> None:
            async with places:
                await self._take_part(campaign, number, units)

        wishes = wishes_of(play)
        async with asyncio.TaskGroup() as group:
            for number, units in wishes:
                group.create_task(one(number, units))
        return len(wishes)

    async def _take_part(self, campaign: Campaign, number: int, units: int) -> None:
        user_id = await _person(self.database, email_of(number), MEMBERS[number])
        await join_campaign(
            self.database,
            Context(self.tenant_id, "user", user_id),
            campaign_id=campaign.id,
            organisation=DEMO_SLUG,
        )
        member = await _member(self.database, self.tenant_id, user_id)
        wish = Wish(
            id=_commitment_id(campaign.id, number),
            units=units,
            terms_version=campaign.terms_version,
            acknowledged_escrow_terms=True,
            acknowledged_may_not_succeed=True,
            payment_method="pm_ok",
            destination=Destination(
                MEMBERS[number], f"{number + 1} Sample Street", "0150", "Oslo", "NO"
            ),
        )
        try:
            await self.run(commit, member, campaign_id=campaign.id, wish=wish)
        except DomainError as refusal:
            # Visitors may have paused or closed it meanwhile; then the demo goes on without.
            log.info("demo_member_refused", code=refusal.code)

    async def play_the_past(self) -> None:
        """Bring one campaign to completion and let another miss its goal, to their last booking."""
        plays = (REACHED, MISSED)
        for play in plays:
            campaign = await self.publish(play)
            if campaign.state == "live":
                await self.gather(campaign, play)
        for play in plays:
            campaign = await self.until(play, *_AFTER_REVIEW)
            assert campaign.deadline_at is not None
            await self.pass_by(campaign.deadline_at)
        reached = await self.until(REACHED, *_DECIDED)
        if reached.state in _BEFORE_INSPECTION:
            await self._deliver(reached)
            reached = await self.until(REACHED, "inspecting", "completed")
        if reached.inspection_ends_at is not None:
            await self.pass_by(reached.inspection_ends_at)
            for person in (self.reviewer, self.finance):
                await approve_release(self.database, person, reached.id)
        await self.until(REACHED, "completed")
        await self.until(MISSED, "failed")

    async def _deliver(self, campaign: Campaign) -> None:
        """Accept, prepare, deliver, from wherever an earlier start has left it."""
        left = _BEFORE_INSPECTION[_BEFORE_INSPECTION.index(campaign.state) :]
        if "awaiting_supplier" in left:
            await self._step(self.supplier, campaign.id, "accept")
        if "confirmed" in left:
            await until_allocated(self.database, self.tenant_id, campaign.id)
            await self._step(self.organiser, campaign.id, "start_procuring")
        if "procuring" in left:
            await self._step(self.organiser, campaign.id, "start_fulfilment")
        for kind, note in (("shipped", "Left the works."), ("delivered", "Left at every door.")):
            await self.run(
                fulfilment.record_fulfilment,
                self.supplier,
                campaign_id=campaign.id,
                kind=kind,
                note=note,
            )
        await self._step(self.organiser, campaign.id, "confirm_delivery")

    async def pass_by(self, instant: datetime) -> None:
        """Advance the organisation's clock past `instant`, if it is not there yet."""
        async with self.database.transaction(self.reviewer) as session:
            now = await session_now(session)
            seconds = int((instant - now).total_seconds()) + 60
            if now <= instant:
                await tenancy.advance_clock(session, self.reviewer, seconds=seconds, now=now)

    async def until(self, play: Play, *states: str) -> Campaign:
        """Wait until the play's campaign is in one of `states`, and return it."""
        ends = time.monotonic() + _PATIENCE_SECONDS
        while True:
            campaign = await self.find(play)
            if campaign is not None and campaign.state in states:
                return campaign
            if time.monotonic() > ends:
                state = campaign.state if campaign else "missing"
                message = f"{play.title} is still {state} after {_PATIENCE_SECONDS:.0f} s"
                raise TimeoutError(message)
            await asyncio.sleep(_LOOK_SECONDS)

    async def _step(self, context: Context, campaign_id: UUID, name: str) -> None:
        await self.run(take_step, context, campaign_id=campaign_id, name=name, reason=None)


_BEFORE_INSPECTION: Sequence[str] = ("awaiting_supplier", "confirmed", "procuring", "fulfilling")
_DECIDED = (*_BEFORE_INSPECTION, "inspecting", "completed", "failing", "failed")
_AFTER_REVIEW = ("live", "paused", "closing", "cancelling", "cancelled", *_DECIDED)


async def _draft(
    session: AsyncSession, context: Context, *, play: Play, supplier_id: UUID, now: datetime
) -> Campaign:
    deadline = (now + timedelta(days=play.days)).replace(minute=0, second=0, microsecond=0)
    # A deadline on the full hour reads better; one day ahead is the least there can be.
    fields = fields_of(play, supplier_id=supplier_id, deadline_at=deadline + timedelta(hours=2))
    return await create_campaign(session, context, fields=fields, now=now)


async def _person(database: Database, email: str, name: str) -> UUID:
    async with database.transaction(system_context()) as session:
        return await ensure_user(
            session, email=email, display_name=name, verified=True, now=utc_now()
        )


async def _member(database: Database, tenant_id: UUID, user_id: UUID) -> Context:
    """Return a member's context with the rights that the member's roles give."""
    access = await tenancy.resolve_access(database, tenant_id, user_id)
    assert access is not None, "whoever acts in the demo is a member of it"
    return Context(tenant_id, "user", user_id, access.permissions, request_id="demo")


def _commitment_id(campaign_id: UUID, number: int) -> UUID:
    """Return the UUIDv7 of a member's commitment, the same one at every start."""
    digest = int.from_bytes(hashlib.sha256(campaign_id.bytes + bytes([number])).digest()[:10])
    value = campaign_id.int >> 80 << 80 | digest
    value = value & ~(0xF << 76) | (0x7 << 76)
    return UUID(int=value & ~(0x3 << 62) | (0x2 << 62))
