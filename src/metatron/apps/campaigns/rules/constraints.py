"""What a reviewer may make a campaign's acceptance depend on; each is held to by the rules."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from metatron.apps.campaigns.tables import Campaign
from metatron.apps.campaigns.wording import show_money
from metatron.kernel.errors import InvalidInput

type ConstraintKind = Literal[
    "cap_units_at_most",
    "member_units_at_most",
    "deadline_at_latest",
    "bond_at_least_minor",
    "release_by_two_people",
]
type Constraint = dict[str, Any]
"""`kind` with `amount` (units, or minor units of the campaign's currency), `until` or nothing."""
_AMOUNTS = frozenset({"cap_units_at_most", "member_units_at_most", "bond_at_least_minor"})


def constraint(kind: ConstraintKind, amount: int | None, until: datetime | None) -> Constraint:
    """Return a constraint as it is kept.

    Raises:
        InvalidInput: the amount or the instant that its kind needs is missing, or there is more.
    """
    wanted = (kind in _AMOUNTS, kind == "deadline_at_latest")
    if (amount is not None, until is not None) != wanted:
        hint = f"'{kind}' needs {'an amount' if wanted[0] else 'until' if wanted[1] else 'nothing'}"
        raise InvalidInput.field("body.constraints", "invalid_constraint", f"{hint} and no more.")
    return {"kind": kind, "amount": amount, "until": until.isoformat() if until else None}


def told(each: Constraint, currency: str) -> str:
    """Return a constraint in plain words."""
    amount = each["amount"]
    if each["kind"] == "cap_units_at_most":
        return f"A cap of at most {amount} units."
    if each["kind"] == "member_units_at_most":
        return f"At most {amount} units for each member."
    if each["kind"] == "deadline_at_latest":
        return f"It closes by {datetime.fromisoformat(each['until']):%Y-%m-%d %H:%M %Z} at latest."
    if each["kind"] == "bond_at_least_minor":
        return f"The bond holds at least {show_money(amount, currency)} when it is published."
    return "Two people approve every release from escrow; none happens by itself."


def unmet(campaign: Campaign, constraints: Sequence[Constraint], bond_minor: int) -> list[str]:
    """Return, in plain words, the constraints that the submitted campaign does not meet."""
    return [
        told(each, campaign.currency)
        for each in constraints
        if not _is_met(campaign, each, bond_minor)
    ]


def _is_met(campaign: Campaign, each: Constraint, bond_minor: int) -> bool:
    match each["kind"]:
        case "cap_units_at_most":
            return campaign.cap_units is not None and campaign.cap_units <= each["amount"]
        case "member_units_at_most":
            return campaign.max_units is not None and campaign.max_units <= each["amount"]
        case "deadline_at_latest":
            return campaign.deadline_at is not None and may_close_at([each], campaign.deadline_at)
        case "bond_at_least_minor":
            return bool(bond_minor >= each["amount"])
        case _:
            return True


def may_close_at(constraints: Sequence[Constraint], deadline_at: datetime) -> bool:
    """Tell whether the constraints let the campaign close as late as `deadline_at`."""
    latest = [each["until"] for each in constraints if each["kind"] == "deadline_at_latest"]
    return all(deadline_at <= datetime.fromisoformat(each) for each in latest)


def needs_two_people(constraints: Sequence[Constraint]) -> bool:
    """Tell whether nothing may be released without people's approval."""
    return any(each["kind"] == "release_by_two_people" for each in constraints)
