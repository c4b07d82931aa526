"""Every step a campaign or a commitment may take: the one table, as data.

The service obeys it (`steps.py`), the database obeys it (`campaigns.allowed_transition`), the page
shows its buttons from it (GET /campaigns/transition-table). What is not here is refused.
"""

from collections.abc import Iterator
from functools import cache
from typing import Literal

from metatron.apps.campaigns.machine import (
    care_steps,
    delivery_steps,
    gathering_steps,
    money_steps,
    supply_steps,
    talk_steps,
)
from metatron.apps.campaigns.machine.campaign_steps import CAMPAIGN_STEPS
from metatron.apps.campaigns.machine.commitment_steps import COMMITMENT_STEPS
from metatron.apps.campaigns.machine.step import Actor, Step

Machine = Literal["campaign", "commitment"]
STEPS: dict[Machine, tuple[Step, ...]] = {
    "campaign": (
        *CAMPAIGN_STEPS,
        *gathering_steps.CAMPAIGN_STEPS,
        *supply_steps.CAMPAIGN_STEPS,
        *delivery_steps.CAMPAIGN_STEPS,
        *talk_steps.CAMPAIGN_STEPS,
        *money_steps.CAMPAIGN_STEPS,
    ),
    "commitment": (
        *COMMITMENT_STEPS,
        *gathering_steps.COMMITMENT_STEPS,
        *money_steps.COMMITMENT_STEPS,
        *supply_steps.COMMITMENT_STEPS,
        *delivery_steps.COMMITMENT_STEPS,
        *care_steps.COMMITMENT_STEPS,
    ),
}
TERMINAL: dict[Machine, frozenset[str]] = {
    "campaign": frozenset({"completed", "failed", "cancelled", "unwound"}),
    "commitment": frozenset({"lapsed", "refunded", "settled", "lost"}),
}
WITHDRAWABLE = frozenset(
    source for step in STEPS["commitment"] if step.name == "withdraw" for source in step.sources
)
"""Commitments that their members may take back while the campaign gathers."""
IN_FLIGHT = frozenset({"placed", "authorised", "authorising"})
"""Commitments whose capture is not decided yet."""
PAID_IN = frozenset({"held", "allocated"})
"""Commitments whose money is in escrow and not on its way anywhere."""
GOING_BACK = frozenset({"withdrawn", "refund_due", "refund_failed"})
"""Commitments whose money has been promised back to its method and is not confirmed there."""


@cache
def find_step(machine: Machine, name: str, state: str) -> Step | None:
    """Return the step `name` out of `state`, None when the table does not have it."""
    for step in STEPS[machine]:
        if step.name == name and state in step.sources:
            return step
    return None


def steps_from(machine: Machine, state: str) -> list[Step]:
    """Return every step out of `state`."""
    return [step for step in STEPS[machine] if state in step.sources]


def states_of(machine: Machine) -> list[str]:
    """Return the machine's states in the order in which the table reaches them."""
    seen: dict[str, None] = {}
    for step in STEPS[machine]:
        seen.update(dict.fromkeys((*step.sources, step.target)))
    return [state for state in seen if state]


def allowed_pairs() -> Iterator[tuple[str, str, str, str]]:
    """Yield (machine, name, from, to) for every permitted change, as the database holds it."""
    for machine, steps in STEPS.items():
        for step in steps:
            for source in step.sources:
                yield machine, step.name, source, step.target


__all__ = [
    "GOING_BACK",
    "IN_FLIGHT",
    "PAID_IN",
    "STEPS",
    "TERMINAL",
    "WITHDRAWABLE",
    "Actor",
    "Machine",
    "Step",
    "allowed_pairs",
    "find_step",
    "states_of",
    "steps_from",
]
