"""An organisation with people who ask and people who approve, and an action that leaves a trace."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import DomainError
from metatron.kernel.events.event import Event, publish
from metatron.kernel.ids import new_id
from metatron.platform.approvals import decisions, requests
from metatron.platform.approvals.interface import Approval, ApprovalAction, register_action

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
ASK, AGREE = "campaigns:organise", "campaigns:settle"
ACTION = "campaigns.test_release"


class DeedDone(Event):
    """The trace of the action."""

    name: ClassVar[str] = "campaigns.deed_done.v1"
    approval_id: UUID
    units: int


class NothingLeft(DomainError):
    """What the action refuses with."""

    status = 409
    code = "nothing_left"
    title = "There is nothing left to release"


async def do_deed(
    session: AsyncSession,
    context: Context,
    *,
    payload: dict[str, Any],
    approval: Approval,
    now: datetime,
) -> dict[str, Any]:
    done = DeedDone(
        aggregate_id=approval.subject_id, approval_id=approval.id, units=payload["units"]
    )
    await publish(session, context, done, now=now)
    if payload.get("refuse"):
        raise NothingLeft
    return {"units": payload["units"], "done_by": str(context.actor_id)}


register_action(
    ApprovalAction(
        name=ACTION,
        title="Release escrow",
        request_permission=ASK,
        approve_permission=AGREE,
        execute=do_deed,
        describe=lambda payload: (
            f"Releases {payload.get('units', 0)} units, {payload['currency']}."
        ),
    )
)


@dataclass
class Office:
    """One tenant, at a time of its own."""

    database: Database
    tenant_id: UUID = field(default_factory=new_id)
    now: datetime = START

    def person(self, *permissions: str) -> Context:
        held = permissions or (ASK, AGREE, "approvals:decide", "approvals:configure")
        return Context(self.tenant_id, "user", new_id(), frozenset(held), request_id="test")

    def impersonated(self, person: Context, operator_id: UUID) -> Context:
        return replace(person, impersonator_id=operator_id)

    @property
    def system(self) -> Context:
        return system_context(self.tenant_id)

    async def run(self, use_case: Any, context: Context, **arguments: Any) -> Any:
        async with self.database.transaction(context) as session:
            return await use_case(session, context, now=self.now, **arguments)

    async def ask(self, context: Context, **changes: Any) -> Approval:
        given: dict[str, Any] = {
            "action": ACTION,
            "subject_kind": "campaign",
            "subject_id": new_id(),
            "payload": {"units": 2},
            "summary": "Release 20.00 EUR to the supplier",
            "reason": "All was delivered",
            "amount_minor": 2_000,
            "currency": "EUR",
        } | changes
        asked: Approval = await self.run(requests.request_approval, context, **given)
        return asked

    async def approve(self, context: Context, approval_id: UUID, **more: Any) -> Approval:
        done: Approval = await self.run(decisions.approve, context, approval_id=approval_id, **more)
        return done

    async def reject(self, context: Context, approval_id: UUID, reason: str = "No.") -> Approval:
        done: Approval = await self.run(
            decisions.reject, context, approval_id=approval_id, reason=reason
        )
        return done

    async def withdraw(self, context: Context, approval_id: UUID) -> Approval:
        done: Approval = await self.run(requests.withdraw, context, approval_id=approval_id)
        return done

    async def expire(self, approval_id: UUID) -> bool:
        done: bool = await self.run(requests.expire, self.system, approval_id=approval_id)
        return done

    async def events(self, name: str = "%") -> list[str]:
        """Names of the tenant's events, the oldest first."""
        async with self.database.transaction(self.system) as session:
            rows = await session.scalars(
                text("select name from kernel.event where name like :name order by position"),
                {"name": name},
            )
            return list(rows)

    async def deeds(self) -> list[str]:
        """The approvals whose action took effect, one entry an effect."""
        async with self.database.transaction(self.system) as session:
            rows = await session.scalars(
                text("select payload ->> 'approval_id' from kernel.event where name = :name"),
                {"name": DeedDone.name},
            )
            return sorted(rows)

    async def row(self, approval_id: UUID) -> Any:
        async with self.database.transaction(self.system) as session:
            found = await session.execute(
                text("select * from approvals.approval where id = :id"), {"id": approval_id}
            )
            return found.one()
