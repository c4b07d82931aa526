"""A role states its view of a submitted campaign, with a reason."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import ReasonRequired
from metatron.apps.campaigns.gathering import review
from metatron.apps.campaigns.gathering.opinions import PERMISSION_OF_ROLE, record
from metatron.apps.campaigns.gathering.review_tables import BLOCKING, ReviewRole, Verdict
from metatron.apps.campaigns.gathering.second_person import demand_second_person
from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.machine.steps import advance, refuse_step
from metatron.apps.campaigns.rules.constraints import Constraint
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput


async def state_opinion(
    session: AsyncSession,
    context: Context,
    *,
    campaign_id: UUID,
    role: ReviewRole,
    verdict: Verdict,
    reason: str,
    constraints: Sequence[Constraint] = (),
    now: datetime,
) -> Campaign:
    """State what a role makes of a submitted campaign; its newest word stands.

    Risk, operations and money block it while they defer or reject it. The gate's acceptance
    publishes it, under every constraint that stands; the gate's rejection ends it.

    Raises:
        CampaignNotFound: no such campaign.
        PermissionDenied: the person does not speak for this role.
        TransitionNotAllowed: it is not in review.
        ReasonRequired: without a reason.
        SamePersonReview: who submitted it does not review it.
        InvalidInput: constraints and verdict do not go together.
        ReviewBlocked, ConstraintsNotMet, TermsChanged, PublishBlocked: as `review.approve` says.
    """
    context.demand(PERMISSION_OF_ROLE[role])
    campaign = await lock_campaign(session, context, campaign_id)
    if campaign.state != "in_review":
        raise refuse_step(campaign, "Only a submitted campaign is reviewed.")
    settings = await read_settings(session, context)
    if settings.second_person_review:
        await demand_second_person(
            session, context, campaign.submitted_by, campaign.submitted_by_operator
        )
    if not reason.strip():
        raise ReasonRequired
    if (verdict == "accept_with_constraints") != bool(constraints):
        hint = "Constraints go with 'accept_with_constraints', and with nothing else."
        raise InvalidInput.field("body.constraints", "constraints_differ", hint)
    if role == "gate" and verdict == "reject":
        return await review.reject(
            session, context, campaign_id=campaign_id, reason=reason, now=now
        )
    if role == "gate" and verdict not in BLOCKING:
        return await review.approve(
            session, context, campaign_id=campaign_id, reason=reason, constraints=constraints,
            now=now,
        )  # fmt: skip
    await record(
        session, context, campaign, role=role, verdict=verdict, reason=reason,
        constraints=constraints, now=now,
    )  # fmt: skip
    if verdict in BLOCKING:
        why = reason if role == "gate" else f"{role.capitalize()}: {reason}"
        await advance(session, context, campaign, "defer", reason=why, now=now, by_system=True)
    return campaign
