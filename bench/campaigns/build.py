"""A campaign with very many commitments in escrow, made by bulk statements and ledger calls."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from metatron.apps.campaigns.delivery import fulfilment
from metatron.apps.campaigns.gathering import closing, review
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.accounts import Kind
from metatron.apps.campaigns.money.journal import Journal
from metatron.apps.campaigns.permissions import PERMISSIONS
from metatron.apps.campaigns.rules import drafts, tenant_settings
from metatron.apps.campaigns.supply import supplier
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id

AT_ONCE = 3_000
PRICE_MINOR = 2_000
FEE = {"revenue": "fee", "fee_basis_points": 333, "fee_tax_basis_points": 1_900}
_PLACE = text("""
insert into campaigns.commitment (tenant_id, id, campaign_id, member_id, reference, units,
  unit_price_minor, amount_minor, currency, captured_minor, payment_method, capture_transfer_id,
  provider_reference, placed_at, state, last_transition, last_actor_kind, last_at)
select :tenant_id, x.id, :campaign_id, x.member, x.reference, 1, :price, :price, 'EUR', :price,
  'pm_ok', x.transfer, 'ref_' || x.reference, :at, 'placed', 'place', 'system', :at
from unnest(cast(:ids as uuid[]), cast(:members as uuid[]), cast(:refs as text[]),
  cast(:transfers as uuid[])) x (id, member, reference, transfer)
""")
_MOVE = text("""
update campaigns.commitment set state = :state, last_transition = :step, last_at = :at,
  transition_count = transition_count + 1
where tenant_id = :tenant_id and campaign_id = :campaign_id
""")


class Builder:
    """Builds campaigns of one organisation, in a past that leaves their inspection over by now."""

    def __init__(self, database: Database, tenant_id: UUID) -> None:
        """Name the organisation and its one person, who holds every right."""
        self.database, self.tenant_id = database, tenant_id
        held = frozenset(permission.name for permission in PERMISSIONS)
        self.person = Context(tenant_id, "user", new_id(), held)
        self.other = Context(tenant_id, "user", new_id(), held)
        self.now = datetime.now(UTC) - timedelta(days=40)

    async def run(self, use_case: Any, context: Context | None = None, **given: Any) -> Any:
        """Run a use case in a transaction of its own."""
        context = context or self.person
        async with self.database.transaction(context) as session:
            return await use_case(session, context, now=self.now, **given)

    async def live(self, count: int) -> Campaign:
        """Return a live campaign with `count` commitments in escrow."""
        await self.run(tenant_settings.change_settings, changes=FEE)
        fields = {
            "title": "A measured campaign", "summary": "Measured.", "sku": "M-1",
            "product_name": "Measure", "product_description": "One metre.",
            "picture_url": "/pictures/measure.png", "goal_units": count,
            "unit_price_minor": PRICE_MINOR, "min_units": 1, "max_units": 5,
            "delivery_strategy": "supplier_direct", "supplier_name": "Works",
            "supplier_unit_price_minor": 1_500, "supplier_id": self.person.actor_id,
            "deadline_at": self.now + timedelta(days=7),
        }  # fmt: skip
        created = await self.run(drafts.create_campaign, fields=fields)
        await self.run(review.submit, campaign_id=created.id)
        campaign: Campaign = await self.run(review.approve, self.other, campaign_id=created.id)
        for part in batched(range(count), AT_ONCE):
            await self._place(campaign, len(part))
        for state, step in (("authorising", "instruct"), ("held", "confirm_capture")):
            await self._move(campaign, state, step)
        return campaign

    async def _place(self, campaign: Campaign, count: int) -> None:
        context = system_context(self.tenant_id)
        ids = [new_id() for _ in range(count)]
        values = {
            "tenant_id": self.tenant_id, "campaign_id": campaign.id, "price": PRICE_MINOR,
            "at": self.now, "ids": ids, "members": [new_id() for _ in ids],
            "refs": [f"C-{secrets.token_hex(8)}" for _ in ids],
            "transfers": [new_id() for _ in ids],
        }  # fmt: skip
        async with self.database.transaction(context) as session:
            await session.execute(_PLACE, values)
            query = select(Commitment).where(
                Commitment.tenant_id == self.tenant_id, Commitment.id >= min(ids)
            )
            placed = (await session.execute(query)).scalars().all()
            journal = await books.journal_for(
                session, context, campaign, trigger="provider", now=self.now
            )
            await self._escrow(session, context, journal, placed)

    async def _escrow(
        self, session: Any, context: Context, journal: Journal, placed: Sequence[Commitment]
    ) -> None:
        kinds = (Kind.COMMITMENT_ESCROW, Kind.COMMITMENT_REFUND_DUE, Kind.COMMITMENT_UNITS)
        accounts = [journal.own(kind, each) for each in placed for kind in kinds]
        await books.open_accounts(session, context, accounts)
        bookings = []
        for each in placed:
            bookings += [
                journal.commit_units(each, "pending"),
                journal.capture(each, "pending", PRICE_MINOR),
            ]
        await books.book(session, context, bookings)
        bookings = []
        for each in placed:
            bookings += [
                journal.commit_units(each, "post"),
                journal.capture(each, "post", PRICE_MINOR),
                journal.make_available(each, PRICE_MINOR),
            ]
        for part in batched(bookings, books.AT_ONCE):
            await books.book(session, context, part)

    async def _move(self, campaign: Campaign, state: str, step: str) -> None:
        values = {
            "tenant_id": self.tenant_id, "campaign_id": campaign.id, "state": state,
            "step": step, "at": self.now,
        }  # fmt: skip
        async with self.database.transaction(system_context(self.tenant_id)) as session:
            await session.execute(_MOVE, values)

    async def close(self, campaign: Campaign) -> None:
        """Close the campaign at its deadline, which decides it."""
        self.now += timedelta(days=7)
        await self.run(
            closing.close_at_deadline, system_context(self.tenant_id), campaign_id=campaign.id
        )

    async def accept(self, campaign: Campaign) -> None:
        """Let the supplier accept, which asks for the allocation of every commitment."""
        await self.run(supplier.accept, campaign_id=campaign.id)

    async def decline(self, campaign: Campaign) -> None:
        """Let the supplier decline, which asks for the refund of all."""
        await self.run(supplier.decline, campaign_id=campaign.id, reason="Measured.")

    async def deliver(self, campaign: Campaign) -> None:
        """Take the campaign to an inspection that is over by now."""
        await self.run(fulfilment.start_procuring, campaign_id=campaign.id)
        await self.run(fulfilment.start_fulfilment, campaign_id=campaign.id)
        await self.run(
            fulfilment.record_fulfilment, campaign_id=campaign.id, kind="delivered", note="Done."
        )
        await self.run(fulfilment.confirm_delivery, campaign_id=campaign.id)
