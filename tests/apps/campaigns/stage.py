"""A stage for whole campaigns: real use cases, jobs and books, and a clock the test moves.

Jobs and events are taken from the outbox as the relay would, but run here, at the stage's own
time. What the provider answers is the test's choice, recorded through the payments module itself.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import orjson
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from metatron.apps.campaigns.delivery import fulfilment, issues
from metatron.apps.campaigns.edge import asked_steps
from metatron.apps.campaigns.gathering import commitments
from metatron.apps.campaigns.gathering.wishes import Wish
from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.machine.messages import TELL
from metatron.apps.campaigns.module import MODULE as CAMPAIGNS
from metatron.apps.campaigns.money import refunds
from metatron.apps.campaigns.money.refunds import COMMITMENT_TARGET
from metatron.apps.campaigns.permissions import PERMISSIONS
from metatron.apps.campaigns.rules import drafts
from metatron.apps.campaigns.rules.addresses import Destination
from metatron.apps.campaigns.rules.tenant_settings import change_settings
from metatron.apps.campaigns.supply import consenting, supplier
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import DeliveredEvent
from metatron.kernel.events.registry import Registry
from metatron.kernel.ids import new_id
from metatron.platform.approvals.decisions import approve
from metatron.platform.approvals.interface import Approval
from metatron.platform.payments import interface as payments
from metatron.platform.payments.events import ObservationRecorded
from metatron.platform.payments.instructions import SEND_JOB, begin_attempt
from metatron.platform.payments.statement_tables import ObservationRow
from metatron.platform.payments.tables import InstructionRow

Answer = Literal["confirmed", "failed", "short", "unknown"]
START = datetime(2041, 3, 4, 9, tzinfo=UTC)
"""Ahead of the machine's clock, so that what is to run at once is due."""
FIELDS: dict[str, Any] = {
    "title": "Steel bottles, together",
    "summary": "One size, one colour.",
    "sku": "BTL-750",
    "product_name": "Steel bottle 750 ml",
    "product_description": "Double wall, one colour.",
    "picture_url": "/pictures/bottle.png",
    "goal_units": 10,
    "unit_price_minor": 1_999,
    "min_units": 1,
    "max_units": 6,
    "delivery_strategy": "supplier_direct",
    "supplier_name": "Northern Metalworks",
    "supplier_unit_price_minor": 1_500,
}
HOME = Destination("Ada Lovelace", "12 Engine Row", "1815", "Oslo", "NO")
_DUE = """
select o.id, o.kind, o.name, o.arguments, e.aggregate_id, e.occurred_at, e.payload
from kernel.outbox o left join kernel.event e on e.tenant_id = o.tenant_id and e.id = o.id
where o.tenant_id = $1 and (o.kind = 'event' or o.run_at <= $2)
order by o.id
"""
_OBSERVED = (
    "action", "provider", "source_reference", "instruction_id", "target_kind", "target_id",
    "amount_minor", "fee_minor", "currency", "occurred_at",
)  # fmt: skip
# What the runner leaves of a delivery.
_MARK = text("""
insert into kernel.delivery (tenant_id, id, handler)
select :tenant_id, :id, unnest(cast(:handlers as text[])) on conflict do nothing
""")


