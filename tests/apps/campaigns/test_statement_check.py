"""The books are held against what the provider says it holds."""

from metatron.apps.campaigns.money.invariants import Violation
from metatron.apps.campaigns.money.statement_check import check_statements
from metatron.kernel.context import system_context
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_fees import charge
from tests.apps.campaigns.test_parts import held


async def differences(stage: Stage) -> list[Violation]:
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        return await check_statements(session, context, on=stage.now.date(), now=stage.now)


async def test_captures_parts_and_refunds_agree_with_the_provider(stage: Stage) -> None:
    campaign, [first, second] = await held(stage, 6, 5)
    assert await differences(stage) == []
    await stage.return_part(first, 300)
    await stage.withdraw(second)
    assert await differences(stage) == []
    await stage.answer_all()
    assert await differences(stage) == []
    # A fee that no statement shows is a difference.
    await charge(stage, campaign, 25, "fee_1")
    [found] = await differences(stage)
    assert found.invariant == 12
