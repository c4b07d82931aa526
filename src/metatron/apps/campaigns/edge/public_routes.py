"""Routes anybody may call: published campaigns. A signed-in person also sees the price."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Annotated

from fastapi import Path
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.edge import public_answers, public_pages, talk_schemas
from metatron.apps.campaigns.edge.paging import Cursor, Limit, answer_json
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.http.access import public
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Who
from metatron.kernel.paging import cursor_instant, encode_cursor
from metatron.platform.tenancy.interface import TenantFacts, tenant_by_slug

router = Router(tags=["public"])
Slug = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,80}$")]


@asynccontextmanager
async def _reading(
    database: Database, who: Context, slug: str
) -> AsyncIterator[tuple[AsyncSession, Context, TenantFacts]]:
    facts = await tenant_by_slug(database, slug)
    if facts is None or facts.state != "active" or "campaigns" not in facts.modules:
        raise errors.CampaignNotFound
    context = replace(who, tenant_id=facts.id, permissions=frozenset())
    session = await database.session(context)
    async with session:
        yield session, context, facts


@router.get("/public/{organisation}/campaigns", response_model=public_answers.PublicListAnswer)
@public(raises=(errors.CampaignNotFound, errors.CampaignsNotListed))
async def list_published(
    organisation: Slug, who: Who, database: Db, limit: Limit = 20, cursor: Cursor = None
) -> Response:
    """List an organisation's published campaigns: to strangers only where it may be discovered."""
    after = cursor_instant(cursor)
    async with _reading(database, who, organisation) as (session, context, facts):
        found = await public_pages.published_campaigns(
            session, context, organiser_name=facts.name, after=after, limit=limit + 1
        )
    page = found[:limit]
    next_cursor = None
    if len(found) > limit:
        last = page[-1]
        next_cursor = encode_cursor([last["created_at"].isoformat(), str(last["id"])])
    for item in page:
        item.pop("created_at")
    return answer_json({"items": page, "next_cursor": next_cursor})


@router.get(
    "/public/{organisation}/campaigns/{slug}", response_model=public_answers.PublicCampaignAnswer
)
@public(raises=(errors.CampaignNotFound,))
async def show_published(organisation: Slug, slug: Slug, who: Who, database: Db) -> Response:
    """Show a published campaign: its rules first, its progress in stages."""
    async with _reading(database, who, organisation) as (session, context, facts):
        found = await public_pages.published_campaign(
            session, context, slug=slug, organiser_name=facts.name
        )
    found.pop("created_at")
    return answer_json(found)


@router.get("/public/{organisation}/campaigns/{slug}/talk", response_model=talk_schemas.TalkAnswer)
@public(raises=(errors.CampaignNotFound,))
async def show_talk(organisation: Slug, slug: Slug, who: Who, database: Db) -> Response:
    """Show a published campaign's updates and answered questions."""
    async with _reading(database, who, organisation) as (session, context, facts):
        found = await public_pages.published_talk(
            session, context, slug=slug, organiser_name=facts.name
        )
    return answer_json(found)