@dataclass
class Stage:
    """One organisation with its people, at a time of its own."""

    database: Database
    tenant_id: UUID = field(default_factory=new_id)
    now: datetime = START
    unsent: list[UUID] = field(default_factory=list)
    """Instructions the provider has not answered yet."""
    delivered: list[dict[str, Any]] = field(default_factory=list)
    """Provider events as delivered, for repeating them."""
    told: list[tuple[UUID, int]] = field(default_factory=list)
    pays_by_itself: bool = True
    """Whether releases need no person, which is not the default; settled with the first draft."""

    def __post_init__(self) -> None:
        self.registry = Registry([CAMPAIGNS])
        self.organiser = self.person("organise", "read", "books")
        self.reviewer = self.person("review", "read", "configure", "organise")
        self.finance = self.person("settle", "read", "books")
        self.supplier = self.person("supply")

    def person(self, *verbs: str) -> Context:
        """Return a new person holding `campaigns:<verb>` for each verb."""
        held = frozenset(f"campaigns:{verb}" for verb in verbs)
        assert held <= {permission.name for permission in PERMISSIONS}
        return Context(self.tenant_id, "user", new_id(), held, request_id="test")

    def member(self) -> Context:
        return self.person("commit")

    async def run(self, use_case: Any, context: Context, **arguments: Any) -> Any:
        """Run a use case in a transaction of its own, at the stage's time."""
        async with self.database.transaction(context) as session:
            return await use_case(session, context, now=self.now, **arguments)

    async def run_now(self, use_case: Any, context: Context, **arguments: Any) -> Any:
        """Run a use case that asks for no time."""
        async with self.database.transaction(context) as session:
            return await use_case(session, context, **arguments)

    async def step(self, context: Context, campaign: Campaign, name: str, why: str = "") -> Any:
        done = await self.run(
            asked_steps.take_step, context, campaign_id=campaign.id, name=name, reason=why or None
        )
        return await self.approve(done) if isinstance(done, Approval) else done

    async def approve(self, approval: Approval | UUID) -> Approval:
        """Let others, who hold every right, approve: as many as it needs."""
        approval_id = approval if isinstance(approval, UUID) else approval.id
        while True:
            done: Approval = await self.run(approve, self.approver(), approval_id=approval_id)
            if done.state != "requested":
                return done

    def approver(self) -> Context:
        """Return a new person with every right."""
        held = frozenset(p.name for p in PERMISSIONS) | {"approvals:decide"}
        return Context(self.tenant_id, "user", new_id(), held, request_id="test")

    async def draft(self, **changes: Any) -> Campaign:
        if self.pays_by_itself:
            await self.run(change_settings, self.reviewer, changes={"auto_payout": True})
            self.pays_by_itself = False
        fields = FIELDS | {
            "supplier_id": self.supplier.actor_id,
            "deadline_at": self.now + timedelta(days=7),
        }
        created: Campaign = await self.run(
            drafts.create_campaign, self.organiser, fields=fields | changes
        )
        return created

    async def live(self, **changes: Any) -> Campaign:
        campaign = await self.draft(**changes)
        await self.step(self.organiser, campaign, "submit")
        await self.step(self.reviewer, campaign, "approve")
        await self.settle()
        return await self.fresh(campaign)

    async def commit(
        self,
        campaign: Campaign,
        units: int,
        member: Context | None = None,
        *,
        payment_method: str = "pm_ok",
    ) -> Any:
        wish = Wish(
            id=new_id(),
            units=units,
            terms_version=campaign.terms_version,
            acknowledged_escrow_terms=True,
            acknowledged_may_not_succeed=True,
            payment_method=payment_method,
            destination=HOME,
        )
        return await self.run(
            commitments.commit, member or self.member(), campaign_id=campaign.id, wish=wish
        )

    async def withdraw(self, commitment: Commitment) -> Any:
        member = Context(
            self.tenant_id, "user", commitment.member_id, frozenset({"campaigns:commit"})
        )
        return await self.run(commitments.withdraw, member, commitment_id=commitment.id)

    async def complain(self, commitment: Commitment) -> Any:
        member = Context(
            self.tenant_id, "user", commitment.member_id, frozenset({"campaigns:commit"})
        )
        return await self.run(
            issues.open_issue,
            member,
            commitment_id=commitment.id,
            category="damaged",
            text="A dent.",
        )

    async def accept(self, campaign: Campaign, units: int | None = None) -> Any:
        """Let the supplier accept all, or a part."""
        accepted = await self.run(
            supplier.accept, self.supplier, campaign_id=campaign.id, units=units
        )
        await self.settle()
        return accepted

    async def consent(self, commitment: Commitment, answer: str) -> Any:
        member = Context(
            self.tenant_id, "user", commitment.member_id, frozenset({"campaigns:commit"})
        )
        return await self.run(
            consenting.answer_consent, member, commitment_id=commitment.id, answer=answer
        )

    async def resolve(self, issue: Any, outcome: str, refund_minor: int | None = None) -> Any:
        return await self.run(
            issues.decide_issue,
            self.finance,
            issue_id=issue.id,
            outcome=outcome,
            resolution="Looked at the picture.",
            refund_minor=refund_minor,
        )

    async def retry_refund(self, commitment: Commitment) -> Any:
        return await self.run(refunds.retry_refund, self.finance, commitment_id=commitment.id)

    async def return_part(
        self, commitment: Commitment, amount_minor: int, reason: str | None = None
    ) -> Any:
        """Return a part as the use cases of other rooms do: under the campaign's shared lock."""
        context = system_context(self.tenant_id)
        async with self.database.transaction(context) as session:
            campaign = await lock_campaign(session, context, commitment.campaign_id, shared=True)
            [refund] = await refunds.return_part(
                session, context, campaign, parts=[(commitment, amount_minor)],
                reason_code="supplier_unable", trigger="supplier", now=self.now, reason=reason,
            )  # fmt: skip
            return refund

    async def deliver(self, campaign: Campaign) -> None:
        """Take an accepted campaign through procuring and delivery into inspection."""
        await self.settle()
        await self.step(self.organiser, campaign, "start_procuring")
        await self.step(self.organiser, campaign, "start_fulfilment")
        await self.run(
            fulfilment.record_fulfilment,
            self.supplier,
            campaign_id=campaign.id,
            kind="delivered",
            note="Left at the door.",
        )
        await self.step(self.organiser, campaign, "confirm_delivery")

    async def pass_time(self, **duration: float) -> None:
        self.now += timedelta(**duration)
        await self.settle()

    async def fresh(self, row: Any) -> Any:
        async with self.database.transaction(system_context(self.tenant_id)) as session:
            return await session.get(type(row), (self.tenant_id, row.id))

    async def commitments_of(self, campaign: Campaign, *states: str) -> list[Commitment]:
        query = select(Commitment).where(
            Commitment.tenant_id == self.tenant_id, Commitment.campaign_id == campaign.id
        )
        if states:
            query = query.where(Commitment.state.in_(states))
        async with self.database.transaction(system_context(self.tenant_id)) as session:
            return list((await session.execute(query.order_by(Commitment.id))).scalars())

    async def settle(self) -> None:
        """Run everything that is due, until nothing is left but the provider's answers."""
        while await self.run_due():
            pass

    async def run_due(self) -> int:
        rows = await self.take_due()
        for row in rows:
            await self.handle(row)
        return len(rows)

    async def take_due(self) -> list[dict[str, Any]]:
        rows = await self.database.system.fetch(_DUE, self.tenant_id, self.now)
        await self.database.system.execute(
            "delete from kernel.outbox where tenant_id = $1 and id = any($2::uuid[])",
            self.tenant_id,
            [row["id"] for row in rows],
        )
        return [dict(row) for row in rows]

    async def handle(self, row: dict[str, Any]) -> None:
        """Do what one row of the outbox asks for."""
        if row["kind"] == "event":
            await self._deliver(row)
        else:
            await self._work(row["name"], orjson.loads(row["arguments"]))

    async def _work(self, name: str, arguments: dict[str, Any]) -> None:
        if name == SEND_JOB:
            self.unsent.append(UUID(arguments["instruction_id"]))
        elif name == TELL:
            self.told.append((UUID(arguments["subject_id"]), arguments["ordinal"]))
        elif name in self.registry.jobs:
            job = self.registry.jobs[name]
            await self.run(job.handler, system_context(self.tenant_id), **arguments)

    async def _deliver(self, row: dict[str, Any]) -> None:
        if row["name"] in self.registry.subscriptions:
            self.delivered.append(row)
            await self.deliver_again(row)
            handlers = [each.subscriber for each in self.registry.subscriptions[row["name"]]]
            mark = {"tenant_id": self.tenant_id, "id": row["id"], "handlers": handlers}
            async with self.database.transaction(system_context(self.tenant_id)) as session:
                await session.execute(_MARK, mark)

    async def deliver_again(self, row: dict[str, Any]) -> None:
        """Hand one event to its subscribers, below the mark that makes deliveries single."""
        for subscription in self.registry.subscriptions[row["name"]]:
            if not subscription.when(orjson.loads(row["payload"])):
                continue
            event = DeliveredEvent(
                id=row["id"],
                name=row["name"],
                tenant_id=self.tenant_id,
                aggregate_id=row["aggregate_id"],
                occurred_at=row["occurred_at"],
                payload=orjson.loads(row["payload"]),
            )
            await self.run(subscription.handler, system_context(self.tenant_id), event=event)

    async def observe(
        self,
        action: str,
        commitment_id: UUID | None,
        amount_minor: int,
        *,
        reference: str,
        target_kind: str = COMMITMENT_TARGET,
        fee_minor: int = 0,
    ) -> dict[str, Any]:
        """Let the payments module tell what was done at the provider's desk; returns the event."""
        row_id = new_id()
        event = ObservationRecorded(
            aggregate_id=commitment_id or row_id,
            observation_id=row_id,
            action=action,
            provider="sandbox",
            provider_reference=reference,
            source_reference="auth_1",
            instruction_id=None,
            target_kind=target_kind if commitment_id else None,
            target_id=commitment_id,
            amount_minor=amount_minor,
            fee_minor=fee_minor,
            currency="EUR",
            occurred_at=self.now,
        )
        context = system_context(self.tenant_id)
        kept = {name: getattr(event, name) for name in _OBSERVED}
        kept |= {"tenant_id": self.tenant_id, "id": row_id, "reference": reference,
                 "origin": "webhook", "recorded_at": self.now}  # fmt: skip
        async with self.database.transaction(context) as session:
            about = select(InstructionRow.id).where(
                InstructionRow.tenant_id == self.tenant_id,
                InstructionRow.target_id == commitment_id,
            )
            kept["instruction_id"] = (await session.execute(about.limit(1))).scalar_one_or_none()
            if kept["instruction_id"] is None:
                kept |= {"target_kind": None, "target_id": None}
            await session.execute(insert(ObservationRow).values(kept).on_conflict_do_nothing())
            await publish(session, context, event, now=self.now)
        await self.settle()
        told = [row for row in self.delivered if row["name"] == ObservationRecorded.name]
        return told[-1]

    async def answer(self, instruction_id: UUID, answer: Answer = "confirmed") -> None:
        """Let the provider answer one instruction."""
        context = system_context(self.tenant_id)
        async with self.database.transaction(context) as session:
            await begin_attempt(session, context, instruction_id=instruction_id, now=self.now)
            given = await payments.get_instruction(session, context, instruction_id=instruction_id)
            outcome: payments.Outcome
            if answer == "unknown":
                outcome = payments.Unknown("timeout")
            elif answer == "failed":
                outcome = payments.Failed("refused")
            else:
                amount = given.amount_minor
                if answer == "short" and given.kind == "capture":
                    amount = max(1, amount // 2)
                outcome = payments.Confirmed(f"ref_{instruction_id.hex}", amount)
            await payments.record_outcome(
                session, context, instruction_id=instruction_id, outcome=outcome, now=self.now
            )
        if answer != "unknown":
            self.unsent = [each for each in self.unsent if each != instruction_id]

    async def answer_all(self, answer: Answer = "confirmed", seed: int | None = None) -> None:
        """Let the provider answer everything it was told, also what follows from that."""
        await self.settle()
        chance = random.Random(seed)
        while self.unsent:
            waiting = list(self.unsent)
            if seed is not None:
                chance.shuffle(waiting)
            for instruction_id in waiting:
                await self.answer(instruction_id, answer)
            await self.settle()
