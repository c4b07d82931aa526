"""Entries by hand: two people and a reason; money without an owner, and corrections."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from metatron.apps.campaigns.money.accounts import MONEY_LEDGER, Chart, Kind
from metatron.apps.campaigns.money.errors import ManualEntryNotFound, ManualEntryNotPossible
from metatron.apps.campaigns.money.manual_entries import ask_entry
from metatron.apps.campaigns.money.manual_tables import ManualEntry
from metatron.kernel.context import Context, system_context
from metatron.kernel.errors import PermissionDenied
from metatron.kernel.ids import new_id
from metatron.platform.approvals.decisions import approve
from metatron.platform.approvals.errors import SamePerson
from metatron.platform.ledger import interface as ledger
from metatron.platform.payments.errors import BreakNotFound
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_api import House, app, house, keyed
from tests.apps.campaigns.test_fees import gap
from tests.apps.campaigns.test_outside import rows
from tests.apps.campaigns.test_simulation import assert_sound
from tests.apps.campaigns.test_statement_check import twelve
from tests.platform.payments.statement_steps import HEADER, breaks, upload
from tests.support.people import new_email

__all__ = ["app", "house"]


async def line(stage: Stage, amount_minor: int, reference: str = "tr_unknown") -> UUID:
    """Let the provider's statement show a movement nobody here knows; returns the difference."""
    before = {each.id for each in await breaks(stage.database, system_context(stage.tenant_id))}
    day = stage.now.date()
    csv = f"{HEADER}{day},EUR,{amount_minor},{reference},,{new_id().hex}\n"
    await upload(stage.database, system_context(stage.tenant_id), csv)
    found = await breaks(stage.database, system_context(stage.tenant_id))
    [fresh] = [each for each in found if each.id not in before]
    assert fresh.kind == "missing_with_us"
    return UUID(str(fresh.id))


async def balances(stage: Stage) -> dict[Kind, int]:
    """Return debits less credits of suspense, escrow and bond, in minor units."""
    context = system_context(stage.tenant_id)
    wanted = ledger.TrialBalanceFilter(ledger=MONEY_LEDGER)
    async with stage.database.transaction(context) as session:
        lines = await ledger.trial_balance(session, context, filter=wanted)
    kinds = (Kind.SUSPENSE, Kind.PROVIDER_ESCROW, Kind.ORGANISER_BOND)
    return {
        Kind(each.code): each.debits_posted - each.credits_posted
        for each in lines
        if each.code in kinds
    }


async def ask(stage: Stage, wish: str, subject_id: UUID, who: Context | None = None) -> Any:
    return await stage.run(
        ask_entry, who or stage.finance, wish=wish, subject_id=subject_id, reason="Bank letter 7."
    )


async def book(stage: Stage, wish: str, subject_id: UUID) -> ManualEntry:
    await stage.approve(await ask(stage, wish, subject_id))
    known: list[ManualEntry] = await rows(stage, ManualEntry)
    return max(known, key=lambda each: each.id)


async def test_money_without_an_owner_goes_to_suspense_and_on_to_the_bond(stage: Stage) -> None:
    difference = await line(stage, 900)
    asked = await ask(stage, "suspense", difference)
    assert await balances(stage) == {}, "one person books nothing"
    own = replace(stage.approver(), actor_id=stage.finance.actor_id)
    with pytest.raises(SamePerson):
        await stage.run(approve, own, approval_id=asked.id)
    await stage.approve(asked.id)
    assert await balances(stage) == {Kind.SUSPENSE: -900, Kind.PROVIDER_ESCROW: 900}
    [entry] = await rows(stage, ManualEntry)
    assert (entry.kind, entry.requested_by) == ("suspense_in", stage.finance.actor_id)
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        [transfer] = await ledger.lookup_transfers(session, context, ids=[entry.id])
    assert transfer is not None
    assert "Bank letter 7." in transfer.why
    [settled] = await breaks(stage.database, context)
    assert (settled.state, settled.resolution) == ("resolved", "booked")
    assert await twelve(stage) == []
    with pytest.raises(ManualEntryNotPossible, match="settled"):
        await ask(stage, "suspense", difference)
    await book(stage, "to_bond", entry.id)
    assert await balances(stage) == {
        Kind.SUSPENSE: 0, Kind.PROVIDER_ESCROW: 900, Kind.ORGANISER_BOND: -900,
    }  # fmt: skip
    with pytest.raises(ManualEntryNotPossible, match="before"):
        await ask(stage, "to_bond", entry.id)
    assert await twelve(stage) == []


