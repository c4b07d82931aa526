"""Campaigns from draft to end, over the public API: one that succeeds, one that misses its goal."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bench.night.book import Book
from bench.night.client import Client, Refused
from bench.night.organisations import Organisation
from metatron.kernel.ids import new_id

PRICE_MINOR = 2_499
LOOK_SECONDS = 0.4
PATIENCE_SECONDS = 240.0
HOME = {
    "recipient": "A Member", "street": "1 Sample Street", "postal_code": "0150", "city": "Oslo",
    "country": "NO",
}  # fmt: skip
METHODS = ("pm_ok",) * 8 + ("pm_declined", "pm_insufficient_funds")


class Stuck(Exception):
    """Something did not come about for minutes after all faults had time to heal."""


@dataclass(slots=True)
class Seasons:
    """Plays the campaigns of one organisation."""

    book: Book
    organisation: Organisation
    chance: random.Random

    async def one(self, *, days: int = 3) -> None:
        """Play two campaigns side by side, from draft to end."""
        reached = await self.publish("reached", goal=1, days=days)
        missed = await self.publish("missed", goal=5_000, days=days)
        async with asyncio.TaskGroup() as group:
            for number, member in enumerate(self.organisation.members):
                group.create_task(self._takes_part(member, missed if number % 3 == 2 else reached))
        await self.end(reached, missed, days=days)

    async def end(self, *campaigns: dict[str, Any], days: int) -> None:
        """Close campaigns at their deadline: the goal of the first is reached, of others missed."""
        reached, *missed = campaigns
        for campaign in campaigns:
            await self._until_decided(campaign["id"])
        await self.organisation.advance(self.book, days * 86_400 + 60)
        decided = await self._until(reached["id"], "awaiting_supplier", "failed")
        if decided["state"] == "failed":  # nobody's payment went through
            missed.append(reached)
        else:
            await self._deliver(reached["id"])
            await self.organisation.advance(self.book, 7 * 86_400 + 60)
            await self._approve_release(reached["id"])
            await self._until(reached["id"], "completed")
        for campaign in missed:
            await self._until(campaign["id"], "failed")

    async def publish(self, name: str, *, goal: int, days: int) -> dict[str, Any]:
        """Draft, submit and approve a campaign; returns it."""
        staff = self.organisation
        now = datetime.fromisoformat((await staff.reviewer.get("/clock"))["now"])
        body = {
            "title": f"Steel bottles, {name} {new_id().hex[-6:]}", "summary": "One delivery.",
            "product": {"sku": "B-1", "name": "Steel bottle", "description": "Double wall."},
            "picture_url": "/pictures/steel-bottle.svg", "goal_units": goal,
            "unit_price_minor": PRICE_MINOR, "currency": "EUR", "min_units": 1,
            "max_units": 100_000, "deadline_at": (now + timedelta(days=days)).isoformat(),
            "delivery_strategy": "supplier_direct", "supplier_id": str(staff.supplier_id),
            "supplier_name": "Northern Metalworks", "supplier_unit_price_minor": 1_900,
        }  # fmt: skip
        campaign = await staff.organiser.post("/campaigns", body)
        self.book.notes("campaign", staff.tenant_id, UUID(campaign["id"]), title=body["title"])
        await self._step(staff.organiser, campaign["id"], "submit")
        await self._step(staff.reviewer, campaign["id"], "approve")
        return await self._until(campaign["id"], "live")

    async def _takes_part(self, member: Client, campaign: dict[str, Any]) -> None:
        await self.join(member, campaign)
        await asyncio.sleep(self.chance.uniform(0, 1.5))
        commitment = await self.commit(member, campaign)
        if commitment is not None and self.chance.random() < 0.2:
            await self.withdraw(member, commitment)

    async def join(self, member: Client, campaign: dict[str, Any]) -> None:
        """Join the organisation by one of its campaigns, and work there."""
        await member.post(f"/campaigns/{campaign['id']}/join", {})
        member.switch(str(self.organisation.tenant_id))

    async def commit(self, member: Client, campaign: dict[str, Any]) -> UUID | None:
        """Commit to some units; returns the commitment's id, None if the campaign is over."""
        tenant_id, commitment = self.organisation.tenant_id, new_id()
        units, method = self.chance.randint(1, 3), self.chance.choice(METHODS)
        self.book.asks("commitment", tenant_id, commitment)
        body = {
            "id": str(commitment), "units": units, "acknowledged_escrow_terms": True,
            "acknowledged_may_not_succeed": True, "terms_version": "3", "payment_method": method,
            "delivery": HOME,
        }  # fmt: skip
        try:
            placed = await member.post(f"/campaigns/{campaign['id']}/commitments", body)
        except Refused as refused:
            if refused.status != 409:
                raise
            return None
        self.book.notes(
            "commitment", tenant_id, commitment, campaign=campaign["id"], units=units,
            amount_minor=placed["amount_minor"], method=method,
        )  # fmt: skip
        return commitment

    async def withdraw(self, member: Client, commitment: UUID) -> None:
        """Withdraw; what was declined meanwhile cannot be, and says so."""
        self.book.asks("withdrawal", self.organisation.tenant_id, commitment)
        try:
            await member.post(f"/commitments/{commitment}/withdraw", {})
        except Refused as refused:
            if refused.status != 409:
                raise
            return
        self.book.notes("withdrawal", self.organisation.tenant_id, commitment)

    async def _step(self, who: Client, campaign_id: str, name: str) -> None:
        await who.post(f"/campaigns/{campaign_id}/transitions", {"name": name})
        self.book.notes("step", self.organisation.tenant_id, UUID(campaign_id), name=name)

    async def _until(self, campaign_id: str, *states: str) -> dict[str, Any]:
        async def there() -> Any:
            campaign = await self.organisation.organiser.get(f"/campaigns/{campaign_id}")
            return campaign if campaign["state"] in states else None

        found: dict[str, Any] = await _come_about(there, f"{campaign_id} is {states}")
        return found

    async def _until_decided(self, campaign_id: str) -> None:
        async def decided() -> Any:
            for state in ("authorising", "withdrawn", "refund_due"):
                path = f"/campaigns/{campaign_id}/commitments?state={state}&limit=1"
                if (await self.organisation.organiser.get(path))["items"]:
                    return None
            return True

        await _come_about(decided, f"every capture of {campaign_id} is decided")

    async def _deliver(self, campaign_id: str) -> None:
        staff, supply = self.organisation, f"/supplier/campaigns/{campaign_id}"
        tenant_id, subject = staff.tenant_id, UUID(campaign_id)
        await staff.supplier.post(f"{supply}/accept", {})
        self.book.notes("step", tenant_id, subject, name="accept")

        async def allocated() -> Any:
            return (await staff.organiser.get(f"/campaigns/{campaign_id}"))["allocated_at"]

        await _come_about(allocated, f"{campaign_id} is allocated")
        await self._step(staff.organiser, campaign_id, "start_procuring")
        await self._step(staff.organiser, campaign_id, "start_fulfilment")
        for kind in ("shipped", "delivered"):
            await staff.supplier.post(
                f"{supply}/fulfilment-events", {"kind": kind, "note": "On its way."}
            )
            self.book.notes("fulfilment", tenant_id, subject, kind=kind)
        await self._step(staff.organiser, campaign_id, "confirm_delivery")

    async def _approve_release(self, campaign_id: str) -> None:
        reviewer, finance = self.organisation.reviewer, self.organisation.finance
        path = f"/approvals?state=requested&action=campaigns.release&subject_id={campaign_id}"

        async def asked() -> Any:
            return (await reviewer.get(path))["items"]

        [request, *_] = await _come_about(asked, f"a release of {campaign_id} is asked for")
        for person in (finance, reviewer):
            await person.post(f"/approvals/{request['id']}/approve", {})
        self.book.notes("approval", self.organisation.tenant_id, UUID(request["id"]))


async def _come_about(look: Callable[[], Awaitable[Any]], what: str) -> Any:
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE_SECONDS
    while not (found := await look()):
        if loop.time() > end:
            raise Stuck(f"not within {PATIENCE_SECONDS:.0f} s: {what}")
        await asyncio.sleep(LOOK_SECONDS)
    return found
