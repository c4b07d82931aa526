"""What anybody may see of a published campaign."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import CampaignNotFound, CampaignsNotListed
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.rules.conditions import conditions_of
from metatron.apps.campaigns.rules.disclosure import progress
from metatron.apps.campaigns.rules.joined import has_joined
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.rules.terms import find_terms
from metatron.apps.campaigns.tables import Campaign, Settings
from metatron.apps.campaigns.wording import campaign_state_text, show_money, texts
from metatron.kernel.context import Context
from metatron.platform.ledger import interface as ledger


async def published_campaigns(
    session: AsyncSession,
    context: Context,
    *,
    organiser_name: str,
    after: tuple[Any, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Return up to `limit` published campaigns, the newest first.

    `after`: opening order keys (created_at, id) of the last one seen.

    Raises:
        CampaignsNotListed: the reader is a stranger and the organisation is not to be discovered,
            or it shows its campaigns to nobody now.
    """
    settings = await read_settings(session, context)
    if not settings.browse_open:
        raise CampaignsNotListed("This organisation does not show its campaigns now.")
    if context.actor_kind == "anonymous" and not settings.public_discovery:
        raise CampaignsNotListed("Sign in, or open a campaign by the address you were given.")
    query = select(Campaign).where(
        Campaign.tenant_id == context.tenant_id, Campaign.visibility == "published"
    )
    if after is not None:
        query = query.where(tuple_(Campaign.created_at, Campaign.id) < tuple_(*after))
    query = query.order_by(Campaign.created_at.desc(), Campaign.id.desc()).limit(limit)
    campaigns = (await session.execute(query)).scalars().all()
    return await _shown(session, context, campaigns, settings, organiser_name)


async def published_campaign(
    session: AsyncSession, context: Context, *, slug: str, organiser_name: str
) -> dict[str, Any]:
    """Return one campaign; a hidden one, or where browsing is closed any, only to its members.

    Raises:
        CampaignNotFound: none is published under this address for this reader.
    """
    query = select(Campaign).where(
        Campaign.tenant_id == context.tenant_id,
        Campaign.slug == slug,
        Campaign.visibility.in_(("published", "hidden")),
    )
    campaign = (await session.execute(query)).scalar_one_or_none()
    if campaign is None:
        raise CampaignNotFound
    settings = await read_settings(session, context)
    is_shown = campaign.visibility == "published" and settings.browse_open
    if not is_shown and not await has_joined(session, context, campaign.id):
        raise CampaignNotFound
    [shown] = await _shown(session, context, [campaign], settings, organiser_name)
    return shown


async def published_talk(
    session: AsyncSession, context: Context, *, slug: str, organiser_name: str
) -> dict[str, Any]:
    """Return the newest hundred updates and answered questions of a campaign one may see.

    Raises:
        CampaignNotFound: none is published under this address for this reader.
    """
    page = await published_campaign(session, context, slug=slug, organiser_name=organiser_name)
    key = {"tenant_id": context.tenant_id, "campaign_id": page["id"]}
    return {
        name: [dict(row) for row in (await session.execute(query, key)).mappings()]
        for name, query in (("updates", _UPDATES), ("questions", _QUESTIONS))
    }


_UPDATES = text("""
select id, title, text, published_at from campaigns.public_update
where tenant_id = :tenant_id and campaign_id = :campaign_id
order by published_at desc, id desc limit 100
""")
_QUESTIONS = text("""
select id, text, answer, answered_at from campaigns.question
where tenant_id = :tenant_id and campaign_id = :campaign_id and state = 'answered'
order by answered_at desc, id desc limit 100
""")


async def _shown(
    session: AsyncSession,
    context: Context,
    campaigns: Sequence[Campaign],
    settings: Settings,
    organiser_name: str,
) -> list[dict[str, Any]]:
    units = await _units(session, context, campaigns, settings)
    provider = texts("member.provider").get(settings.provider, settings.provider)
    custody = texts("member.custody")
    may_join = settings.join_open or await has_joined(session, context)
    places = {"provider": provider, "organisation": organiser_name}
    terms = {
        version: await find_terms(session, context, version)
        for version in {campaign.terms_version for campaign in campaigns}
    }
    shown = []
    for campaign in campaigns:
        published = terms[campaign.terms_version]
        assert published is not None
        conditions = conditions_of(campaign, settings)
        release = "shares" if campaign.milestones else "whole"
        shown.append(
            _page(campaign, context, settings, may_join=may_join)
            | {
                "organiser_name": organiser_name,
                **progress(campaign, conditions.disclosure, units[campaign.id]),
                "terms_text": published.text,
                "custody_text": custody[conditions.custody].format(**places),
                "withdraw_text": texts("member.withdraw")[conditions.withdraw],
                "release_text": texts("member.release")[release],
                "duty_text": texts("member.duty")[release],
                "funding_mode": campaign.funding_mode,
            }
        )
    return shown


async def _units(
    session: AsyncSession, context: Context, campaigns: Sequence[Campaign], settings: Settings
) -> dict[UUID, int]:
    """Return the counted units of every campaign, all from one statement on the ledger."""
    ids = {
        books.chart_of(campaign, settings.provider)
        .units_open(campaign.id, capped=campaign.cap_units is not None)
        .id: campaign
        for campaign in campaigns
    }
    found = await ledger.lookup_accounts(session, context, ids=list(ids))
    units = dict.fromkeys((campaign.id for campaign in campaigns), 0)
    for account in found:
        if account is not None:
            campaign = ids[account.id]
            # A cap was credited when the campaign was published; what was debited since counts.
            counted = account.debits_posted - account.credits_posted + (campaign.cap_units or 0)
            units[campaign.id] = counted
    return units


def _page(
    campaign: Campaign, context: Context, settings: Settings, *, may_join: bool
) -> dict[str, Any]:
    is_open = settings.commit_open and not settings.halted
    takes = campaign.state == "live" and is_open and may_join
    sees_price = context.actor_kind == "user"
    return {
        "id": campaign.id,
        "created_at": campaign.created_at,
        "slug": campaign.slug,
        "title": campaign.title,
        "summary": campaign.summary,
        "product": {
            "sku": campaign.sku,
            "name": campaign.product_name,
            "description": campaign.product_description,
        },
        "picture_url": campaign.picture_url,
        "opens_at": campaign.opens_at,
        "deadline_at": campaign.deadline_at,
        "time_zone": campaign.time_zone,
        "state": campaign.state,
        "state_text": campaign_state_text(campaign.state, campaign.outcome),
        "takes_commitments": takes,
        "rules": _rules(campaign, sees_price=sees_price),
        "terms_version": campaign.terms_version,
        "unit_price_minor": campaign.unit_price_minor if sees_price else None,
        "final_unit_price_minor": campaign.final_unit_price_minor if sees_price else None,
        "tiers": campaign.tiers if sees_price else [],
        "currency": campaign.currency,
        "min_units": campaign.min_units,
        "max_units": campaign.max_units,
        "delivery_strategy": campaign.delivery_strategy,
    }


def _rules(campaign: Campaign, *, sees_price: bool) -> list[dict[str, str]]:
    """Return the frozen rules; a stranger reads them without prices."""
    rules = [
        {"heading": rule["heading"], "text": rule["text"]}
        for rule in campaign.rules or []
        if sees_price or not rule.get("members_only")
    ]
    if sees_price:
        return rules
    assert campaign.unit_price_minor is not None
    price = show_money(campaign.unit_price_minor, campaign.currency)
    withheld = texts("member.rule_parts")["price_withheld"]
    return [rule | {"text": rule["text"].replace(price, withheld)} for rule in rules]
