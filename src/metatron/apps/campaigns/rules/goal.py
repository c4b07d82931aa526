"""A campaign's goal: units, an amount, or both."""

from metatron.apps.campaigns.tables import Campaign


def is_reached(campaign: Campaign, *, units: int, escrowed_minor: int) -> bool:
    """Tell whether every part of the goal is reached.

    `units` and `escrowed_minor` are those backed by money in escrow, from one ledger snapshot.
    """
    enough_units = campaign.goal_units is None or units >= campaign.goal_units
    amount = campaign.goal_amount_minor
    return enough_units and (amount is None or escrowed_minor >= amount)


def units_needed(campaign: Campaign) -> int:
    """Return how many units at the published price reach the goal."""
    assert campaign.unit_price_minor is not None
    by_amount = -(-(campaign.goal_amount_minor or 0) // campaign.unit_price_minor)
    needed = max(campaign.goal_units or 0, by_amount)
    assert needed > 0, "a published campaign has a goal"
    return needed


def per_cent(campaign: Campaign, units: int) -> int:
    """Return the per cent of the goal that `units` at the published price reach, rounded down."""
    return units * 100 // units_needed(campaign)
