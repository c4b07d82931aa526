"""Finishing what the database answered: texts, money, history."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.edge.campaign_views import allowed_steps
from metatron.apps.campaigns.edge.own_money import amounts_of, told_booking, told_moves
from metatron.apps.campaigns.edge.queries import CAMPAIGN, SUPPLIED
from metatron.apps.campaigns.errors import CampaignNotFound
from metatron.apps.campaigns.machine.transitions import (
    STEPS,
    TERMINAL,
    WITHDRAWABLE,
    find_step,
)
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.journal import Booking
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.apps.campaigns.wording import commitment_state_text, texts
from metatron.kernel.context import Context

_CONSENT = text("""
select n.units_proposed units, n.unit_price_minor, n.amount_minor, n.back_minor, n.answer
from campaigns.consent n where n.tenant_id = :tenant_id and n.commitment_id = :subject_id
""")
_RECEIPT = text("""
select confirmed_at from campaigns.receipt
where tenant_id = :tenant_id and commitment_id = :subject_id
""")
_HISTORY = text("""
select at, name, from_state, to_state, reason, actor_kind from campaigns.transition
where tenant_id = :tenant_id and subject_id = :subject_id order by ordinal
""")
FIRST_STEPS = 2
"""Placed, and then instructed or kept for later."""


def transition_table() -> dict[str, Any]:
    """Return the declarative table as the API shows it."""
    rows = [
        {
            "machine": machine,
            "name": step.name,
            "from_states": [source for source in step.sources if source],
            "to_state": step.target,
            "actor": step.actor,
            "guard": step.guard,
            "effect": step.effect,
            "label": step.label,
            "needs_reason": step.needs_reason,
            "money_effect": step.money_effect,
            "needs_approval": step.needs_approval,
        }
        for machine, steps in STEPS.items()
        for step in steps
    ]
    return {
        "transitions": rows,
        "terminal": {machine: sorted(states) for machine, states in TERMINAL.items()},
    }


def finish_supplier_campaign(row: dict[str, Any], context: Context) -> dict[str, Any]:
    """Add texts and steps to a campaign as its supplier sees it."""
    row["state_text"] = texts("supplier.state.campaign").get(row["state"], row["state"])
    row["allowed_transitions"] = orjson.Fragment(allowed_steps(row, context))
    del row["step_facts"]
    return row


def finish_commitment(row: dict[str, Any]) -> dict[str, Any]:
    """Add the state's text to a commitment's row."""
    return row | {"state_text": commitment_state_text(row["state"]), "amounts": None}


async def commitment_view(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitment: Commitment,
    *,
    now: datetime,
) -> dict[str, Any]:
    """Return a commitment with the moves of its money and its history."""
    key = {"tenant_id": context.tenant_id, "subject_id": commitment.id}
    history = [dict(row) for row in (await session.execute(_HISTORY, key)).mappings()]
    transfers, moves = await told_moves(session, context, campaign, commitment)
    shown = _commitment(campaign, commitment, moves, history, now)
    chart = books.chart_of(campaign, (await read_settings(session, context)).provider)
    shown["amounts"] = amounts_of(chart, commitment, transfers)
    consent = (await session.execute(_CONSENT, key)).mappings().one_or_none()
    shown["consent"] = consent and {**consent, "answer_by": campaign.consent_until}
    shown["received_at"] = (await session.execute(_RECEIPT, key)).scalar_one_or_none()
    return shown


def placed_view(
    campaign: Campaign,
    commitment: Commitment,
    taken_in: tuple[Booking, int] | None,
    *,
    now: datetime,
) -> dict[str, Any]:
    """Return a commitment placed in this transaction, of which everything is known.

    `taken_in`: the entry that takes its money in, and when it was booked (ns since 1970).
    """
    moves = [told_booking(*taken_in)] if taken_in else []
    return _commitment(campaign, commitment, moves, _first_steps(commitment), now)


def _first_steps(commitment: Commitment) -> list[dict[str, Any]]:
    """Return the history of a commitment that has taken its first two steps, both at once."""
    first = find_step("commitment", "place", "")
    assert first is not None
    assert commitment.transition_count == FIRST_STEPS
    states = ("", first.target, commitment.state)
    return [
        {
            "at": commitment.last_at,
            "name": name,
            "from_state": states[place],
            "to_state": states[place + 1],
            "reason": None,
            "actor_kind": commitment.last_actor_kind,
        }
        for place, name in enumerate((first.name, commitment.last_transition))
    ]


def _commitment(
    campaign: Campaign,
    commitment: Commitment,
    moves: list[dict[str, Any]],
    history: list[dict[str, Any]],
    now: datetime,
) -> dict[str, Any]:
    gathers = (
        campaign.state in {"live", "paused"}
        and campaign.deadline_at is not None
        and now < campaign.deadline_at
    )
    return {
        "id": commitment.id,
        "reference": commitment.reference,
        "campaign_id": commitment.campaign_id,
        "campaign_title": campaign.title,
        "funding_mode": campaign.funding_mode,
        "units": commitment.units,
        "unit_price_minor": commitment.unit_price_minor,
        "amount_minor": commitment.amount_minor,
        "currency": commitment.currency,
        "state": commitment.state,
        "state_text": commitment_state_text(commitment.state),
        "units_allocated": commitment.units_allocated,
        "final_unit_price_minor": commitment.final_unit_price_minor,
        "final_amount_minor": commitment.final_amount_minor,
        "consent": None,
        "received_at": None,
        "placed_at": commitment.placed_at,
        "version": commitment.version,
        "can_withdraw": gathers and commitment.state in WITHDRAWABLE,
        "amounts": None,
        "moves": moves,
        "history": history,
    }


async def campaign_row(
    session: AsyncSession, context: Context, campaign_id: UUID
) -> dict[str, Any]:
    """Return a campaign's row as the session's transaction sees it.

    Raises:
        CampaignNotFound: no such campaign.
    """
    return await _row(session, context, campaign_id, _CAMPAIGN_ROW)


async def supplier_row(
    session: AsyncSession, context: Context, campaign_id: UUID
) -> dict[str, Any]:
    """Return a campaign as its supplier sees it, as the session's transaction sees it."""
    return await _row(session, context, campaign_id, _SUPPLIED_ROW)


async def _row(
    session: AsyncSession, context: Context, campaign_id: UUID, statement: TextClause
) -> dict[str, Any]:
    values = {"tenant_id": context.tenant_id, "id": campaign_id}
    found = (await session.execute(statement, values)).scalar_one_or_none()
    if found is None:
        raise CampaignNotFound
    return dict(found)


_WHERE = " where c.tenant_id = :tenant_id and c.id = :id) r"
_CAMPAIGN_ROW = text("select row_to_json(r) from (" + CAMPAIGN + _WHERE)
_SUPPLIED_ROW = text(
    "select row_to_json(r) from (" + SUPPLIED + " from campaigns.campaign c" + _WHERE
)
