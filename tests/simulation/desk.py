"""What others do at the provider: a person at its dashboard, a member's bank, a power cut."""

import asyncio
from typing import Any

from sqlalchemy import text

from metatron.apps.campaigns.tables import Commitment
from tests.apps.campaigns.people import Act, People
from tests.simulation.campaign_world import World

FAULTS = {
    "timeout_with_effect": 0.03, "timeout_with_late_effect": 0.02, "timeout_without_effect": 0.02,
    "http_500": 0.03, "http_429": 0.02, "decline": 0.03, "partial_capture": 0.03,
}  # fmt: skip
HANG_SECONDS = 0.02
_PAYOUTS = text("""
select provider_reference from payments.instruction where tenant_id = :tenant_id
and kind = 'payout' and state = 'confirmed' and returned_at is null order by id
""")


class Desk:
    """Acts that no instruction of ours asked for; the provider may refuse them."""

    def __init__(self, world: World, people: People, *, seed: int) -> None:
        self.world, self.people, self.seed = world, people, seed
        self.disputes: list[str] = []
        self.kills = 0

    def acts(self) -> dict[Act, int]:
        return {
            self.refund: 2, self.void: 1, self.capture: 1, self.dispute: 2, self.decide: 2,
            self.give_back: 1, self.power_cut: 1, self.down: 1,
        }  # fmt: skip

    def script(self) -> None:
        """Let calls fail, as the seed wants it; some really hang until the caller gives up."""
        rules: list[dict[str, Any]] = [
            {"operation": "*", "fault": fault, "probability": share, "seconds": HANG_SECONDS}
            for fault, share in FAULTS.items()
        ]
        slow = {"operation": "*", "fault": "timeout_with_effect", "probability": 0.005,
                "seconds": 3.5}  # fmt: skip
        self.world.provider.faults(*rules, slow, seed=self.seed)

    def post(self, path: str, body: Any = None) -> Any:
        """Return the provider's answer, None where it refuses."""
        answer = self.world.provider.call("POST", f"/control/{path}", body or {})
        assert answer.status_code < 500, answer.text
        return answer.json() if answer.status_code < 300 else None

    async def _paid(self, *conditions: Any) -> Commitment | None:
        found: Commitment | None = await self.people.one_of(
            Commitment, Commitment.provider_reference.is_not(None), *conditions
        )
        return found

    async def refund(self) -> None:
        if found := await self._paid():
            amount = self.people.chance.choice([None, 500, found.amount_minor])
            self.post(f"authorisations/{found.provider_reference}/refund", {"amount_minor": amount})

    async def void(self) -> None:
        found = await self.people.one_of(Commitment, Commitment.state == "authorised")
        if found is not None:
            self.post(f"authorisations/{found.authorised_reference}/void")

    async def capture(self) -> None:
        found = await self.people.one_of(Commitment, Commitment.state == "authorised")
        if found is not None and self.people.chance.random() < 0.2:
            self.post(f"authorisations/{found.authorised_reference}/capture")

    async def dispute(self) -> None:
        if found := await self._paid():
            amount = self.people.chance.choice([None, found.amount_minor // 2])
            path = f"authorisations/{found.provider_reference}/dispute"
            if opened := self.post(path, {"amount_minor": amount}):
                self.disputes.append(opened["id"])

    async def decide(self) -> None:
        if self.disputes:
            chosen = self.people.chance.choice(self.disputes)
            self.post(f"disputes/{chosen}/{self.people.chance.choice(['won', 'lost'])}")

    async def give_back(self) -> None:
        """Let a paid payout come back from the receiving bank."""
        async with self.world.database.transaction(self.world.context) as session:
            key = {"tenant_id": self.world.tenant_id}
            paid = list((await session.execute(_PAYOUTS, key)).scalars())
        if paid:
            self.post(f"payouts/{self.people.chance.choice(paid)}/return")

    async def power_cut(self) -> None:
        """Kill the provider's process; it comes back with what it had answered."""
        if self.people.chance.random() < 0.3:
            self.kills += 1
            self.world.provider.kill()
            await asyncio.to_thread(self.world.provider.start)

    async def down(self) -> None:
        """Let our jobs run while the provider cannot be reached."""
        if self.people.chance.random() < 0.3:
            self.kills += 1
            self.world.provider.kill()
            for _ in range(5):
                await self.world.relay_due()
                await self.world.work()
            await asyncio.to_thread(self.world.provider.start)
