"""What the public is told of a campaign's progress, by the organisation's choice.

All of it is a function of the units that one ledger snapshot counted.
"""

from typing import Any, Literal

from metatron.apps.campaigns.rules.goal import per_cent
from metatron.apps.campaigns.tables import Campaign

Stage = Literal["under_20", "20", "50", "75", "100"]
STAGES: tuple[tuple[int, Stage], ...] = ((100, "100"), (75, "75"), (50, "50"), (20, "20"))


def stage_of(reached_per_cent: int) -> Stage:
    """Return the highest stage (per cent of the goal) that has been reached."""
    for floor, stage in STAGES:
        if reached_per_cent >= floor:
            return stage
    return "under_20"


def progress(campaign: Campaign, disclosure: str, units: int) -> dict[str, Any]:
    """Return what may be shown: a stage always, the per cent and the units only where chosen."""
    reached = per_cent(campaign, units)
    return {
        "goal_stage": stage_of(reached),
        "goal_per_cent": reached if disclosure in {"percent", "figures"} else None,
        "committed_units": units if disclosure == "figures" else None,
    }
