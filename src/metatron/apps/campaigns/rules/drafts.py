"""Creating and editing a campaign."""

import re
import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.events import CampaignEdited
from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.machine.steps import announce_all, begin
from metatron.apps.campaigns.machine.transitions import find_step
from metatron.apps.campaigns.permissions import ORGANISE
from metatron.apps.campaigns.references import new_reference
from metatron.apps.campaigns.rules.guards import FIELDS, check_editable
from metatron.apps.campaigns.rules.pictures import change_picture, with_picture
from metatron.apps.campaigns.rules.products import copy_product
from metatron.apps.campaigns.rules.tenant_settings import DEFAULTS
from metatron.apps.campaigns.rules.terms import DEFAULT_VERSION, find_terms, terms_of
from metatron.apps.campaigns.rules.tiers import wrong_tiers
from metatron.apps.campaigns.tables import Campaign, Commitment, ConsolidationPoint
from metatron.kernel.clock import is_time_zone
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.kernel.money import is_currency

_FOUNDATIONS = text("""
select (select s.supplier_window_days from campaigns.settings s where s.tenant_id = :tenant_id),
  exists (select from campaigns.terms t
          where t.tenant_id = :tenant_id and t.version = :version and t.locale = 'en')
""")

EditFollower = Callable[
    [AsyncSession, Context, Campaign, frozenset[str], datetime], Awaitable[None]
]
edit_followers: list[EditFollower] = []
"""Rooms above add what follows, in the same transaction, from fields that were changed."""


async def create_campaign(
    session: AsyncSession, context: Context, *, fields: dict[str, Any], now: datetime
) -> Campaign:
    """Create a draft from any of `FIELDS`; prices are minor units of `currency` (default EUR).

    `picture_file_id` in place of `picture_url` names a picture that was uploaded before.

    Raises:
        PermissionDenied: the actor does not organise campaigns.
        InvalidInput: a field's value cannot be right.
    """
    context.demand(ORGANISE)
    fields = with_picture(context, fields)
    days = await _foundations(session, context, now)
    reference = new_reference("K")
    campaign = Campaign(
        tenant_id=context.tenant_id,
        id=new_id(),
        reference=reference,
        slug=slug_from(fields.get("title") or "", reference),
        currency="EUR",
        time_zone="UTC",
        supplier_window_days=days,
        terms_version=DEFAULT_VERSION,
        rules=[],
        tiers=[],
        milestones=[],
        released_bp=0,
        funding_mode="escrow_capture",
        oversub_rule="fcfs",
        visibility="draft",
        organiser_id=context.actor_id,
        created_at=now,
    )
    await _apply(session, context, campaign, fields, now)
    begin(campaign, "draft", context, now=now)
    session.add(campaign)
    await session.flush()
    step = find_step("campaign", "draft", "")
    assert step is not None
    await announce_all(session, context, [(campaign, step, "")], now=now)
    return campaign


async def _foundations(session: AsyncSession, context: Context, now: datetime) -> int:
    """Return how many days a supplier has by the settings; see that our terms are published."""
    values = {"tenant_id": context.tenant_id, "version": DEFAULT_VERSION}
    days, has_terms = (await session.execute(_FOUNDATIONS, values)).one()
    if not has_terms:
        await terms_of(session, context, DEFAULT_VERSION, now=now)
    return int(DEFAULTS["supplier_window_days"] if days is None else days)


async def edit_campaign(
    session: AsyncSession,
    context: Context,
    *,
    campaign_id: UUID,
    fields: dict[str, Any],
    if_match: str | None = None,
    now: datetime,
) -> Campaign:
    """Change fields; only those that really differ count.

    Raises:
        PermissionDenied: the actor does not organise campaigns.
        CampaignNotFound: no such campaign.
        VersionConflict: it changed since it was read.
        FieldLocked: a field is part of the published rules.
        InvalidInput: a field's value cannot be right.
    """
    context.demand(ORGANISE)
    campaign = await lock_campaign(session, context, campaign_id)
    check_if_match(if_match, campaign.version)
    fields = with_picture(context, fields)
    changes = {name: value for name, value in fields.items() if getattr(campaign, name) != value}
    if not changes:
        return campaign
    committed = await session.scalar(
        select(Commitment.id)
        .where(Commitment.tenant_id == context.tenant_id, Commitment.campaign_id == campaign_id)
        .limit(1)
    )
    check_editable(campaign, changes, has_commitments=committed is not None)
    await _apply(session, context, campaign, changes, now)
    if campaign.state == "draft" and "title" in changes:
        campaign.slug = slug_from(campaign.title or "", campaign.reference)
    campaign.version += 1
    await session.flush()
    for follow in edit_followers:
        await follow(session, context, campaign, frozenset(changes), now)
    event = CampaignEdited(aggregate_id=campaign.id, fields=sorted(changes))
    await publish(session, context, event, now=now)
    return campaign


async def _apply(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    changes: dict[str, Any],
    now: datetime,
) -> None:
    picture_before = campaign.picture_url
    for name, value in changes.items():
        assert name in FIELDS, name
        setattr(campaign, name, value.astimezone(UTC) if isinstance(value, datetime) else value)
    if changes.get("product_id") is not None:
        await copy_product(session, context, campaign, changes)
    _check(campaign)
    if "terms_version" in changes:
        version = campaign.terms_version
        if await find_terms(session, context, version) is None:
            hint = "Name a published version of the terms."
            raise InvalidInput.field("body.terms_version", "unknown_terms", hint)
    if "picture_url" in changes:
        await change_picture(session, context, campaign, before=picture_before, now=now)
    point_id = changes.get("consolidation_point_id")
    if point_id is not None:
        point = await session.get(ConsolidationPoint, (context.tenant_id, point_id))
        if point is None or point.archived_at is not None:
            hint = "There is no such consolidation point."
            raise InvalidInput.field("body.consolidation_point_id", "not_found", hint)


def _check(campaign: Campaign) -> None:
    if not is_currency(campaign.currency):
        hint = "Give a current ISO 4217 code."
        raise InvalidInput.field("body.currency", "currency_unknown", hint)
    if not is_time_zone(campaign.time_zone):
        hint = "Give a zone of the tz database, such as Europe/Berlin."
        raise InvalidInput.field("body.time_zone", "time_zone_unknown", hint)
    smallest, largest = campaign.min_units, campaign.max_units
    if smallest and largest and largest < smallest:
        hint = "The largest commitment is below the smallest."
        raise InvalidInput.field("body.max_units", "below_minimum", hint)
    if campaign.cap_units and campaign.goal_units and campaign.cap_units < campaign.goal_units:
        raise InvalidInput.field("body.cap_units", "below_goal", "The cap is below the goal.")
    price, supplier_price = campaign.unit_price_minor, campaign.supplier_unit_price_minor
    for error in wrong_tiers(campaign, campaign.tiers):
        raise InvalidInput(error.hint, errors=(replace(error, field=f"body.{error.field}"),))
    if supplier_price is not None and (price is None or supplier_price > price):
        hint = "The supplier's price needs a campaign price that is not below it."
        raise InvalidInput.field("body.supplier_unit_price_minor", "above_price", hint)


def slug_from(title: str, reference: str) -> str:
    """Return an address made of the title and the reference's signs: readable and unique."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48].strip("-")
    tail = reference.split("-", maxsplit=1)[1].replace("-", "").lower()
    return f"{words}-{tail}" if words else tail
