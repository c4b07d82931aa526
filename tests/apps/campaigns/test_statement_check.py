"""The books are held against what the provider says it holds."""

from datetime import timedelta

from sqlalchemy import text

from metatron.apps.campaigns.money.invariants import Violation
from metatron.apps.campaigns.money.statement_check import BOOKED_BY, check_statements
from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.platform.ledger.checking import Finding, check_books
from metatron.platform.payments.adapter import Observation
from metatron.platform.payments.observation_log import keep_observation
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


async def mark_all_booked(stage: Stage) -> None:
    """Leave the marks that the runner leaves; the stage runs handlers below it."""
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        mark = text(
            "insert into kernel.delivery (tenant_id, id, handler) select e.tenant_id, e.id, h.name"
            " from kernel.event e cross join unnest(cast(:handlers as text[])) h(name)"
            " where e.tenant_id = :tenant_id on conflict do nothing"
        )
        names = list(BOOKED_BY.values())
        await session.execute(mark, {"tenant_id": stage.tenant_id, "handlers": names})


async def twelve(stage: Stage) -> list[Finding]:
    found = await check_books(stage.database, stage.tenant_id)
    assert {each.violation.invariant for each in found} <= {12}
    return found


async def test_the_nightly_check_compares_with_what_the_provider_told(stage: Stage) -> None:
    stage.now = utc_now() + timedelta(hours=1)
    campaign, [first, second] = await held(stage, 6, 5)
    await stage.return_part(first, 300)
    await stage.withdraw(second)
    await stage.answer_all()
    await mark_all_booked(stage)
    assert await twelve(stage) == []
    # A fee that the provider never told of.
    await charge(stage, campaign, 25, "fee_1")
    [found] = await twelve(stage)
    assert (found.check, found.violation.subject) == ("campaigns", stage.tenant_id)


async def test_nothing_is_said_while_an_answer_waits_to_be_booked(stage: Stage) -> None:
    stage.now = utc_now() + timedelta(hours=1)
    campaign, _ = await held(stage, 6)
    await charge(stage, campaign, 25, "fee_1")
    assert await twelve(stage) == []
    await mark_all_booked(stage)
    assert len(await twelve(stage)) == 1


async def test_what_fits_nothing_has_an_exception_and_is_no_difference(stage: Stage) -> None:
    stage.now = utc_now() + timedelta(hours=1)
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
    await mark_all_booked(stage)
    assert len(await twelve(stage)) == 1
    await stage.settle()
    assert await twelve(stage) == []
