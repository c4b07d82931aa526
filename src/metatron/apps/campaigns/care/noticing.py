"""What opens an exception by itself: each reaction counts its source once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.care.exceptions import Found, notice
from metatron.apps.campaigns.tables import Campaign, Refund
from metatron.apps.campaigns.wording import show_money
from metatron.kernel.context import Context

MOST_NAMED = 5


async def refund_refused(
    session: AsyncSession,
    context: Context,
    *,
    commitment_id: UUID,
    transfer_id: UUID,
    now: datetime,
) -> None:
    """Open an exception for a refund the provider refused; a repeat of the answer changes nothing.

    `transfer_id`: the ledger's transfer of the attempt.
    """
    query = select(Refund).where(
        Refund.tenant_id == context.tenant_id,
        Refund.commitment_id == commitment_id,
        Refund.transfer_id == transfer_id,
        Refund.state == "failed",
    )
    refund = (await session.execute(query)).scalar_one_or_none()
    if refund is None:
        return
    shown = show_money(refund.amount_minor, refund.currency)
    found = Found(
        category="process_failure",
        severity="high",
        title="A refund was refused by the provider",
        detail=f"Refund of {shown}, attempt {refund.attempts}.",
        cause=f"refund/{refund.id}",
        campaign_id=refund.campaign_id,
        commitment_id=commitment_id,
    )
    await notice(session, context, found=found, source_id=transfer_id, now=now)


async def break_opened(
    session: AsyncSession,
    context: Context,
    *,
    break_id: UUID,
    detail: str,
    now: datetime,
) -> None:
    """Open an exception for a difference between the provider's statement and the books."""
    found = Found(
        category="escrow_anomaly",
        severity="high",
        title="The provider's statement and the books differ",
        detail=detail,
        cause=f"statement_break/{break_id}",
    )
    await notice(session, context, found=found, source_id=break_id, now=now)


async def supplier_silent(
    session: AsyncSession, context: Context, *, campaign_id: UUID, ordinal: int, now: datetime
) -> None:
    """Open an exception for a supplier who did not answer in time; `ordinal`: the step's number."""
    campaign = await session.get(Campaign, (context.tenant_id, campaign_id))
    assert campaign is not None
    found = Found(
        category="supplier_deviation",
        severity="medium",
        title="The supplier did not answer in time",
        detail=f"Campaign {campaign.reference}, supplier {campaign.supplier_name}.",
        cause=f"silent_supplier/{campaign_id}",
        campaign_id=campaign_id,
    )
    source_id = uuid5(campaign_id, f"silent/{ordinal}")
    await notice(session, context, found=found, source_id=source_id, now=now)


async def message_missed(
    session: AsyncSession,
    context: Context,
    *,
    campaign_id: UUID,
    subject_id: UUID,
    ordinal: int,
    person_id: UUID,
    now: datetime,
) -> None:
    """Open an exception for a person whom a step's message could not be sent to.

    One for each campaign and person; every further message is a sighting of the same.
    """
    found = Found(
        category="communication_failure",
        severity="medium",
        title="A message could not be sent: the person has no address",
        detail=f"Step {ordinal} of {subject_id}, person {person_id}.",
        cause=f"message/{campaign_id}/{person_id}",
        campaign_id=campaign_id,
    )
    source_id = uuid5(subject_id, f"missed/{ordinal}/{person_id}")
    await notice(session, context, found=found, source_id=source_id, now=now)


async def mail_refused(
    session: AsyncSession,
    context: Context,
    *,
    message_id: UUID,
    template: str,
    recipient_id: UUID,
    now: datetime,
) -> None:
    """Open an exception for a member whose mail about a campaign was refused for good.

    One for each person; every further mail is a sighting of the same.
    """
    found = Found(
        category="communication_failure",
        severity="high",
        title="A mail about money was refused by the member's mail server",
        detail=f"Mail {template}, person {recipient_id}, message {message_id}. What it says stands "
        "on the member's own page.",
        cause=f"mail/{recipient_id}",
    )
    await notice(session, context, found=found, source_id=message_id, now=now)


async def books_wrong(
    session: AsyncSession,
    context: Context,
    *,
    event_id: UUID,
    findings: int,
    rules: Sequence[str],
    subjects: Sequence[UUID],
    now: datetime,
) -> None:
    """Open an exception for books that break a rule; each night's check is a sighting."""
    rows = ", ".join(map(str, subjects[:MOST_NAMED])) or "none"
    found = Found(
        category="escrow_anomaly",
        severity="critical",
        title="The books break a rule",
        detail=f"{findings} findings: {'; '.join(rules[:MOST_NAMED])}. Rows: {rows}. "
        "Run `metatron ledger check` for all of them.",
        cause=f"books/{context.tenant_id}",
    )
    await notice(session, context, found=found, source_id=event_id, now=now)


async def party_committed(
    session: AsyncSession,
    context: Context,
    *,
    commitment_id: UUID,
    campaign_id: UUID,
    linked_as: str,
    units: int,
    now: datetime,
) -> None:
    """Open an exception for parties' own commitments; one for each campaign, with every sighting.

    Nobody is accused: whoever looks says whether the campaign's progress is demand.
    """
    found = Found(
        category="other",
        severity="medium",
        title="A party to the campaign has committed to it",
        detail=f"Commitment {commitment_id} of {units} units is the {linked_as}'s own. Its units "
        "count like all others: see whether the progress shown is demand.",
        cause=f"own_commitment/{campaign_id}",
        campaign_id=campaign_id,
        commitment_id=commitment_id,
    )
    await notice(session, context, found=found, source_id=commitment_id, now=now)
