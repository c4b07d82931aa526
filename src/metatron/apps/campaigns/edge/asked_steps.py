"""The steps a person may ask for by name, and the use case behind each."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.delivery import fulfilment
from metatron.apps.campaigns.gathering import closing, notices, review
from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.machine.steps import refuse_step, step_or_refuse
from metatron.apps.campaigns.machine.transitions import STEPS
from metatron.apps.campaigns.money import refunds, release
from metatron.apps.campaigns.permissions import ORGANISE, PERMISSION_OF_ACTOR, REVIEW
from metatron.apps.campaigns.supply import supplier
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.etag import check_if_match

Verb = Callable[..., Awaitable[Campaign]]
WITHOUT_REASON: dict[str, Verb] = {
    "extend": notices.extend,
    "submit": review.submit,
    "approve": review.approve,
    "resume": review.resume,
    "close_early": closing.close_early,
    "accept": supplier.accept,
    "start_procuring": fulfilment.start_procuring,
    "start_fulfilment": fulfilment.start_fulfilment,
    "confirm_delivery": fulfilment.confirm_delivery,
}
WITH_REASON: dict[str, Verb] = {
    "request_changes": review.request_changes,
    "pause": review.pause,
    "decline": supplier.decline,
    "cancel": closing.cancel,
    "retry_refunds": refunds.retry_refunds,
    "retry_payout": release.retry_payout,
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
) -> Campaign:
    """Take the step `name` of the transition table for the person of the context.

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
