"""What the public is told of a campaign's progress: stages, never figures."""

from typing import Literal

Stage = Literal["under_20", "20", "50", "75", "100"]
STAGES: tuple[tuple[int, Stage], ...] = ((100, "100"), (75, "75"), (50, "50"), (20, "20"))


def goal_stage(units: int, goal_units: int) -> Stage:
    """Return the highest stage (per cent of the goal) that `units` have reached."""
    for per_cent, stage in STAGES:
        if units * 100 >= per_cent * goal_units:
            return stage
    return "under_20"
