"""The published escrow terms, and what freezes a campaign's rules: its terms hash."""

import hashlib
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.tables import Campaign, ConsolidationPoint, Settings, Terms
from metatron.apps.campaigns.wording import catalogue, show_instant, show_money, texts
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.ids import new_id

DEFAULT_VERSION = "1"
HASHED = (
    "title", "sku", "product_name", "product_description", "goal_units", "unit_price_minor",
    "currency", "min_units", "max_units", "cap_units", "time_zone", "delivery_strategy",
    "supplier_name", "supplier_window_days", "terms_version",
)  # fmt: skip


def text_hash(text: str) -> str:
    """Return SHA-256 (hex) of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


async def find_terms(session: AsyncSession, context: Context, version: str) -> Terms | None:
    """Return the published terms of a version."""
    query = select(Terms).where(
        Terms.tenant_id == context.tenant_id, Terms.version == version, Terms.locale == "en"
    )
    return (await session.execute(query)).scalar_one_or_none()


async def terms_of(
    session: AsyncSession, context: Context, version: str, *, now: datetime
) -> Terms:
    """Return the terms of a version; the first ones are published when they are first needed.

    Raises:
        InvalidInput: no terms were published under this version.
    """
    found = await find_terms(session, context, version)
    if found is None and version == DEFAULT_VERSION:
        text = texts("member.terms")["text"].strip()
        values = {
            "tenant_id": context.tenant_id,
            "id": new_id(),
            "version": version,
            "locale": "en",
            "text": text,
            "sha256": text_hash(text),
            "published_at": now,
        }
        await session.execute(insert(Terms).values(values).on_conflict_do_nothing())
        found = await find_terms(session, context, version)
    if found is None:
        hint = "Name a published version of the terms."
        raise InvalidInput.field("body.terms_version", "unknown_terms", hint)
    return found


def write_rules(
    campaign: Campaign, settings: Settings, point: ConsolidationPoint | None
) -> list[dict[str, str]]:
    """Return the campaign's rules in plain words, with its own figures in them."""
    parts = texts("member.rule_parts")
    assert campaign.deadline_at is not None
    assert campaign.unit_price_minor is not None
    assert campaign.delivery_strategy is not None
    places = {
        "goal_units": campaign.goal_units,
        "product_name": campaign.product_name,
        "sku": campaign.sku,
        "price": show_money(campaign.unit_price_minor, campaign.currency),
        "min_units": campaign.min_units,
        "max_units": campaign.max_units,
        "cap_text": parts["cap" if campaign.cap_units else "no_cap"].format(
            cap_units=campaign.cap_units
        ),
        "deadline": show_instant(campaign.deadline_at, campaign.time_zone),
        "supplier_name": campaign.supplier_name,
        "supplier_window_days": campaign.supplier_window_days,
        "inspection_days": settings.inspection_days,
        "delivery_text": parts[campaign.delivery_strategy].format(
            consolidation_name=point.name if point else ""
        ),
    }
    rules = catalogue()["member"]["rules"]
    return [{"heading": r["heading"], "text": r["text"].format(**places).strip()} for r in rules]


def hash_terms(campaign: Campaign, rules: list[dict[str, str]], terms: Terms) -> str:
    """Return SHA-256 (hex) over everything a member relies on, in canonical JSON."""
    content: dict[str, Any] = {name: getattr(campaign, name) for name in HASHED}
    content |= {
        "deadline_at": campaign.deadline_at.isoformat() if campaign.deadline_at else None,
        "rules": rules,
        "terms_sha256": terms.sha256,
    }
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
