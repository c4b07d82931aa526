"""Members agree to the part that the supplier accepted, or leave; silence is leaving."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import AnswerGiven, CommitmentNotFound, ConsentClosed
from metatron.apps.campaigns.machine.locking import (
    instant_by_database,
    lock_campaign,
    lock_commitment,
)
from metatron.apps.campaigns.machine.steps import advance
from metatron.apps.campaigns.money.refunding import ask_refunds
from metatron.apps.campaigns.money.refunds import begin_refunds
from metatron.apps.campaigns.permissions import COMMIT
from metatron.apps.campaigns.rules.goal import is_reached
from metatron.apps.campaigns.rules.tiers import final_unit_price
from metatron.apps.campaigns.supply.allocation import ALLOCATE_JOB
from metatron.apps.campaigns.supply.claims import grant, held_claims, units_of
from metatron.apps.campaigns.supply.sharing import share_out
from metatron.apps.campaigns.supply.tables import Consent
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue

CONSENT_JOB = "campaigns.count_consents"


async def answer_consent(
    session: AsyncSession,
    context: Context,
    *,
    commitment_id: UUID,
    answer: Literal["agree", "leave"],
    now: datetime,
) -> Commitment:
    """Agree with one's own commitment to the accepted part, or leave with a full refund at once.

    Who agreed may leave later, while the time to answer lasts.

    Raises:
        CommitmentNotFound: none of this person's.
        ConsentClosed: nothing is asked, or the time to answer is over.
        AnswerGiven: it was answered by leaving.
    """
    context.demand_lasting(COMMIT)
    campaign, commitment = await lock_commitment(session, context, commitment_id)
    if commitment.member_id != context.actor_id:
        raise CommitmentNotFound
    consent = await session.get(Consent, (context.tenant_id, commitment_id))
    if consent is None:
        raise ConsentClosed
    if consent.answer == answer:
        return commitment
    if consent.answer == "leave":
        raise AnswerGiven
    await _check_asked(session, campaign, commitment, now)
    consent.answer, consent.answered_at = answer, now
    await session.flush()
    if answer == "agree":
        await advance(session, context, commitment, "agree", now=now)
        return commitment
    await begin_refunds(
        session, context, campaign, [commitment], step="refuse_part",
        reason_code="supplier_unable", trigger="consent", now=now, by_system=False,
    )  # fmt: skip
    return commitment


async def _check_asked(
    session: AsyncSession, campaign: Campaign, commitment: Commitment, now: datetime
) -> None:
    if campaign.state != "awaiting_supplier" or campaign.consent_until is None:
        raise ConsentClosed
    if await instant_by_database(session, now) >= campaign.consent_until:
        raise ConsentClosed
    if commitment.state != "held":
        raise ConsentClosed


async def count_consents(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> None:
    """Decide a part once the time to agree is over: share it out, or refund everybody.

    The goal is tested again on what the members who agreed hold in escrow; the units shared out
    must reach the published minimum of acceptance too. A job that comes too early does nothing.
    """
    campaign = await lock_campaign(session, context, campaign_id)
    if campaign.state != "awaiting_supplier" or campaign.consent_until is None:
        return
    if now < campaign.consent_until:
        return
    assert campaign.accepted_units is not None
    assert campaign.unit_price_minor is not None
    claims = await held_claims(session, context, campaign, agreed=True)
    agreed = units_of(claims)
    held_minor = agreed * campaign.unit_price_minor
    shares = share_out(
        claims, campaign.accepted_units, campaign.oversub_rule, campaign.lottery_seed or ""
    )
    total = sum(shares.values())
    enough = total >= (campaign.min_accept_units or 1)
    if not enough or not is_reached(campaign, units=agreed, escrowed_minor=held_minor):
        campaign.outcome = "consent_missed"
        await advance(session, context, campaign, "consent_missed", now=now, by_system=True)
        await ask_refunds(session, context, campaign_id, trigger="allocation")
        return
    campaign.final_unit_price_minor = final_unit_price(campaign, total)
    await grant(session, context, shares)
    await advance(session, context, campaign, "consent_reached", now=now, by_system=True)
    await enqueue(session, context, ALLOCATE_JOB, campaign_id=campaign_id)
