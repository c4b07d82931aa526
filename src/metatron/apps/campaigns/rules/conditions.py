"""What a campaign freezes of its organisation's settings when it is submitted.

The rules quote these values and the terms hash covers them, so a later change of the settings never
reaches a campaign that members have read.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any

from metatron.apps.campaigns.tables import Campaign, Settings


@dataclass(frozen=True, slots=True)
class Conditions:
    """The frozen values; see the settings of the same names for their meaning."""

    custody: str
    disclosure: str
    pricing: str
    withdraw: str
    release_policy: str
    revenue: str
    inspection_days: int
    issue_hold_basis_points: int
    collection_window_seconds: int
    notice_answer_days: int
    charge_retry_days: int
    consent_hours: int
    fee_basis_points: int
    fee_fixed_minor: int
    fee_tax_basis_points: int


def conditions_now(settings: Settings) -> Conditions:
    """Return what a campaign submitted now would freeze."""
    return Conditions(**{field.name: getattr(settings, field.name) for field in fields(Conditions)})


def conditions_of(campaign: Campaign, settings: Settings) -> Conditions:
    """Return what holds for the campaign; what it froze too early for is today's."""
    today = asdict(conditions_now(settings))
    return Conditions(**(today | (campaign.conditions or {})))


def freeze(settings: Settings) -> dict[str, Any]:
    """Return the conditions as a campaign keeps them."""
    return asdict(conditions_now(settings))
