"""What people may do to campaigns, each act at random: for simulations and state machines.

An act that people may be refused raises the refusal; anything else that is raised is a mistake.
"""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from metatron.apps.campaigns.care.borne_refunds import ask_loss
from metatron.apps.campaigns.care.tables import ProviderAction
from metatron.apps.campaigns.delivery import fulfilment
from metatron.apps.campaigns.gathering import answering, notices
from metatron.apps.campaigns.money import (
    alternative_payouts,
    bond,
    bulk_refunds,
    charges,
    manual_refunds,
)
from metatron.apps.campaigns.money.release import RELEASE_ACTION
from metatron.apps.campaigns.rules import drafts, tenant_settings
from metatron.apps.campaigns.supply import supplier
from metatron.apps.campaigns.tables import Campaign, Commitment, Issue, Notice, Refund
from metatron.apps.campaigns.talk import updates
from metatron.apps.campaigns.talk.tables import Question
from metatron.kernel.context import Context, system_context
from metatron.kernel.ids import new_id
from metatron.platform.approvals.tables import ApprovalRow
from tests.apps.campaigns.milestone_people import MilestonePeople
from tests.apps.campaigns.stage import Stage

Act = Callable[[], Awaitable[Any]]
MODES = ["escrow_capture"] * 4 + ["auth_hold", "charge_on_success"]
METHODS = ["pm_ok"] * 8 + ["pm_declined", "pm_refund_fails"]
OPEN_AT_ONCE = 3
NEXT = {
    "in_review": ("reviewer", ["approve", "approve", "approve", "request_changes", "defer"]),
    "draft": ("organiser", ["submit", "submit", "submit", "cancel"]),
    "paused": ("reviewer", ["resume"]),
    "awaiting_supplier": ("supplier", ["accept"] * 4 + ["decline"]),
    "confirmed": ("organiser", ["start_procuring"]),
    "procuring": ("organiser", ["start_fulfilment"]),
    "fulfilling": ("organiser", ["confirm_delivery"]),
    "failing": ("finance", ["retry_refunds"]),
    "cancelling": ("finance", ["retry_refunds"]),
    "unwinding": ("finance", ["retry_refunds", "retry_payout"]),
    "inspecting": ("finance", ["retry_payout"]),
    "completed": ("finance", ["retry_payout"]),
    "unwound": ("finance", ["retry_payout"]),
}
"""Who takes a campaign on from a state, and by which steps."""
CAPTURED = ("held", "allocated", "released", "settled", "refund_due", "refund_failed")