async def test_a_correction_reverses_and_changes_nothing(stage: Stage) -> None:
    entry = await book(stage, "suspense", await line(stage, 900))
    cleared = await book(stage, "to_bond", entry.id)
    with pytest.raises(ManualEntryNotPossible):
        await ask(stage, "correction", entry.id)
    correction = await book(stage, "correction", cleared.id)
    assert (correction.kind, correction.about_id) == ("correction", cleared.id)
    assert await balances(stage) == {
        Kind.SUSPENSE: -900, Kind.PROVIDER_ESCROW: 900, Kind.ORGANISER_BOND: 0,
    }  # fmt: skip
    for wish, subject in (("correction", correction.id), ("correction", cleared.id)):
        with pytest.raises(ManualEntryNotPossible):
            await ask(stage, wish, subject)
    await book(stage, "to_bond", entry.id)
    assert (await balances(stage))[Kind.ORGANISER_BOND] == -900
    kept = await rows(stage, ManualEntry)
    assert len(kept) == 4


async def test_money_that_left_without_a_cause(stage: Stage) -> None:
    await book(stage, "suspense", await line(stage, 900))
    gone = await book(stage, "suspense", await line(stage, -400, "tr_other"))
    assert gone.kind == "suspense_out"
    assert await balances(stage) == {Kind.SUSPENSE: -500, Kind.PROVIDER_ESCROW: 500}
    with pytest.raises(ManualEntryNotPossible, match="arrived"):
        await ask(stage, "to_bond", gone.id)
    assert await twelve(stage) == []


async def test_the_bond_bears_what_left_without_a_cause(stage: Stage) -> None:
    await book(stage, "to_bond", (await book(stage, "suspense", await line(stage, 900))).id)
    gone = await book(stage, "suspense", await line(stage, -400, "tr_other"))
    assert await gap(stage) == 400
    await assert_sound(stage)
    asked = await ask(stage, "by_bond", gone.id)
    again = await stage.run(
        ask_entry, stage.finance, wish="by_bond", subject_id=gone.id, reason="Again."
    )
    await stage.approve(asked.id)
    assert await balances(stage) == {
        Kind.SUSPENSE: 0, Kind.PROVIDER_ESCROW: 500, Kind.ORGANISER_BOND: -500,
    }  # fmt: skip
    assert await gap(stage) == 0
    with pytest.raises(ManualEntryNotPossible, match="before"):
        await stage.approve(again.id)
    [borne] = [each for each in await rows(stage, ManualEntry) if each.kind == "suspense_borne"]
    # Found after all: taken back, it is open again, and a gap.
    await book(stage, "correction", borne.id)
    assert (await balances(stage))[Kind.ORGANISER_BOND] == -900
    assert await gap(stage) == 400
    await assert_sound(stage)
    assert await twelve(stage) == []


async def test_the_bond_bears_no_more_than_it_holds(stage: Stage) -> None:
    came = await book(stage, "suspense", await line(stage, 900))
    gone = await book(stage, "suspense", await line(stage, -400, "tr_other"))
    with pytest.raises(ManualEntryNotPossible, match="pay into it"):
        await ask(stage, "by_bond", gone.id)
    with pytest.raises(ManualEntryNotPossible, match="left"):
        await ask(stage, "by_bond", came.id)
    await assert_sound(stage)


async def test_two_requests_book_a_difference_once(stage: Stage) -> None:
    difference = await line(stage, 900)
    first = await ask(stage, "suspense", difference)
    second = await stage.run(
        ask_entry, stage.finance, wish="suspense", subject_id=difference, reason="Again."
    )
    await stage.approve(first.id)
    with pytest.raises(ManualEntryNotPossible):
        await stage.approve(second.id)
    assert await balances(stage) == {Kind.SUSPENSE: -900, Kind.PROVIDER_ESCROW: 900}


async def test_who_may_not(stage: Stage) -> None:
    difference = await line(stage, 900)
    with pytest.raises(PermissionDenied):
        await ask(stage, "suspense", difference, stage.organiser)
    with pytest.raises(BreakNotFound):
        await ask(stage, "suspense", new_id())
    with pytest.raises(ManualEntryNotFound):
        await ask(stage, "correction", new_id())


async def test_over_http(house: House) -> None:
    stage = Stage(house.door.database, tenant_id=house.tenant.id)
    difference = await line(stage, 900)
    first, second = [
        await house.door.signed_in(new_email("finance"), house.tenant.id, ("finance",))
        for _ in range(2)
    ]
    body = {"wish": "suspense", "subject_id": str(difference), "reason": "Bank letter 7."}
    path = "/campaign-manual-entries"
    assert (await house.organiser.post(path, json=body, headers=keyed())).status_code == 403
    asked = await first.post(path, json=body, headers=keyed())
    assert asked.status_code == 202, asked.text
    approval = asked.json()["approval_id"]
    assert (await first.get(path)).json()["items"] == []
    done = await second.post(f"/approvals/{approval}/approve", headers=keyed())
    assert done.status_code == 200, done.text
    [shown] = (await first.get(path)).json()["items"]
    assert (shown["kind"], shown["amount_minor"], shown["is_open"]) == ("suspense_in", 900, True)
    assert Chart(house.tenant.id, "EUR", "sandbox").suspense().kind is Kind.SUSPENSE
