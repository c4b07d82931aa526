"""What a supplier owes after a lost card dispute: claimed, paid by it, or written off by two."""

from typing import Any

import orjson
import pytest

from metatron.apps.campaigns.care import claim_payments, supplier_claims
from metatron.apps.campaigns.care.claim_tables import SupplierClaim
from metatron.apps.campaigns.care.errors import ClaimNotFound, ClaimNotPossible
from metatron.apps.campaigns.care.tables import CardDispute
from metatron.apps.campaigns.edge.claim_queries import CLAIMS
from metatron.apps.campaigns.errors import ReasonRequired
from metatron.apps.campaigns.money import bond
from metatron.apps.campaigns.money.accounts import Kind
from metatron.apps.campaigns.money.coverage import missing
from metatron.apps.campaigns.money.invariants import check_invariants
from metatron.apps.campaigns.money.tables import ProviderCharge
from metatron.kernel.context import system_context
from metatron.kernel.errors import PermissionDenied
from metatron.platform.ledger import interface as ledger
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_card_disputes import accepted, released, rows, told

LOST = 3 * 1_999


async def lost_after_release(stage: Stage, outcome: str = "dispute_lost") -> CardDispute:
    campaign, [commitment, _] = await accepted(stage, 3, 2)
    await released(stage, campaign)
    await told(stage, "dispute_opened", commitment, LOST)
    await told(stage, outcome, commitment, LOST)
    [dispute] = await rows(stage, CardDispute)
    return dispute


async def claimed(stage: Stage) -> SupplierClaim:
    dispute = await lost_after_release(stage)
    claim: SupplierClaim = await stage.run(
        supplier_claims.open_claim, stage.finance, dispute_id=dispute.id, reason="As agreed."
    )
    return claim


async def whole(stage: Stage, kind: Kind) -> int:
    """Debits less credits of a kind of account, of the whole organisation."""
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        lines = await ledger.trial_balance(
            session, context, filter=ledger.TrialBalanceFilter(ledger=1)
        )
    return sum(line.debits_posted - line.credits_posted for line in lines if line.code == kind)


async def sound(stage: Stage, gap: int = 0) -> None:
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        assert await check_invariants(session, context) == []
        assert await missing(session, context, "EUR") == gap


async def pay(stage: Stage, claim: SupplierClaim, amount: int) -> Any:
    return await stage.run(
        claim_payments.pay_claim, stage.supplier, claim_id=claim.id, amount_minor=amount,
        payment_method="pm_ok",
    )  # fmt: skip


async def test_a_claim_makes_the_bond_whole_and_is_made_once(stage: Stage) -> None:
    dispute = await lost_after_release(stage)
    with pytest.raises(ReasonRequired):
        await stage.run(
            supplier_claims.open_claim, stage.finance, dispute_id=dispute.id, reason=" "
        )
    with pytest.raises(PermissionDenied):
        await stage.run(
            supplier_claims.open_claim, stage.supplier, dispute_id=dispute.id, reason="No."
        )
    claim = await stage.run(
        supplier_claims.open_claim, stage.finance, dispute_id=dispute.id, reason="As agreed."
    )
    assert (claim.state, claim.left_minor) == ("open", LOST)
    assert await whole(stage, Kind.SUPPLIER_RECEIVABLE) == LOST
    # The bond bears the loss out of what the supplier owes it: nothing is left uncovered.
    assert await whole(stage, Kind.LOSS) == 0
    assert await whole(stage, Kind.ORGANISER_BOND) == 0
    await sound(stage)
    with pytest.raises(ClaimNotPossible):
        await stage.run(
            supplier_claims.open_claim, stage.finance, dispute_id=dispute.id, reason="Again."
        )


async def test_a_dispute_that_was_won_is_nobodys_debt(stage: Stage) -> None:
    dispute = await lost_after_release(stage, "dispute_won")
    with pytest.raises(ClaimNotPossible):
        await stage.run(
            supplier_claims.open_claim, stage.finance, dispute_id=dispute.id, reason="Why not."
        )


