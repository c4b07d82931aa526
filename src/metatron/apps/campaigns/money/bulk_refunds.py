"""Refunding many commitments of a campaign at once: previewed, approved, then done by jobs."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import PreviewOutdated
from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.machine.steps import refuse_step
from metatron.apps.campaigns.permissions import SETTLE
from metatron.apps.campaigns.tables import Campaign
from metatron.apps.campaigns.wording import named, show_money
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue
from metatron.platform.approvals.interface import (
    Approval,
    ApprovalAction,
    register_action,
    request_approval,
)

BULK_JOB = "campaigns.refund_many"
BULK_ACTION = "campaigns.bulk_refund"
_DISPUTED = """exists (select from campaigns.issue i where i.tenant_id = m.tenant_id
  and i.commitment_id = m.id and i.state = 'open')"""
_PREVIEW = text(
    """
select count(*) filter (where x.takes > 0) count,
  coalesce(sum(x.units) filter (where x.takes > 0), 0)::bigint units,
  coalesce(sum(x.takes), 0)::bigint amount_minor,
  coalesce(sum(x.escrow - x.takes), 0)::bigint left_minor,
  count(*) filter (where x.takes = 0) left_out
from (
  select w.units, w.escrow, case when w.disputed then 0
    when cast(:per_unit as bigint) is null then w.escrow
    when w.units * cast(:per_unit as bigint) < w.escrow then w.units * cast(:per_unit as bigint)
    else 0 end takes
  from (
    select m.units, m.captured_minor - coalesce((select sum(f.amount_minor) from campaigns.refund f
        where f.tenant_id = m.tenant_id and f.commitment_id = m.id), 0) escrow,
      """
    + _DISPUTED
    + """ disputed
    from campaigns.commitment m
    where m.tenant_id = :tenant_id and m.campaign_id = :campaign_id
      and m.state in ('held', 'allocated')) w) x
"""
)


@dataclass(frozen=True, slots=True)
class Bulk:
    """What is to be refunded: all in escrow, or `amount_per_unit_minor` for each unit."""

    amount_per_unit_minor: int | None
    reason_code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a bulk refund would do now. Amounts are minor units of `currency`.

    `left_out` commitments have an open issue, or less in escrow than their part.
    """

    count: int
    units: int
    amount_minor: int
    left_minor: int
    left_out: int
    currency: str
    effect: str


async def preview_bulk(
    session: AsyncSession, context: Context, *, campaign_id: UUID, bulk: Bulk
) -> Preview:
    """Return what `bulk` would do now, in figures and in words.

    Raises:
        CampaignNotFound: no such campaign.
    """
    campaign = await lock_campaign(session, context, campaign_id, shared=True)
    return await _preview(session, context, campaign, bulk.amount_per_unit_minor)


async def _preview(
    session: AsyncSession, context: Context, campaign: Campaign, per_unit: int | None
) -> Preview:
    key = {"tenant_id": context.tenant_id, "campaign_id": campaign.id, "per_unit": per_unit}
    row = (await session.execute(_PREVIEW, key)).one()
    amount = show_money(row.amount_minor, campaign.currency)
    left = show_money(row.left_minor, campaign.currency)
    what = (
        f"{row.count} commitments end and all they have in escrow, {amount}, is refunded."
        if per_unit is None
        else f"{row.count} commitments go on; {amount} of them is refunded."
    )
    return Preview(
        **row._mapping,  # noqa: SLF001 - the public name of a row's columns
        currency=campaign.currency,
        effect=f"{what} {row.left_out} commitments are left out. {left} stays in escrow.",
    )


async def ask_bulk(
    session: AsyncSession,
    context: Context,
    *,
    campaign_id: UUID,
    bulk: Bulk,
    expected: tuple[int, int],
    now: datetime,
) -> Approval:
    """Ask a second person for what was previewed; `expected` is its count and its amount.

    Raises:
        CampaignNotFound: no such campaign.
        PreviewOutdated: it would do something else by now.
        TransitionNotAllowed: nothing could be refunded.
    """
    context.demand(SETTLE)
    campaign = await lock_campaign(session, context, campaign_id, shared=True)
    preview = await _preview(session, context, campaign, bulk.amount_per_unit_minor)
    if (preview.count, preview.amount_minor) != expected:
        raise PreviewOutdated(preview.effect)
    if not preview.count:
        raise refuse_step(campaign, "No commitment could be refunded.")
    return await request_approval(
        session,
        context,
        action=BULK_ACTION,
        subject_kind="campaign",
        subject_id=campaign_id,
        payload={
            "campaign_id": str(campaign_id),
            **asdict(bulk),
            "count": preview.count,
            "amount_minor": preview.amount_minor,
        },
        summary=f"{named(campaign.title, campaign.reference)}: {preview.effect}",
        reason=bulk.reason[:1_000],
        amount_minor=preview.amount_minor,
        currency=campaign.currency,
        now=now,
    )


async def execute_bulk(
    session: AsyncSession,
    context: Context,
    *,
    payload: dict[str, Any],
    approval: Approval,
    now: datetime,
) -> dict[str, Any]:
    """Begin what was approved, if it still is what was previewed; jobs do it in batches."""
    campaign = await lock_campaign(session, context, UUID(payload["campaign_id"]))
    preview = await _preview(session, context, campaign, payload["amount_per_unit_minor"])
    if (preview.count, preview.amount_minor) != (payload["count"], payload["amount_minor"]):
        raise PreviewOutdated(preview.effect)
    await enqueue(
        session,
        context,
        BULK_JOB,
        campaign_id=campaign.id,
        bulk={name: payload[name] for name in Bulk.__dataclass_fields__},
        until=now.isoformat(),
        after=None,
        approval_id=approval.id,
        requested_by=approval.requested_by,
    )
    return {"count": preview.count, "amount_minor": preview.amount_minor}


register_action(
    ApprovalAction(
        name=BULK_ACTION,
        request_permission=SETTLE,
        approve_permission=SETTLE,
        execute=execute_bulk,
        describe=lambda payload: (
            f"Refunds {show_money(payload['amount_minor'], payload['currency'])} of"
            f" {payload['count']} commitments."
        ),
        title="Refund many commitments",
    )
)
