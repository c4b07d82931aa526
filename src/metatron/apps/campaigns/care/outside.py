"""What was done at the provider without an instruction of ours: kept once, mirrored when it fits.

All of it happens under the commitment's lock and is keyed by the provider's reference. What fits
nothing opens an exception instead of being guessed at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, any_, cast, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.care.disputes import close_dispute, open_dispute
from metatron.apps.campaigns.care.exceptions import Found, notice
from metatron.apps.campaigns.care.mirroring import (
    Fits,
    mirror_refund,
    mirror_reservation_end,
)
from metatron.apps.campaigns.care.tables import ProviderAction
from metatron.apps.campaigns.events import ProviderActionMirrored
from metatron.apps.campaigns.machine.locking import lock_commitment
from metatron.apps.campaigns.money.refunds import COMMITMENT_TARGET
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.apps.campaigns.wording import show_money
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish

ENDED = frozenset({"voided", "expired"})
CLOSED = frozenset({"dispute_won", "dispute_lost"})


@dataclass(frozen=True, slots=True)
class Seen:
    """An observation of the payments module; `amount_minor` in minor units of `currency`."""

    observation_id: UUID
    action: str
    provider: str
    reference: str
    target_kind: str | None
    target_id: UUID | None
    amount_minor: int
    currency: str
    occurred_at: datetime
    fee_minor: int = 0
    evidence_due_at: datetime | None = None


async def observe(session: AsyncSession, context: Context, *, seen: Seen, now: datetime) -> None:
    """Keep an action seen at the provider and mirror it in the books, or say that it fits nothing.

    Bears repetition: the provider's reference counts once.
    """
    campaign: Campaign | None = None
    commitment: Commitment | None = None
    if seen.target_kind == COMMITMENT_TARGET and seen.target_id is not None:
        campaign, commitment = await lock_commitment(session, context, seen.target_id)
    values = {
        "tenant_id": context.tenant_id,
        "id": seen.observation_id,
        "provider": seen.provider,
        "action": seen.action,
        "reference": seen.reference,
        "campaign_id": campaign and campaign.id,
        "commitment_id": commitment and commitment.id,
        "amount_minor": seen.amount_minor,
        "fee_minor": seen.fee_minor,
        "currency": seen.currency,
        "state": "open",
        "occurred_at": seen.occurred_at,
        "evidence_due_at": seen.evidence_due_at,
        "recorded_at": now,
        "version": 1,
    }
    made = insert(ProviderAction).values(values).on_conflict_do_nothing()
    kept = await session.execute(made.returning(ProviderAction.id))
    if kept.first() is None:
        return
    action = await session.get(ProviderAction, (context.tenant_id, seen.observation_id))
    assert action is not None
    if campaign is None or commitment is None:
        await _fits_nothing(session, context, action, "It is about no commitment known here.", now)
    elif await _mirror(session, context, campaign, commitment, action, now):
        await mirror_waiting(session, context, commitment_id=commitment.id, now=now)


async def having_waiting(
    session: AsyncSession, context: Context, commitment_ids: Sequence[UUID]
) -> list[UUID]:
    """Return those of the commitments for which `mirror_waiting` has something to look at."""
    query = (
        select(ProviderAction.commitment_id)
        .where(
            ProviderAction.tenant_id == context.tenant_id,
            ProviderAction.commitment_id == any_(cast(commitment_ids, ARRAY(Uuid))),
            ProviderAction.state == "open",
        )
        .distinct()
    )
    found = await session.execute(query)
    return sorted(commitment_id for commitment_id in found.scalars() if commitment_id is not None)


async def mirror_waiting(
    session: AsyncSession, context: Context, *, commitment_id: UUID, now: datetime
) -> None:
    """Mirror what waited for the provider's answer about the commitment; the oldest first."""
    query = (
        select(ProviderAction)
        .where(
            ProviderAction.tenant_id == context.tenant_id,
            ProviderAction.commitment_id == commitment_id,
            ProviderAction.state == "open",
        )
        .order_by(ProviderAction.occurred_at, ProviderAction.id)
        .execution_options(populate_existing=True)
    )
    if (await session.execute(query)).first() is None:
        return
    campaign, commitment = await lock_commitment(session, context, commitment_id)
    while waiting := (await session.execute(query)).scalars().all():
        done = [
            await _mirror(session, context, campaign, commitment, action, now) for action in waiting
        ]
        if not any(done):
            return


async def _mirror(  # noqa: PLR0917 - what is locked, and what was done to it
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitment: Commitment,
    action: ProviderAction,
    now: datetime,
) -> bool:
    """Tell whether the action waits no longer."""
    if action.action == "refunded":
        fits = await mirror_refund(session, context, campaign, commitment, action, now=now)
    elif action.action in ENDED:
        fits = await mirror_reservation_end(session, context, campaign, commitment, now=now)
    elif action.action == "dispute_opened":
        fits = await open_dispute(session, context, campaign, commitment, action, now=now)
    elif action.action in CLOSED:
        fits = await close_dispute(session, context, campaign, commitment, action, now=now)
    else:
        fits = Fits(None, "Nothing here follows from it by itself.")
    if fits.why is not None:
        await _fits_nothing(session, context, action, fits.why, now)
    elif fits.verdict == "mirrored":
        action.state, action.resolved_at = "mirrored", now
        action.version += 1
        await session.flush()
        event = ProviderActionMirrored(
            aggregate_id=commitment.id,
            campaign_id=campaign.id,
            provider_action_id=action.id,
            action=action.action,
            amount_minor=action.amount_minor,
            currency=action.currency,
        )
        await publish(session, context, event, now=now)
    return action.state != "open"


async def _fits_nothing(
    session: AsyncSession, context: Context, action: ProviderAction, why: str, now: datetime
) -> None:
    action.state, action.why = "unmirrored", why
    action.version += 1
    await session.flush()
    shown = show_money(action.amount_minor, action.currency)
    found = Found(
        category="escrow_anomaly",
        severity="high",
        title=f"Done at the provider and not in the books: {action.action}",
        detail=f"{action.action} of {shown}, {action.provider} {action.reference}. {why}",
        cause=f"provider_action/{action.id}",
        campaign_id=action.campaign_id,
        commitment_id=action.commitment_id,
    )
    await notice(session, context, found=found, source_id=action.id, now=now)