async def test_the_supplier_pays_in_parts_and_never_more_than_it_owes(stage: Stage) -> None:
    claim = await claimed(stage)
    await pay(stage, claim, 2_000)
    with pytest.raises(ClaimNotPossible):
        await pay(stage, claim, LOST - 1_999)
    with pytest.raises(ClaimNotPossible):
        await stage.run(
            supplier_claims.ask_write_off, stage.finance, claim_id=claim.id, reason="Enough."
        )
    await stage.answer_all()
    assert (await stage.fresh(claim)).left_minor == LOST - 2_000
    await pay(stage, claim, 1_000)
    await stage.answer_all("failed")
    assert (await stage.fresh(claim)).left_minor == LOST - 2_000
    await sound(stage)
    await pay(stage, claim, LOST - 2_000)
    await stage.answer_all()
    fresh = await stage.fresh(claim)
    assert (fresh.state, fresh.paid_minor, fresh.written_off_minor) == ("paid", LOST, 0)
    assert await whole(stage, Kind.SUPPLIER_RECEIVABLE) == 0
    await sound(stage)


async def test_what_is_under_way_is_listed(stage: Stage) -> None:
    claim = await claimed(stage)
    await pay(stage, claim, 2_000)
    for under_way, paid in ((2_000, 0), (0, 2_000)):
        arguments = (None, stage.supplier.actor_id, None, None, 10)
        direct = await stage.database.direct(stage.supplier)
        found = await direct.json(stage.supplier, CLAIMS, *arguments)
        [row] = orjson.loads(found or b"[]")
        assert (row["under_way_minor"], row["paid_minor"]) == (under_way, paid)
        await stage.answer_all()


async def test_another_supplier_neither_sees_nor_pays_it(stage: Stage) -> None:
    claim = await claimed(stage)
    with pytest.raises(ClaimNotFound):
        await stage.run(
            claim_payments.pay_claim, stage.person("supply"), claim_id=claim.id, amount_minor=5,
            payment_method="pm_ok",
        )  # fmt: skip


async def test_two_persons_write_off_what_is_not_paid_and_the_bond_bears_it(stage: Stage) -> None:
    claim = await claimed(stage)
    await pay(stage, claim, 2_000)
    await stage.answer_all()
    asked = await stage.run(
        supplier_claims.ask_write_off, stage.finance, claim_id=claim.id, reason="Insolvent."
    )
    assert (await stage.fresh(claim)).state == "open"
    assert await whole(stage, Kind.SUPPLIER_RECEIVABLE) == LOST - 2_000
    done = await stage.approve(asked.id)
    assert done.outcome == {"written_off_minor": LOST - 2_000, "state": "written_off"}
    assert await whole(stage, Kind.SUPPLIER_RECEIVABLE) == 0
    # The bond is empty: what the margin does not cover of the loss blocks releases.
    assert await whole(stage, Kind.LOSS) == LOST - 2_000
    await sound(stage, gap=LOST - 2_000 - 5 * (1_999 - 1_500))
    await stage.run(
        bond.pay_into_bond, stage.finance, amount_minor=LOST, currency="EUR",
        payment_method="pm_ok",
    )  # fmt: skip
    await stage.answer_all()
    assert await whole(stage, Kind.LOSS) == 0
    charges = await rows(stage, ProviderCharge)
    assert all(charge.recharged_minor == charge.amount_minor for charge in charges)
    await sound(stage)
    with pytest.raises(ClaimNotPossible):
        await stage.run(
            supplier_claims.ask_write_off, stage.finance, claim_id=claim.id, reason="Again."
        )


async def test_what_was_approved_is_judged_anew(stage: Stage) -> None:
    claim = await claimed(stage)
    asked = await stage.run(
        supplier_claims.ask_write_off, stage.finance, claim_id=claim.id, reason="Insolvent."
    )
    await pay(stage, claim, 500)
    await stage.answer_all()
    with pytest.raises(ClaimNotPossible):
        await stage.approve(asked.id)
    assert (await stage.fresh(claim)).written_off_minor == 0
    await sound(stage)
