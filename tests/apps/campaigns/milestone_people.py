"""What people may do to shares released before the inspection, each act at random."""

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from metatron.apps.campaigns.delivery import milestones
from metatron.apps.campaigns.delivery.evidence import PURPOSE, Shown
from metatron.apps.campaigns.delivery.milestone_tables import Milestone
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import system_context
from metatron.platform.approvals.tables import ApprovalRow
from metatron.platform.files import interface as files
from tests.apps.campaigns.stage import Stage
from tests.platform.files.contents import png

SHARES = [[], [], [3_333, 6_667], [2_500, 1_501, 5_999]]


class MilestonePeople:
    """The supplier who gives evidence, and finance that judges it."""

    def __init__(self, stage: Stage, chance: random.Random) -> None:
        self.stage, self.chance = stage, chance
        self.are_allowed = False
        self._pictures = 0

    def plan(self, deadline_at: datetime) -> list[dict[str, Any]]:
        """Return the shares to be published with a campaign, often none."""
        return [
            {
                "title": f"Part {number}",
                "share_bp": share,
                "due_at": (deadline_at + timedelta(days=10 + number)).isoformat(),
                "auto_approve_hours": self.chance.choice([None, None, 24]),
                "is_upfront": number == 1 and self.chance.random() < 0.3,
            }
            for number, share in enumerate(self.chance.choice(SHARES), 1)
        ]

    async def open_share(self) -> Milestone | None:
        """Return a share that nobody has decided yet, of a campaign that may release it."""
        query = (
            select(Milestone)
            .join(
                Campaign,
                (Campaign.tenant_id == Milestone.tenant_id)
                & (Campaign.id == Milestone.campaign_id),
            )
            .where(
                Milestone.tenant_id == self.stage.tenant_id,
                Milestone.state.in_(("planned", "evidence_in", "rejected")),
                Milestone.is_last.is_(False),
                Campaign.state.in_(("confirmed", "procuring", "fulfilling")),
            )
            .order_by(Milestone.id)
        )
        async with self.stage.database.transaction(system_context(self.stage.tenant_id)) as session:
            found = list((await session.execute(query)).scalars())
        return self.chance.choice(found) if found else None

    async def prove(self) -> None:
        """Give a picture as evidence, each time another one."""
        if milestone := await self.open_share():
            self._pictures += 1
            facts = await self.stage.run(
                files.store, self.stage.supplier, purpose=PURPOSE, name="mould.png",
                content=png(self._pictures),
            )  # fmt: skip
            await self.stage.run(
                milestones.give_evidence, self.stage.supplier, milestone_id=milestone.id,
                shown=Shown(facts.id, "The mould."),
            )  # fmt: skip

    async def judge_share(self) -> None:
        """Reject a share, or approve it; mostly another person approves its release."""
        milestone = await self.open_share()
        if milestone is None:
            return
        said = {"milestone_id": milestone.id, "reason": "Looked at the picture."}
        if self.chance.random() < 0.15:
            await self.stage.run(milestones.reject, self.stage.finance, **said)
            return
        await self.stage.run(milestones.approve, self.stage.finance, **said)
        requests = await self._requests_of(milestone)
        if requests and self.chance.random() < 0.8:
            await self.stage.approve(self.chance.choice(requests))

    async def _requests_of(self, milestone: Milestone) -> list[Any]:
        """Return the open requests to release it: one for each evidence that was judged."""
        query = (
            select(ApprovalRow.id)
            .where(
                ApprovalRow.tenant_id == self.stage.tenant_id,
                ApprovalRow.subject_id == milestone.id,
                ApprovalRow.state == "requested",
            )
            .order_by(ApprovalRow.id)
        )
        async with self.stage.database.transaction(system_context(self.stage.tenant_id)) as session:
            return list((await session.execute(query)).scalars())
