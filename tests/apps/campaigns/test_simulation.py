"""Random campaigns from a seed: whatever happens in whatever sequence, the invariants hold.

The seed is in the test's name; a failure is repeated with `-k 'simulation and <seed>'`.
"""

import contextlib
import random
from uuid import UUID

import pytest
from sqlalchemy import select

from metatron.apps.campaigns.care.borne_refunds import ask_loss
from metatron.apps.campaigns.care.tables import ProviderAction
from metatron.apps.campaigns.machine import steps
from metatron.apps.campaigns.money import bond, books, charges, manual_refunds
from metatron.apps.campaigns.money.accounts import MONEY_LEDGER, UNITS_LEDGER
from metatron.apps.campaigns.money.invariants import check_invariants
from metatron.apps.campaigns.rules import tenant_settings
from metatron.apps.campaigns.tables import Campaign, Issue
from metatron.kernel.context import system_context
from metatron.kernel.errors import DomainError
from tests.apps.campaigns.stage import Stage

STEPS = 150
ENDED = {"completed", "failed", "cancelled", "unwound"}


class Chaos:
    """One seeded run: people, provider and clock act in random sequence."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage, self.chance = stage, random.Random(seed)
        self.campaigns: list[Campaign] = []
        self.issues: list[Issue] = []
        self.refused = self.charged = 0
        self.disputed: dict[str, tuple[UUID, int]] = {}

    async def act(self) -> None:
        action = self.chance.choices(
            [
                self.commit, self.withdraw, self.answer, self.repeat, self.wait, self.drive,
                self.complain, self.resolve, self.retry, self.manage, self.settle, self.part,
                self.consent,
                self.by_hand, self.charge, self.pay_bond, self.at_desk,
                self.dispute, self.bear,
            ],
            weights=[24, 2, 26, 4, 4, 8, 4, 2, 3, 1, 6, 6, 6, 3, 1, 1, 3, 3, 2],
        )[0]  # fmt: skip
        try:
            await action()
        except DomainError:
            # People may be refused; provider, clock and repeats may not.
            if action in {
                self.answer,
                self.repeat,
                self.wait,
                self.settle,
                self.at_desk,
                self.dispute,
            }:
                raise
            self.refused += 1

    async def open(self) -> None:
        cap = self.chance.choice([None, 12, 15])
        goal = self.chance.choice([2, 4, 8])
        rule = self.chance.choice(["fcfs", "pro_rata", "lottery"])
        tiers = self.chance.choice([[], [{"min_units": goal + 1, "unit_price_minor": 1_700}]])
        campaign = await self.stage.live(
            goal_units=goal, cap_units=cap, oversub_rule=rule, tiers=tiers
        )
        self.campaigns.append(campaign)

    def any_campaign(self) -> Campaign:
        return self.chance.choice(self.campaigns)

    async def any_commitment(self, *states: str):
        found = await self.stage.commitments_of(self.any_campaign(), *states)
        return self.chance.choice(found) if found else None

    async def commit(self) -> None:
        states = [(await self.stage.fresh(campaign)).state for campaign in self.campaigns]
        if "live" not in states and len(states) < 5:
            await self.open()
        await self.stage.commit(self.any_campaign(), self.chance.randint(1, 5))

    async def withdraw(self) -> None:
        if commitment := await self.any_commitment():
            await self.stage.withdraw(commitment)

    async def part(self) -> None:
        """Return a part, at times more than there is."""
        if commitment := await self.any_commitment("held", "allocated"):
            most = commitment.amount_minor
            await self.stage.return_part(commitment, self.chance.randint(1, most))

    async def consent(self) -> None:
        """Answer to an accepted part, mostly by agreeing."""
        for commitment in await self.stage.commitments_of(self.any_campaign(), "held"):
            if self.chance.random() < 0.8:
                answer = self.chance.choice(["agree", "agree", "agree", "leave"])
                with contextlib.suppress(DomainError):
                    await self.stage.consent(commitment, answer)

    async def dispute(self) -> None:
        """Open a dispute of all or a part, or close one; at times closed before it is told of."""
        if commitment := await self.any_commitment():
            reference = f"dp_{commitment.id.hex}_{self.chance.randint(1, 2)}"
            amount = self.chance.choice([commitment.amount_minor, commitment.amount_minor // 2])
            told = self.chance.choice(["dispute_opened", "dispute_opened", "dispute_won",
                                       "dispute_lost"])  # fmt: skip
            self.disputed[reference] = commitment.id, amount
            await self.stage.observe(
                told, commitment.id, amount, reference=reference, fee_minor=150
            )

    async def at_desk(self) -> None:
        """Tell of a refund at the provider's desk: all, a part or too much, at any time."""
        if commitment := await self.any_commitment():
            all_of_it = commitment.amount_minor
            amount = self.chance.choice([all_of_it, all_of_it // 3, all_of_it + 1])
            reference = f"re_{self.chance.randint(1, 20)}"
            await self.stage.observe("refunded", commitment.id, amount, reference=reference)

    async def bear(self) -> None:
        """Have the bond bear what was refunded at the desk and nobody held."""
        context = system_context(self.stage.tenant_id)
        async with self.stage.database.transaction(context) as session:
            query = select(ProviderAction.id).where(
                ProviderAction.tenant_id == self.stage.tenant_id,
                ProviderAction.state != "mirrored",
            )
            found = list((await session.execute(query.order_by(ProviderAction.id))).scalars())
        if found:
            asked = await self.stage.run(
                ask_loss, self.stage.finance, action_id=self.chance.choice(found),
                reason="A reason.",
            )  # fmt: skip
            await self.stage.approve(asked)

    async def by_hand(self) -> None:
        """Refund a commitment by hand, whole or in part; at times it moves on before the word."""
        if commitment := await self.any_commitment("held", "allocated"):
            amount = self.chance.choice([None, self.chance.randint(1, commitment.amount_minor)])
            asked = await self.stage.run(
                manual_refunds.ask_refund, self.stage.finance, commitment_id=commitment.id,
                amount_minor=amount, whole=amount is None, reason_code="admin_manual",
                reason="A reason.",
            )  # fmt: skip
            if self.chance.random() < 0.3:
                await self.part()
            await self.stage.approve(asked.approval_id)

    async def charge(self) -> None:
        self.charged += 1
        await self.stage.run(
            charges.record_charge, self.stage.finance, campaign_id=self.any_campaign().id,
            kind=self.chance.choice(["provider_fee", "dispute_fee"]),
            amount_minor=self.chance.randint(1, 900), reference=f"fee_{self.charged}",
        )  # fmt: skip

    async def pay_bond(self, amount_minor: int = 700) -> None:
        await self.stage.run(
            bond.pay_into_bond, self.stage.finance, amount_minor=amount_minor, currency="EUR",
            payment_method="pm_ok",
        )  # fmt: skip

    async def answer(self) -> None:
        await self.stage.settle()
        if self.stage.unsent:
            outcome = self.chance.choices(
                ["confirmed", "failed", "short", "unknown"], weights=[12, 3, 1, 2]
            )[0]
            await self.stage.answer(self.chance.choice(self.stage.unsent), outcome)

    async def repeat(self) -> None:
        """Deliver an old answer once more, out of sequence."""
        if self.stage.delivered:
            await self.stage.deliver_again(self.chance.choice(self.stage.delivered))

    async def wait(self) -> None:
        await self.stage.pass_time(hours=self.chance.choice([1, 6, 20]))

    async def settle(self) -> None:
        await self.stage.settle()

    async def drive(self) -> None:
        """Take some campaign one step on, mostly the way that leads to a release."""
        campaign = self.any_campaign()
        state = (await self.stage.fresh(campaign)).state
        if state in {"confirmed", "procuring", "fulfilling"}:
            await self.stage.deliver(campaign)
        elif state == "live":
            if len(await self.stage.commitments_of(campaign, "held")) >= 4:
                await self.stage.pass_time(days=7)
        elif state == "awaiting_supplier" and self.chance.random() < 0.4:
            await self.stage.accept(campaign, self.chance.randint(1, 12))
        elif self.chance.random() < 0.8:
            await self.stage.step(self.stage.supplier, campaign, "accept")
        else:
            await self.stage.step(self.stage.supplier, campaign, "decline", "No steel.")

    async def complain(self) -> None:
        if commitment := await self.any_commitment("allocated"):
            self.issues.append(await self.stage.complain(commitment))

    async def resolve(self) -> None:
        if self.issues:
            outcome = self.chance.choice(["release", "refund"])
            await self.stage.resolve(self.chance.choice(self.issues), outcome)

    async def retry(self) -> None:
        step = self.chance.choice(["retry_refunds", "retry_payout"])
        if commitment := await self.any_commitment("refund_failed"):
            await self.stage.retry_refund(commitment)
        else:
            await self.stage.step(self.stage.finance, self.any_campaign(), step, "Again.")

    async def manage(self) -> None:
        step = self.chance.choice(["pause", "resume", "resume", "resume", "cancel", "unwind"])
        await self.stage.step(self.stage.reviewer, self.any_campaign(), step, "A reason.")

    async def end(self) -> None:
        """Let everything run out: every answer confirmed, every issue decided, time passing."""
        for issue in self.issues:
            if (await self.stage.fresh(issue)).state == "open":
                # Its commitment may have been refunded while the campaign was unwound.
                with contextlib.suppress(DomainError):
                    await self.stage.resolve(issue, self.chance.choice(["refund", "release"]))
        await self.pay_bond(100_000)
        for reference, (commitment_id, amount) in self.disputed.items():
            for told in ("dispute_opened", self.chance.choice(["dispute_won", "dispute_lost"])):
                await self.stage.observe(told, commitment_id, amount, reference=reference)
        for _ in range(6):
            await self.stage.answer_all()
            for campaign in self.campaigns:
                now = await self.stage.fresh(campaign)
                if now.state == "awaiting_supplier" and self.chance.random() < 0.7:
                    with contextlib.suppress(DomainError):
                        await self.stage.accept(campaign)
                        await self.stage.deliver(campaign)
                elif now.state == "confirmed":
                    await self.stage.deliver(campaign)
                for step in ("retry_refunds", "retry_payout"):
                    try:
                        await self.stage.step(self.stage.finance, campaign, step, "Again.")
                    except DomainError:
                        continue
            for campaign in self.campaigns:
                for commitment in await self.stage.commitments_of(campaign):
                    with contextlib.suppress(DomainError):
                        await self.stage.retry_refund(commitment)
            await self.stage.pass_time(days=8)
        await self.stage.answer_all()


async def assert_sound(stage: Stage) -> None:
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        assert await check_invariants(session, context) == []


@pytest.mark.parametrize("seed", range(1, 9))
async def test_simulation(stage: Stage, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if seed % 2:
        # What very many commitments take together, a few take as well.
        monkeypatch.setattr(steps, "FEWEST", 1)
    chaos = Chaos(stage, seed)
    changes = {"pricing": "tiers"}
    await stage.run(tenant_settings.change_settings, stage.reviewer, changes=changes)
    for _ in range(2):
        await chaos.open()
    for number in range(STEPS):
        await chaos.act()
        if number % 10 == 0:
            await assert_sound(stage)
    await assert_sound(stage)
    await chaos.end()
    await assert_sound(stage)
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        waiting = select(ProviderAction.id).where(
            ProviderAction.tenant_id == stage.tenant_id, ProviderAction.state == "open"
        )
        assert (await session.execute(waiting)).first() is None
    for campaign in chaos.campaigns:
        assert (await stage.fresh(campaign)).state in ENDED
        async with stage.database.transaction(context) as session:
            assert await books.held_for_campaign(session, context, campaign) == 0
            borne = await charges.borne_by_bond(session, context, campaign.id)
            for book, more in ((MONEY_LEDGER, borne), (UNITS_LEDGER, 0)):
                lines = await books.lines_of(session, context, campaign.id, book)
                debits = more + sum(x.debits_posted for x in lines)
                assert debits == sum(x.credits_posted for x in lines)
                assert all(x.debits_pending == x.credits_pending == 0 for x in lines)


@pytest.mark.parametrize("seed", [11, 12, 13])
async def test_any_sequence_of_answers_gives_the_same_books(stage: Stage, seed: int) -> None:
    campaign = await stage.live()
    for units in (1, 2, 3, 4):
        await stage.commit(campaign, units)
    await stage.answer_all(seed=seed)
    random.Random(seed).shuffle(stage.delivered)
    for row in stage.delivered:
        await stage.deliver_again(row)
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        lines = await books.lines_of(session, context, campaign.id)
    sums = {line.code: (line.debits_posted, line.credits_posted) for line in lines}
    gross = 10 * 1_999
    assert sums == {101: (gross, gross), 102: (gross, 0), 201: (0, gross), 202: (0, 0),
                    301: (0, 0), 401: (0, 0)}  # fmt: skip
    await assert_sound(stage)


async def test_a_broken_row_is_found(stage: Stage) -> None:
    """The check is worth something: it names a row that contradicts the books."""
    campaign = await stage.live()
    commitment = await stage.commit(campaign, 3)
    await stage.answer_all()
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        row = await session.get(type(commitment), (stage.tenant_id, commitment.id))
        row.captured_minor = 1
        await session.flush()
        found = await check_invariants(session, context)
        assert [violation.invariant for violation in found] == [5]
        await session.rollback()
