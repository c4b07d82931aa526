"""Evidence against a card dispute: what is known of the commitment, with what finance adds."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.care.errors import DisputeNotFound, EvidenceNotPossible
from metatron.apps.campaigns.care.tables import CardDispute
from metatron.apps.campaigns.permissions import SETTLE
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.apps.campaigns.wording import show_instant, show_money, texts
from metatron.kernel.context import Context
from metatron.platform.payments import interface as payments

_ACKNOWLEDGED = text("""
select terms_version, terms_hash, min(acknowledged_at) at from campaigns.acknowledgement
where tenant_id = :tenant_id and commitment_id = :commitment_id group by 1, 2
""")
_DELIVERED = text("""
select kind, note, recorded_at from campaigns.fulfilment_event
where tenant_id = :tenant_id and campaign_id = :campaign_id order by recorded_at, id limit 100
""")
_FILES = text("""
select name, media_type, sha256 from campaigns.dispute_file
where tenant_id = :tenant_id and dispute_id = :dispute_id order by added_at, id limit 100
""")
_RECEIVED = text("""
select confirmed_at from campaigns.receipt
where tenant_id = :tenant_id and commitment_id = :commitment_id
""")


async def hand_in(
    session: AsyncSession, context: Context, *, dispute_id: UUID, explanation: str, now: datetime
) -> CardDispute:
    """Hand evidence in with the provider: the commitment's facts, then `explanation`; once.

    Raises:
        DisputeNotFound: no such dispute.
        EvidenceNotPossible: the dispute is decided, its time for evidence is over, or evidence was
            handed in before.
        CapabilityMissing: the provider takes none by its API.
    """
    context.demand(SETTLE)
    dispute = await lock_dispute(session, context, dispute_id)
    demand_open(dispute, now)
    told = await _told(session, context, dispute, explanation.strip())
    try:
        await payments.request_evidence(
            session,
            context,
            provider=dispute.provider,
            reference=dispute.reference,
            explanation=told[: payments.LONGEST_EXPLANATION],
            now=now,
        )
    except payments.EvidenceGiven as error:
        raise EvidenceNotPossible("Evidence was handed in before, or is on its way.") from error
    dispute.evidence_state, dispute.evidence_code = "created", None
    dispute.version += 1
    await session.flush()
    return dispute


async def evidence_moved(
    session: AsyncSession,
    context: Context,
    *,
    provider: str,
    provider_reference: str,
    state: str,
    failure_code: str | None,
) -> None:
    """Keep how far the evidence is; what is decided stays."""
    query = (
        select(CardDispute)
        .where(
            CardDispute.tenant_id == context.tenant_id,
            CardDispute.provider == provider,
            CardDispute.reference == provider_reference,
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    dispute = (await session.execute(query)).scalar_one_or_none()
    if dispute is None or dispute.evidence_state == "submitted":
        return
    dispute.evidence_state, dispute.evidence_code = state, failure_code
    dispute.version += 1
    await session.flush()


def demand_open(dispute: CardDispute, now: datetime) -> None:
    """Refuse, as `EvidenceNotPossible`, when nothing more can be said against the dispute."""
    if dispute.state != "open":
        raise EvidenceNotPossible(f"The dispute was {dispute.state}.")
    if dispute.evidence_due_at is not None and now >= dispute.evidence_due_at:
        raise EvidenceNotPossible("The provider's time for evidence is over.")
    if dispute.evidence_state not in {None, "refused"}:
        raise EvidenceNotPossible("Evidence was handed in before, or is on its way.")


async def lock_dispute(session: AsyncSession, context: Context, dispute_id: UUID) -> CardDispute:
    """Return a dispute, locked.

    Raises:
        DisputeNotFound: no such dispute.
    """
    query = (
        select(CardDispute)
        .where(CardDispute.tenant_id == context.tenant_id, CardDispute.id == dispute_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    dispute = (await session.execute(query)).scalar_one_or_none()
    if dispute is None:
        raise DisputeNotFound
    return dispute


async def _told(
    session: AsyncSession, context: Context, dispute: CardDispute, explanation: str
) -> str:
    """Return the evidence in words: no name and no address of the member is in it."""
    words = texts("admin.evidence")
    commitment = await session.get(Commitment, (context.tenant_id, dispute.commitment_id))
    campaign = await session.get(Campaign, (context.tenant_id, dispute.campaign_id))
    assert commitment is not None
    assert campaign is not None
    zone = campaign.time_zone
    lines = [
        words["commitment"].format(
            reference=commitment.reference,
            campaign=campaign.reference,
            title=campaign.title or "",
            units=commitment.units,
            amount=show_money(commitment.amount_minor, commitment.currency),
            at=show_instant(commitment.placed_at, zone),
        )
    ]
    key = {
        "tenant_id": context.tenant_id,
        "commitment_id": commitment.id,
        "campaign_id": campaign.id,
    }
    lines += [
        words["terms"].format(
            version=row.terms_version, hash=row.terms_hash, at=show_instant(row.at, zone)
        )
        for row in await session.execute(_ACKNOWLEDGED, key)
    ]
    lines += [
        words["delivery"].format(
            at=show_instant(row.recorded_at, zone), kind=row.kind, note=row.note
        )
        for row in await session.execute(_DELIVERED, key)
    ]
    lines += [
        words["received"].format(at=show_instant(row.confirmed_at, zone))
        for row in await session.execute(_RECEIVED, key)
    ]
    key["dispute_id"] = dispute.id
    lines += [
        words["file"].format(name=row.name, media_type=row.media_type, hash=row.sha256)
        for row in await session.execute(_FILES, key)
    ]
    # What finance adds goes first: a provider may cut what is long.
    return "\n".join([explanation, "", *lines])
