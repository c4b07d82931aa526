"""A signed-in person joins an organisation's campaign as a participant."""

from uuid import UUID

from metatron.apps.campaigns.errors import CampaignNotFound, CommitmentsHalted
from metatron.apps.campaigns.rules.joined import has_joined
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import PermissionDenied
from metatron.platform.tenancy.interface import add_member, tenant_by_id, tenant_by_slug

_TENANT_OF = """
select tenant_id from campaigns.campaign where id = $1 and visibility <> 'draft'
"""


async def join_campaign(
    database: Database, context: Context, *, campaign_id: UUID, organisation: str | None
) -> tuple[UUID, UUID]:
    """Make the person a participant of the campaign's organisation; repeating it changes nothing.

    The person may be signed in for another organisation or for none, so this opens a transaction
    of its own in the campaign's. Returns the organisation's id and the member's.

    Raises:
        CampaignNotFound: none is published under this id; a hidden one only for those in it.
        CommitmentsHalted: the organisation lets nobody join now.
        PermissionDenied: the actor is no person, or an operator in a person's name.
    """
    is_person = context.actor_kind == "user" and context.impersonator_id is None
    # Membership would outlive the impersonation, in a house the operator may not reach.
    if not is_person or context.actor_id is None:
        raise PermissionDenied("campaigns:join")
    tenant_id = await _find_tenant(database, campaign_id, organisation)
    there = context.for_tenant(tenant_id)
    async with database.transaction(there) as session:
        campaign = await session.get(Campaign, (tenant_id, campaign_id))
        if campaign is None or campaign.visibility == "draft":
            raise CampaignNotFound
        if campaign.visibility == "hidden" and not await has_joined(session, there, campaign_id):
            raise CampaignNotFound
        settings = await read_settings(session, there)
        if not settings.join_open or settings.halted:
            raise CommitmentsHalted(settings.halted_reason or "")
        member_id = await add_member(
            session,
            there,
            user_id=context.actor_id,
            role_names=("participant",),
            now=await session_now(session),
        )
    return tenant_id, member_id


async def _find_tenant(database: Database, campaign_id: UUID, organisation: str | None) -> UUID:
    if organisation is not None:
        facts = await tenant_by_slug(database, organisation)
    else:
        found = await database.system.fetchval(_TENANT_OF, campaign_id)
        facts = await tenant_by_id(database, UUID(str(found))) if found else None
    if facts is None or facts.state != "active" or "campaigns" not in facts.modules:
        raise CampaignNotFound
    return facts.id
