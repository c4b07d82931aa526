"""A ladder of prices by total units: everybody ends with the one price of the step reached.

A member always locks the published price, the highest; what the final price is below it goes back.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.errors import FieldError

MOST_STEPS = 10


def final_unit_price(campaign: Campaign, units: int) -> int:
    """Return the one unit price, in minor units, for `units` allocated in all."""
    assert campaign.unit_price_minor is not None
    reached = [step["unit_price_minor"] for step in campaign.tiers if units >= step["min_units"]]
    return int(min([campaign.unit_price_minor, *reached]))


def wrong_tiers(campaign: Campaign, tiers: Sequence[Mapping[str, Any]]) -> Iterator[FieldError]:
    """Yield what is wrong with a ladder: units must rise strictly, prices never."""
    least_units, price = campaign.goal_units or 0, campaign.unit_price_minor
    for number, step in enumerate(tiers):
        field = f"tiers.{number}"
        if step["min_units"] <= least_units:
            hint = (
                "Each step begins at more units than the one before it, the first above the goal."
            )
            yield FieldError(f"{field}.min_units", "not_rising", hint)
        if price is not None and step["unit_price_minor"] > price:
            hint = "A step's price is never above the one before it."
            yield FieldError(f"{field}.unit_price_minor", "not_falling", hint)
        least_units, price = step["min_units"], step["unit_price_minor"]
    supplier_price = campaign.supplier_unit_price_minor
    if tiers and supplier_price and price is not None and price < supplier_price:
        hint = "The last step is below the supplier's price."
        yield FieldError("tiers", "below_supplier_price", hint)
    cap = campaign.cap_units
    if tiers and cap and least_units > cap:
        yield FieldError("tiers", "above_cap", "The last step begins above the cap.")
