"""What members read about a part that goes back is true wherever the rest is by then."""

from metatron.apps.campaigns.machine.messages import template_name
from metatron.apps.campaigns.machine.rest import where_the_rest_is
from metatron.apps.campaigns.machine.tellings import find_tellings
from metatron.apps.campaigns.tables import Commitment
from metatron.kernel.context import system_context
from metatron.platform.notifications.templates import render
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_parts import held


async def mails_about(stage: Stage, commitment: Commitment) -> dict[str, str]:
    """Return what was told of the commitment since the last time, by step, as it reads now."""
    context = system_context(stage.tenant_id)
    own = [which for which in stage.told if which[0] == commitment.id]
    async with stage.database.transaction(context) as session:
        tellings = await find_tellings(session, context, own)
    stage.told.clear()
    return {
        each.step.name: render(
            template_name(each.machine, each.step, "member"), "en", each.places
        ).text
        for each in tellings
    }


async def test_the_rest_of_a_part_stays_while_the_commitment_goes_on(stage: Stage) -> None:
    _, [commitment] = await held(stage, 6)
    await stage.settle()
    await mails_about(stage, commitment)
    await stage.return_part(commitment, 700)
    await stage.answer_all()
    told = await mails_about(stage, commitment)
    assert set(told) == {"return_part", "confirm_part"}
    for text in told.values():
        assert "Escrow: what is left of this commitment stays in escrow" in text
        assert "Supplier: it owes nothing until it accepts." in text


async def test_the_rest_of_a_part_may_be_due_back_as_well(stage: Stage) -> None:
    """The part is refused, the whole is withdrawn, and only then is the part tried again."""
    _, [commitment] = await held(stage, 6)
    await stage.return_part(commitment, 700)
    await stage.answer_all("failed")
    await mails_about(stage, commitment)
    await stage.withdraw(commitment)
    await stage.retry_refund(commitment)
    await stage.settle()
    assert (await stage.fresh(commitment)).state == "refund_due"
    retried = (await mails_about(stage, commitment))["retry_part"]
    assert "stays in escrow" not in retried
    assert "is on its way out of escrow back to you" in retried
    assert "is paid nothing more" in retried
    await stage.answer_all()
    confirmed = (await mails_about(stage, commitment))["confirm_part"]
    assert "stays in escrow" not in confirmed
    assert (await stage.fresh(commitment)).state == "refunded"
    assert "what was left of this commitment has been refunded" in confirmed


async def test_a_part_told_of_late_says_what_is_true_when_it_is_read(stage: Stage) -> None:
    _, [commitment] = await held(stage, 6)
    stage.told.clear()
    await stage.return_part(commitment, 700)
    await stage.withdraw(commitment)
    await stage.settle()
    assert "stays in escrow" not in (await mails_about(stage, commitment))["return_part"]


def test_what_a_campaign_gives_back_does_not_stay() -> None:
    assert where_the_rest_is("held", "live") == "held"
    assert where_the_rest_is("allocated", "inspecting") == "allocated"
    for ends in ("failing", "cancelling", "unwinding"):
        assert where_the_rest_is("held", ends) == "returning"
    assert where_the_rest_is("settled", "unwinding") == "released"
