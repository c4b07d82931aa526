"""A refund made at the provider beyond what was held for its member: the bond bears the rest.

The money has left and is the member's; nobody else's may be missing for it. What is held for the
commitment still goes first, so that it is not paid to the supplier as well. Always by two people.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.care.errors import ProviderActionNotFound, ProviderActionNotPossible
from metatron.apps.campaigns.care.mirroring import mirror_refund, reach_beyond
from metatron.apps.campaigns.care.tables import ProviderAction
from metatron.apps.campaigns.events import ProviderActionMirrored
from metatron.apps.campaigns.machine.locking import lock_commitment
from metatron.apps.campaigns.money.charges import lock_bond, record_refund_loss
from metatron.apps.campaigns.permissions import SETTLE
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.apps.campaigns.wording import show_money
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.platform.approvals.interface import (
    Approval,
    ApprovalAction,
    register_action,
    request_approval,
)

BEAR_ACTION = "campaigns.bear_refund"


@dataclass(frozen=True, slots=True)
class _Found:
    """A locked action, what it is about, and the minor units nobody holds for it."""

    action: ProviderAction
    campaign: Campaign | None
    commitment: Commitment | None
    beyond_minor: int


async def ask_loss(
    session: AsyncSession, context: Context, *, action_id: UUID, reason: str, now: datetime
) -> Approval:
    """Ask a second person to have the bond bear what a refund took beyond what was held.

    Whatever rule the organisation has set, another person approves this one.

    Raises:
        ProviderActionNotFound: nothing like this was seen at the provider.
        ProviderActionNotPossible: it is no refund, stands in the books, or has to wait.
    """
    context.demand(SETTLE)
    found = await _find(session, context, action_id)
    action, beyond = found.action, found.beyond_minor
    held = action.amount_minor - beyond
    rest = f", {show_money(held, action.currency)} of it comes out of escrow" if held else ""
    return await request_approval(
        session,
        context,
        action=BEAR_ACTION,
        subject_kind="provider_action",
        subject_id=action_id,
        payload={"action_id": str(action_id), "beyond_minor": beyond, "reason": reason},
        summary=f"Refund {action.reference} of {show_money(action.amount_minor, action.currency)}, "
        f"made at the provider: the bond bears {show_money(beyond, action.currency)}{rest}.",
        reason=reason[:1_000],
        amount_minor=action.amount_minor,
        currency=action.currency,
        party_ids={found.commitment.member_id} if found.commitment else set(),
        now=now,
    )


async def execute_loss(
    session: AsyncSession,
    context: Context,
    *,
    payload: dict[str, Any],
    approval: Approval,
    now: datetime,
) -> dict[str, Any]:
    """Book what was approved, if the bond would bear as much as when it was asked for.

    What is held goes the way of a mirrored refund; of the rest Dr loss / Cr provider clearing and
    Dr bond / Cr loss, as far as the bond goes, in one chain.
    """
    del approval
    found = await _find(session, context, UUID(payload["action_id"]))
    action, campaign, beyond = found.action, found.campaign, found.beyond_minor
    if beyond != payload["beyond_minor"]:
        raise ProviderActionNotPossible("What is held has changed since it was asked for.")
    await lock_bond(session, context, action.currency)
    of_campaign = campaign is not None and campaign.currency == action.currency
    if campaign is not None and found.commitment is not None and of_campaign:
        fits = await mirror_refund(
            session, context, campaign, found.commitment, action, now=now, bond_bears=True
        )
        assert fits.beyond_minor == beyond
    if beyond:
        await record_refund_loss(
            session, context, campaign.id if campaign is not None and of_campaign else None,
            amount_minor=beyond, currency=action.currency, reference=action.reference, now=now,
        )  # fmt: skip
    shown = show_money(beyond, action.currency)
    action.state, action.resolved_at = "mirrored", now
    action.why = f"The bond bears {shown} of it, as two people have approved."
    action.version += 1
    await session.flush()
    if campaign is not None and found.commitment is not None:
        event = ProviderActionMirrored(
            aggregate_id=found.commitment.id, campaign_id=campaign.id, provider_action_id=action.id,
            action=action.action, amount_minor=action.amount_minor, currency=action.currency,
        )  # fmt: skip
        await publish(session, context, event, now=now)
    return {"action_id": str(action.id), "beyond_minor": beyond}


async def _find(session: AsyncSession, context: Context, action_id: UUID) -> _Found:
    action = await session.get(ProviderAction, (context.tenant_id, action_id))
    if action is None:
        raise ProviderActionNotFound
    campaign: Campaign | None = None
    commitment: Commitment | None = None
    if action.commitment_id is not None:
        campaign, commitment = await lock_commitment(session, context, action.commitment_id)
    await session.refresh(action, with_for_update={"key_share": True})
    if action.action != "refunded" or not action.amount_minor:
        raise ProviderActionNotPossible("Only a refund is borne by the bond.")
    if action.state != "unmirrored":
        raise ProviderActionNotPossible(
            "It stands in the books."
            if action.state == "mirrored"
            else "It waits for the provider's answer about the commitment."
        )
    if campaign is None or commitment is None:
        return _Found(action, None, None, action.amount_minor)
    beyond = await reach_beyond(session, context, campaign, commitment, action)
    if beyond is None:
        raise ProviderActionNotPossible(
            "Something else of this commitment is under way: wait for its end."
        )
    return _Found(action, campaign, commitment, beyond)


register_action(
    ApprovalAction(
        name=BEAR_ACTION,
        request_permission=SETTLE,
        approve_permission=SETTLE,
        execute=execute_loss,
        describe=lambda payload: (
            f"Books a refund that was made at the provider; the bond bears "
            f"{show_money(payload['beyond_minor'], payload['currency'])} of it, which nobody held."
        ),
        title="Let the bond bear a refund",
        is_fixed=True,
    )
)
