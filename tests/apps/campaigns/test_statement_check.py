"""The books are held against what the provider says it holds."""

from metatron.apps.campaigns.care.tables import ExceptionRow, ProviderAction
from metatron.apps.campaigns.money.invariants import Violation
from metatron.apps.campaigns.money.statement_check import check_statements
from metatron.kernel.context import system_context
from metatron.platform.ledger.checking import Finding, check_books
from metatron.platform.payments.adapter import Observation
from metatron.platform.payments.observation_log import keep_observation
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_fees import charge
from tests.apps.campaigns.test_outside import rows
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


async def forget_marks(stage: Stage) -> None:
    """Take away the marks of what was booked, as if the jobs waited still."""
    forget = "delete from kernel.delivery where tenant_id = $1"
    await stage.database.system.execute(forget, stage.tenant_id)


async def twelve(stage: Stage) -> list[Finding]:
    found = await check_books(stage.database, stage.tenant_id)
    assert {each.violation.invariant for each in found} <= {12}
    return found


async def test_the_nightly_check_compares_with_what_the_provider_told(stage: Stage) -> None:
    campaign, [first, second] = await held(stage, 6, 5)
    await stage.return_part(first, 300)
    await stage.withdraw(second)
    await stage.answer_all()
    assert await twelve(stage) == []
    # A fee that the provider never told of.
    await charge(stage, campaign, 25, "fee_1")
    [found] = await twelve(stage)
    assert (found.check, found.violation.subject) == ("campaigns", stage.tenant_id)


async def test_nothing_is_said_while_an_answer_waits_to_be_booked(stage: Stage) -> None:
    campaign, _ = await held(stage, 6)
    await charge(stage, campaign, 25, "fee_1")
    assert len(await twelve(stage)) == 1
    await forget_marks(stage)
    assert await twelve(stage) == []


async def test_what_fits_nothing_has_an_exception_and_is_no_difference(stage: Stage) -> None:
    _, [mine] = await held(stage, 6)
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        await keep_observation(
            session, context, provider="sandbox", source=None, origin="webhook", now=stage.now,
            seen=Observation(
                action="refunded", reference="re_unknown", source_reference="auth_unknown",
                amount_minor=70, fee_minor=0, currency=mine.currency, occurred_at=stage.now,
            ),
        )  # fmt: skip
    await stage.settle()
    assert [each.state for each in await rows(stage, ProviderAction)] == ["unmirrored"]
    assert len(await rows(stage, ExceptionRow)) == 1
    assert await twelve(stage) == []