class People:
    """Everybody of one organisation; `chance` decides who does what."""

    def __init__(self, stage: Stage, chance: random.Random) -> None:
        self.stage, self.chance = stage, chance
        self.campaigns: list[Campaign] = []
        self.shares = MilestonePeople(stage, chance)
        self.sum = 0

    def acts(self) -> dict[Act, int]:
        """Return every act with its weight."""
        return {
            self.open: 3, self.commit: 24, self.withdraw: 3, self.drive: 12, self.manage: 1,
            self.deliver: 3, self.complain: 3, self.resolve: 3, self.retry: 3, self.part: 3,
            self.by_hand: 2, self.bulk: 1, self.another_way: 1, self.charge: 1, self.pay_bond: 1,
            self.settings: 1, self.stop: 1, self.draft: 1, self.edit: 1, self.extend: 1,
            self.delay: 1, self.answer: 2, self.update: 1, self.question: 1, self.accept_part: 2,
            self.consent: 6, self.prove: 4, self.judge_share: 5,
            self.approve_release: 3, self.bear: 2,
        }  # fmt: skip

    def number(self) -> str:
        self.sum += 1
        return str(self.sum)

    async def all_of(self, mapped: Any, *conditions: Any) -> list[Any]:
        query = select(mapped).where(mapped.tenant_id == self.stage.tenant_id, *conditions)
        context = system_context(self.stage.tenant_id)
        async with self.stage.database.transaction(context) as session:
            return list((await session.execute(query.order_by(mapped.id))).scalars())

    async def one_of(self, mapped: Any, *conditions: Any) -> Any:
        found = await self.all_of(mapped, *conditions)
        return self.chance.choice(found) if found else None

    async def campaign(self, *states: str) -> Campaign | None:
        wanted = (Campaign.state.in_(states),) if states else ()
        found: Campaign | None = await self.one_of(Campaign, *wanted)
        return found

    async def commitment(self, *states: str) -> Commitment | None:
        found: Commitment | None = await self.one_of(Commitment, Commitment.state.in_(states))
        return found

    def member_of(self, commitment: Commitment) -> Context:
        rights = frozenset({"campaigns:commit"})
        return Context(self.stage.tenant_id, "user", commitment.member_id, rights)

    async def draft(self) -> None:
        self.campaigns.append(await self.stage.draft(**self._fields()))

    def _fields(self) -> dict[str, Any]:
        deadline_at = self.stage.now + timedelta(days=self.chance.choice([2, 5]))
        return {
            "goal_units": self.chance.choice([2, 4, 8]),
            "cap_units": self.chance.choice([None, 12, 15]),
            "funding_mode": self.chance.choice(MODES),
            "oversub_rule": self.chance.choice(["fcfs", "pro_rata", "lottery"]),
            "deadline_at": deadline_at,
            "milestones": self.shares.plan(deadline_at),
        }

    async def open(self) -> None:
        """Bring a campaign live, unless enough are: then those are to be committed to."""
        if len(await self.all_of(Campaign, Campaign.state == "live")) < OPEN_AT_ONCE:
            await self._allow_shares()
            self.campaigns.append(await self.stage.live(**self._fields()))

    async def _allow_shares(self) -> None:
        if not self.shares.are_allowed:
            await self.stage.run(
                tenant_settings.change_settings, self.stage.reviewer,
                changes={"release_policy": "milestones"},
            )  # fmt: skip
            self.shares.are_allowed = True

    async def edit(self) -> None:
        if campaign := await self.campaign():
            changes = self.chance.choice([{"title": "Another title"}, {"max_units": 5}])
            await self.stage.run(
                drafts.edit_campaign, self.stage.organiser, campaign_id=campaign.id,
                fields=changes,
            )  # fmt: skip

    async def drive(self) -> None:
        """Take a campaign one step on."""
        if campaign := await self.campaign(*NEXT):
            who, steps = NEXT[campaign.state]
            step = self.chance.choice(steps)
            await self.stage.step(getattr(self.stage, who), campaign, step, "A reason.")

    async def manage(self) -> None:
        if campaign := await self.campaign():
            steps = ["pause", "resume", "resume", "cancel", "unwind", "close_early"]
            step = self.chance.choice(steps)
            who = self.stage.organiser if step == "close_early" else self.stage.reviewer
            await self.stage.step(who, campaign, step, "A reason.")

    async def extend(self) -> None:
        """Ask for a later deadline; another person grants or refuses it."""
        if campaign := await self.campaign("live"):
            notice = await self.stage.run(
                notices.request_extension, self.stage.organiser, campaign_id=campaign.id,
                told=self._told(campaign.deadline_at + timedelta(days=3)),
            )  # fmt: skip
            if self.chance.random() < 0.7:
                await self.stage.step(self.stage.reviewer, campaign, "extend")
            else:
                await self.stage.run(
                    notices.refuse_extension, self.stage.reviewer, notice_id=notice.id
                )

    async def delay(self) -> None:
        if campaign := await self.campaign("confirmed", "procuring", "fulfilling"):
            await self.stage.run(
                notices.give_notice, self.stage.organiser, campaign_id=campaign.id,
                told=self._told(self.stage.now + timedelta(days=30)),
            )  # fmt: skip

    @staticmethod
    def _told(at: Any) -> notices.Told:
        return notices.Told("The steel comes later.", "The mill is closed.", "A month more.", at)

    async def update(self) -> None:
        if campaign := await self.campaign("live", "confirmed", "procuring"):
            await self.stage.run(
                updates.publish_update, self.stage.organiser, campaign_id=campaign.id,
                title="News", text="The mould is ready.",
            )  # fmt: skip

    async def settings(self) -> None:
        changes = self.chance.choice(
            [
                {"revenue": "fee", "fee_basis_points": 500, "fee_tax_basis_points": 2_000},
                {"revenue": "margin"},
                {"withdraw": "last_24h_lock"},
                {"withdraw": "until_close"},
                {"auto_payout": False},
                {"auto_payout": True},
            ]
        )
        await self.stage.run(tenant_settings.change_settings, self.stage.reviewer, changes=changes)

    async def stop(self) -> None:
        """Throw the stop switch, mostly back again."""
        halted = self.chance.random() < 0.3
        await self.stage.run(
            tenant_settings.set_stop_switch, self.stage.reviewer, halted=halted,
            reason="A look at the books." if halted else None,
        )  # fmt: skip

    async def commit(self) -> None:
        campaign = await self.campaign("live")
        if campaign is None:
            await self.open()
        else:
            await self.stage.commit(
                campaign, self.chance.randint(1, 6), payment_method=self.chance.choice(METHODS)
            )

    async def withdraw(self) -> None:
        if commitment := await self.commitment("placed", "authorising", "authorised", "held"):
            await self.stage.withdraw(commitment)

    async def complain(self) -> None:
        if commitment := await self.commitment("allocated", "held"):
            await self.stage.complain(commitment)

    async def answer(self) -> None:
        """Answer a notice: stay or leave."""
        notice = await self.one_of(Notice, Notice.state == "given")
        if notice is None:
            return
        commitment = await self.one_of(Commitment, Commitment.campaign_id == notice.campaign_id)
        if commitment is not None:
            await self.stage.run(
                answering.answer_notice, self.member_of(commitment), notice_id=notice.id,
                commitment_id=commitment.id, answer=self.chance.choice(["stay", "leave"]),
            )  # fmt: skip

    async def question(self) -> None:
        """Ask, answer or hide a question."""
        waiting = await self.one_of(Question, Question.state == "open")
        campaign = await self.campaign("live")
        if waiting is not None:
            answered = self.chance.random() < 0.7
            use_case = updates.answer_question if answered else updates.hide_question
            words = {"answer": "It is 750 ml."} if answered else {}
            await self.stage.run(use_case, self.stage.organiser, question_id=waiting.id, **words)
        elif campaign is not None:
            await self.stage.run(
                updates.ask, self.stage.member(), campaign_id=campaign.id, text="How large is it?"
            )

    async def accept_part(self) -> None:
        """Let the supplier accept fewer units than are held, or as many."""
        if campaign := await self.campaign("awaiting_supplier"):
            await self.stage.run(
                supplier.accept, self.stage.supplier, campaign_id=campaign.id,
                units=self.chance.randint(1, 12),
            )  # fmt: skip

    async def consent(self) -> None:
        """Agree to an accepted part, or leave; whoever stays silent is refunded."""
        campaign = await self.campaign("awaiting_supplier")
        held = Commitment.state == "held"
        if campaign is None:
            return
        asked = await self.one_of(Commitment, held, Commitment.campaign_id == campaign.id)
        if asked is not None:
            answer = self.chance.choice(["agree", "agree", "agree", "leave"])
            await self.stage.consent(asked, answer)

    async def deliver(self) -> None:
        if campaign := await self.campaign("fulfilling", "procuring"):
            kinds = ["scheduled", "in_progress", "shipped", "delivered", "exception"]
            await self.stage.run(
                fulfilment.record_fulfilment, self.stage.supplier, campaign_id=campaign.id,
                kind=self.chance.choice(kinds), note="As agreed.",
            )  # fmt: skip

    async def resolve(self) -> None:
        """Decide an issue; a split may be of more than there is."""
        if issue := await self.one_of(Issue, Issue.state == "open"):
            outcome = self.chance.choice(["release", "refund", "split"])
            back = self.chance.choice([100, 700, 5_000]) if outcome == "split" else None
            await self.stage.resolve(issue, outcome, back)

    async def prove(self) -> None:
        """Give evidence of a share."""
        self.shares.chance = self.chance
        await self.shares.prove()

    async def judge_share(self) -> None:
        """Decide on a share that is to be released before the inspection."""
        self.shares.chance = self.chance
        await self.shares.judge_share()

    async def retry(self) -> None:
        """Have something refused instructed again: a refund, or a payment to the supplier."""
        campaign = await self.campaign("procuring", "fulfilling")
        if campaign is not None and self.chance.random() < 0.3:
            await self.stage.step(self.stage.finance, campaign, "retry_payout", "A reason.")
        elif commitment := await self.commitment("refund_failed"):
            await self.stage.retry_refund(commitment)

    async def approve_release(self) -> None:
        """Approve the release of escrow, where the organisation wants a person to."""
        wanted = ApprovalRow.state == "requested", ApprovalRow.action == RELEASE_ACTION
        if request := await self.one_of(ApprovalRow, *wanted):
            await self.stage.approve(request.id)

    async def part(self) -> None:
        """Return a part, at times more than there is."""
        if commitment := await self.commitment("held", "allocated"):
            most = commitment.amount_minor
            await self.stage.return_part(commitment, self.chance.randint(1, most))

    async def by_hand(self) -> None:
        """Ask for a refund by hand, whole or a part; mostly another person approves it."""
        if commitment := await self.commitment(*CAPTURED):
            amount = self.chance.choice([None, self.chance.randint(1, commitment.amount_minor)])
            asked = await self.stage.run(
                manual_refunds.ask_refund, self.stage.finance, commitment_id=commitment.id,
                amount_minor=amount, whole=amount is None, reason_code="admin_manual",
                reason="A reason.",
            )  # fmt: skip
            if self.chance.random() < 0.8 and asked.approval_id is not None:
                await self.stage.approve(asked.approval_id)

    async def bulk(self) -> None:
        """Preview a refund of many, ask for it and have it approved."""
        if campaign := await self.campaign("confirmed", "procuring", "fulfilling", "inspecting"):
            amount = self.chance.choice([None, 100, 100])
            wanted = bulk_refunds.Bulk(amount, "quality_issue", "A batch was faulty.")
            seen = await self.stage.run_now(
                bulk_refunds.preview_bulk, self.stage.finance, campaign_id=campaign.id, bulk=wanted
            )
            asked = await self.stage.run(
                bulk_refunds.ask_bulk, self.stage.finance, campaign_id=campaign.id, bulk=wanted,
                expected=(seen.count, seen.amount_minor),
            )  # fmt: skip
            await self.stage.approve(asked)

    async def another_way(self) -> None:
        """Have a refused refund paid to an account the member agreed to."""
        if refund := await self.one_of(Refund, Refund.state == "failed"):
            asked = await self.stage.run(
                alternative_payouts.ask_alternative_payout, self.stage.finance,
                refund_id=refund.id, destination=f"acct_{new_id().hex}", evidence="A letter.",
            )  # fmt: skip
            await self.stage.approve(asked)

    async def bear(self) -> None:
        """Have the bond bear what was refunded at the provider beyond what was held."""
        refunded = ProviderAction.action == "refunded"
        if found := await self.one_of(ProviderAction, refunded, ProviderAction.state != "mirrored"):
            asked = await self.stage.run(
                ask_loss, self.stage.finance, action_id=found.id, reason="A reason."
            )
            await self.stage.approve(asked)

    async def charge(self) -> None:
        """Record a fee by hand that the provider never told of."""
        if campaign := await self.campaign("confirmed", "procuring", "inspecting", "completed"):
            await self.stage.run(
                charges.record_charge, self.stage.finance, campaign_id=campaign.id,
                kind=self.chance.choice(["provider_fee", "dispute_fee"]),
                amount_minor=self.chance.randint(1, 900), reference=f"by_hand_{self.number()}",
            )  # fmt: skip

    async def pay_bond(self, amount_minor: int = 2_000) -> None:
        await self.stage.run(
            bond.pay_into_bond, self.stage.finance, amount_minor=amount_minor, currency="EUR",
            payment_method="pm_ok",
        )  # fmt: skip
