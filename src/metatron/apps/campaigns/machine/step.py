"""The shape of one row of the transition table."""

from dataclasses import dataclass
from typing import Literal

Actor = Literal[
    "organiser", "administrator", "finance", "supplier", "participant", "system", "provider"
]


@dataclass(frozen=True, slots=True)
class Step:
    """One permitted change.

    `sources` are the states it leads out of ('' is "did not exist"), `target` the one it leads to;
    equal ones mean a step that is logged and told without a change of state. `guard` and `effect`
    say in plain words what is checked and done; `money_effect` what happens to the money, for the
    person about to act. `label` names the button. `tells` are the audiences that get a
    message; a step without any names in `told_with` the step whose message carries it. One that
    `needs_approval` is asked for by one person and taken on another one's approval.
    """

    name: str
    sources: tuple[str, ...]
    target: str
    actor: Actor
    guard: str
    effect: str
    label: str
    needs_reason: bool = False
    money_effect: str | None = None
    tells: tuple[Literal["member", "supplier", "organiser", "reviewer"], ...] = ()
    told_with: str | None = None
    needs_approval: bool = False
