"""Commitments of those who run or supply a campaign, or work for its organisation: flagged.

They may take part like anybody, under the same rules; but units of theirs can make progress look
like demand, so each is marked, announced, and looked at by somebody.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.events import PartyCommitted
from metatron.apps.campaigns.permissions import ORGANISE, REVIEW, SETTLE
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish

type Link = Literal["organiser", "supplier", "staff"]
_STAFF = (ORGANISE, REVIEW, SETTLE)


def link_of(campaign: Campaign, member: Context) -> Link | None:
    """Return what ties a member to the campaign, None for most."""
    runs_it = {campaign.organiser_id, campaign.submitted_by, campaign.submitted_by_operator}
    if member.actor_id in runs_it:
        return "organiser"
    if member.actor_id == campaign.supplier_id:
        return "supplier"
    # An application's key beside one's token takes rights away, not one's place in the house.
    return "staff" if any(member.has_been_given(right) for right in _STAFF) else None


async def announce_linked(
    session: AsyncSession,
    campaign: Campaign,
    placed: Sequence[tuple[Context, Commitment]],
    *,
    now: datetime,
) -> None:
    """Announce the commitments of those who are tied to the campaign."""
    for member, commitment in placed:
        if commitment.linked_as is None:
            continue
        event = PartyCommitted(
            aggregate_id=commitment.id, campaign_id=campaign.id, linked_as=commitment.linked_as,
            units=commitment.units, amount_minor=commitment.amount_minor,
            currency=commitment.currency,
        )  # fmt: skip
        await publish(session, member, event, now=now)
