"""The published escrow terms, and what freezes a campaign's rules: its terms hash."""

import hashlib
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.rules.conditions import Conditions
from metatron.apps.campaigns.rules.milestones import milestone_rule
from metatron.apps.campaigns.rules.terms_table import Terms
from metatron.apps.campaigns.tables import Campaign, ConsolidationPoint
from metatron.apps.campaigns.wording import catalogue, show_instant, show_money, texts
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.ids import new_id

DEFAULT_VERSION = "3"
HASHED = (
    "title", "sku", "product_name", "product_description", "goal_units", "unit_price_minor",
    "currency", "min_units", "max_units", "cap_units", "time_zone", "delivery_strategy",
    "supplier_name", "supplier_window_days", "terms_version", "goal_amount_minor", "tiers",
    "funding_mode", "conditions", "min_accept_units", "oversub_rule",
    "milestones",
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
    """Return the terms of a version; ours are published when they are first needed.

    Raises:
        InvalidInput: no terms were published under this version.
    """
    found = await find_terms(session, context, version)
    text = texts("member.terms").get(f"v{version}", "").strip()
    if found is None and text:
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
    campaign: Campaign, conditions: Conditions, point: ConsolidationPoint | None
) -> list[dict[str, Any]]:
    """Return the campaign's rules in plain words, with its own figures in them."""
    parts = texts("member.rule_parts")
    assert campaign.deadline_at is not None
    assert campaign.unit_price_minor is not None
    assert campaign.delivery_strategy is not None
    places = {
        "goal": _goal_text(campaign),
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
        "inspection_days": conditions.inspection_days,
        "charge_retry_days": conditions.charge_retry_days,
        "consent_hours": conditions.consent_hours,
        "accept_text": parts["accept_least" if campaign.min_accept_units else "accept_any"].format(
            min_accept_units=campaign.min_accept_units
        ),
        "oversub_text": parts[campaign.oversub_rule],
        "ladder": _ladder_text(campaign),
        "hold_text": _hold_text(conditions.issue_hold_basis_points),
        "delivery_text": parts[campaign.delivery_strategy].format(
            consolidation_name=point.name if point else ""
        ),
    }
    chosen = {
        "funding": campaign.funding_mode,
        "withdraw": conditions.withdraw,
        "pricing": "tiers" if campaign.tiers else "fixed",
        "release": "shares" if campaign.milestones else "whole",
    }
    written = [
        {
            "heading": rule["heading"],
            "text": rule["text"].format(**places).strip(),
            "members_only": rule.get("members_only", False),
        }
        for rule in catalogue()["member"]["rules"]
        if all(chosen[axis] == value for axis, value in rule.get("when", {}).items())
    ]
    return written + milestone_rule(campaign)


def _goal_text(campaign: Campaign) -> str:
    parts = texts("member.rule_parts")
    places: dict[str, Any] = {"goal_units": campaign.goal_units}
    if campaign.goal_amount_minor:
        places["goal_amount"] = show_money(campaign.goal_amount_minor, campaign.currency)
    both = campaign.goal_units and campaign.goal_amount_minor
    name = "goal_both" if both else "goal_in_units" if campaign.goal_units else "goal_in_money"
    return parts[name].format(**places)


def _hold_text(basis_points: int) -> str:
    """Say from which share of commitments with an open issue on nothing is released."""
    parts = texts("member.rule_parts")
    whole, hundredths = divmod(basis_points, 100)
    rate = f"{whole}.{hundredths:02d}".rstrip("0").rstrip(".")
    return parts["hold_from"].format(hold_rate=rate) if basis_points else parts["hold_any"]


def _ladder_text(campaign: Campaign) -> str:
    step = texts("member.rule_parts")["ladder_step"]
    return " ".join(
        step.format(
            units=tier["min_units"], price=show_money(tier["unit_price_minor"], campaign.currency)
        )
        for tier in campaign.tiers
    )


def hash_terms(campaign: Campaign, rules: list[dict[str, Any]], terms: Terms) -> str:
    """Return SHA-256 (hex) over everything a member relies on, in canonical JSON."""
    content: dict[str, Any] = {name: getattr(campaign, name) for name in HASHED}
    content |= {
        "deadline_at": campaign.deadline_at.isoformat() if campaign.deadline_at else None,
        "rules": rules,
        "terms_sha256": terms.sha256,
    }
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
