"""Recording many instructions at once: the guarantees of one, in few statements."""

import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.platform.payments.adapter import InstructionKind
from metatron.platform.payments.errors import (
    InstructionDiffers,
    InstructionInvalid,
    RefundExceedsCapture,
)
from metatron.platform.payments.interface import InstructionWanted, request_instructions
from tests.platform.payments.steps import done, jobs, read

pytestmark = pytest.mark.usefixtures("adapter")


def wanted(amount_minor: int = 700) -> InstructionWanted:
    return InstructionWanted(new_id(), amount_minor, "EUR", new_id(), source_reference="ref_1")


async def ask_all(database: Database, tenant: Context, *given: InstructionWanted) -> None:
    async with database.transaction(tenant) as session:
        await request_instructions(
            session, tenant, kind=InstructionKind.REFUND, target_kind="test.thing", wanted=given,
            now=utc_now(),
        )  # fmt: skip


async def test_each_is_recorded_with_a_job_of_its_own(database: Database, tenant: Context) -> None:
    given = [wanted(amount) for amount in range(1, 41)]
    await ask_all(database, tenant, *given)
    assert len(await jobs(database, tenant)) == 40
    for one in given:
        made = await read(database, tenant, one.ledger_transfer_id)
        found = (made.id, made.target_id, made.amount_minor, made.state, made.kind)
        assert found == (
            one.ledger_transfer_id, one.target_id, one.amount_minor, "approved", "refund",
        )  # fmt: skip


async def test_those_recorded_before_are_not_asked_again(
    database: Database, tenant: Context
) -> None:
    first, second = wanted(), wanted()
    await ask_all(database, tenant, first)
    await ask_all(database, tenant, first, second)
    assert len(await jobs(database, tenant)) == 2


async def test_one_that_is_refused_stops_all(database: Database, tenant: Context) -> None:
    first, good = wanted(), wanted()
    await ask_all(database, tenant, first)
    changed = InstructionWanted(
        first.target_id, 701, "EUR", first.ledger_transfer_id, source_reference="ref_1"
    )
    with pytest.raises(InstructionDiffers) as refused:
        await ask_all(database, tenant, good, changed)
    assert [error.field for error in refused.value.errors] == ["amount_minor"]
    with pytest.raises(InstructionInvalid):
        await ask_all(database, tenant, good, wanted(0))
    assert len(await jobs(database, tenant)) == 1


async def test_many_refunds_never_exceed_their_captures(
    database: Database, tenant: Context
) -> None:
    taken = [await done(database, tenant, "capture", amount=1000) for _ in range(2)]

    def part(index: int, amount: int) -> InstructionWanted:
        reference = taken[index].provider_reference
        return InstructionWanted(new_id(), amount, "EUR", new_id(), source_reference=reference)

    await ask_all(database, tenant, part(0, 600), part(1, 1000))
    with pytest.raises(RefundExceedsCapture):
        await ask_all(database, tenant, part(0, 200), part(0, 201))
    with pytest.raises(RefundExceedsCapture):
        await ask_all(database, tenant, part(1, 1))
    await ask_all(database, tenant, part(0, 200), part(0, 200))
