"""The steps a person may ask for by name, and the use case behind each."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.delivery import fulfilment
from metatron.apps.campaigns.errors import ReasonRequired
from metatron.apps.campaigns.gathering import closing, notices, review
from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.machine.steps import refuse_step, step_or_refuse
from metatron.apps.campaigns.machine.transitions import STEPS, Step
from metatron.apps.campaigns.money import payouts, refunds, unwinding
from metatron.apps.campaigns.permissions import ORGANISE, PERMISSION_OF_ACTOR, REVIEW
from metatron.apps.campaigns.supply import supplier
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.etag import check_if_match
from metatron.platform.approvals.interface import (
    Approval,
    ApprovalAction,
    needs_approval,
    register_action,
    request_approval,
)

Verb = Callable[..., Awaitable[Campaign]]
WITHOUT_REASON: dict[str, Verb] = {
    "extend": notices.extend,
    "submit": review.submit,
    "resume": review.resume,
    "close_early": closing.close_early,
    "accept": supplier.accept,
    "start_procuring": fulfilment.start_procuring,
    "start_fulfilment": fulfilment.start_fulfilment,
    "confirm_delivery": fulfilment.confirm_delivery,
}
WITH_REASON: dict[str, Verb] = {
    "request_changes": review.request_changes,
    "approve": review.approve,
    "defer": review.defer,
    "reject": review.reject,
    "pause": review.pause,
    "decline": supplier.decline,
    "cancel": closing.cancel,
    "retry_refunds": refunds.retry_refunds,
    "retry_payout": payouts.retry_payout,
    "unwind": unwinding.unwind,
}


async def take_step(
    session: AsyncSession,
    context: Context,
    *,
    campaign_id: UUID,
    name: str,
    reason: str | None,
    if_match: str | None = None,
    now: datetime,
) -> Campaign | Approval:
    """Take the step `name` of the transition table for the person of the context.

    Returns the campaign, or the request that waits for a second person.

    Raises:
        CampaignNotFound: no such campaign.
        VersionConflict: it changed since the person read it.
        PermissionDenied: the person may not take this step.
        TransitionNotAllowed: the table has no such step here, it is nobody's to ask for, or its
            guard does not hold; the refusal lists what is possible.
    """
    _demand_a_say(context, name)
    campaign = await lock_campaign(session, context, campaign_id)
    check_if_match(if_match, campaign.version)
    step = step_or_refuse(campaign, name)
    permission = PERMISSION_OF_ACTOR.get(step.actor)
    if permission is None:
        raise refuse_step(campaign, f"'{name}' happens by itself.")
    context.demand(permission)
    if name not in WITH_REASON and name not in WITHOUT_REASON:
        raise refuse_step(
            campaign, f"'{name}' is asked for with its details, at a route of its own."
        )
    if step.needs_approval and await needs_approval(session, context, action=action_of(name)):
        return await _ask(session, context, campaign, step, reason, now)
    arguments = {"campaign_id": campaign_id, "now": now}
    if name in WITH_REASON:
        return await WITH_REASON[name](session, context, reason=reason, **arguments)
    return await WITHOUT_REASON[name](session, context, **arguments)


def _demand_a_say(context: Context, name: str) -> None:
    """Refuse whoever may take no step of this name from any state: they learn no state either."""
    rights = {
        PERMISSION_OF_ACTOR.get(step.actor) for step in STEPS["campaign"] if step.name == name
    }
    asked = sorted(right for right in rights if right is not None) or [ORGANISE, REVIEW]
    if not any(context.allows(right) for right in asked):
        context.demand(asked[0])


def action_of(name: str) -> str:
    """Return under which name a step is asked for and approved."""
    return f"campaigns.{name}"


async def _ask(  # noqa: PLR0917 - called once, above
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    step: Step,
    reason: str | None,
    now: datetime,
) -> Approval:
    if not (reason or "").strip():
        raise ReasonRequired
    assert reason is not None
    title = campaign.title or campaign.reference
    return await request_approval(
        session,
        context,
        action=action_of(step.name),
        subject_kind="campaign",
        subject_id=campaign.id,
        payload={"campaign_id": str(campaign.id), "reason": reason},
        summary=f"{step.label}: {title[:120]} ({campaign.reference}). {step.money_effect or ''}",
        reason=reason[:1_000],
        now=now,
    )


async def execute_step(
    session: AsyncSession,
    context: Context,
    *,
    payload: dict[str, Any],
    approval: Approval,
    now: datetime,
) -> dict[str, Any]:
    """Take an approved step in the approver's name; the table judges the campaign anew."""
    name = approval.action.removeprefix("campaigns.")
    campaign = await WITH_REASON[name](
        session, context, campaign_id=UUID(payload["campaign_id"]), reason=payload["reason"],
        now=now,
    )  # fmt: skip
    return {"state": campaign.state}


def _register() -> None:
    for step in STEPS["campaign"]:
        permission = PERMISSION_OF_ACTOR.get(step.actor)
        if step.needs_approval and permission is not None:
            register_action(
                ApprovalAction(
                    name=action_of(step.name),
                    request_permission=permission,
                    approve_permission=permission,
                    execute=execute_step,
                    title=step.label,
                )
            )


_register()
