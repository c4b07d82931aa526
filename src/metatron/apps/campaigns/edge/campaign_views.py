"""A campaign as its organiser sees it: the steps that can be asked, the fields still missing."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import orjson

from metatron.apps.campaigns.edge.step_guards import may_hold
from metatron.apps.campaigns.machine.transitions import Step, steps_from
from metatron.apps.campaigns.permissions import PERMISSION_OF_ACTOR
from metatron.apps.campaigns.rules.guards import empty_of, hints_of
from metatron.kernel.context import Context


def allowed_steps(row: dict[str, Any], context: Context) -> bytes:
    """Return as JSON the campaign steps that the context's person may ask at this moment."""
    state = row["state"]
    return _told_steps(
        state,
        tuple(
            context.allows(permission) and may_hold(step, row["step_facts"], context)
            for step, permission, _ in _askable(state)
        ),
    )


@lru_cache(maxsize=2_000)
def _told_steps(state: str, are_allowed: tuple[bool, ...]) -> bytes:
    steps = zip(_askable(state), are_allowed, strict=True)
    return orjson.dumps([told for (*_, told), is_allowed in steps if is_allowed])


@cache
def _askable(state: str) -> tuple[tuple[Step, str, dict[str, Any]], ...]:
    """Return the steps out of a state that people take, the right to each, and how it is shown."""
    return tuple(
        (
            step,
            PERMISSION_OF_ACTOR[step.actor],
            {
                "name": step.name,
                "label": step.label,
                "needs_reason": step.needs_reason,
                "money_effect": step.money_effect,
                "needs_approval": step.needs_approval,
            },
        )
        for step in steps_from("campaign", state)
        if step.actor in PERMISSION_OF_ACTOR
    )


def finish_campaign(row: dict[str, Any], context: Context) -> dict[str, Any]:
    """Add to a campaign's row what follows from the table and the publish list."""
    row["allowed_transitions"] = orjson.Fragment(allowed_steps(row, context))
    row["missing"] = _missing(row) if row["state"] == "draft" else []
    del row["step_facts"]
    return row


@dataclass(frozen=True, slots=True)
class _Told:
    """A campaign's row as it is told, around the steps, which depend on who asks."""

    facts: dict[str, Any]
    head: bytes
    tail: bytes


def told_campaign(row: str, context: Context) -> tuple[orjson.Fragment, int]:
    """Do as `finish_campaign` with a row as JSON; return it as JSON, and its version."""
    told = _told(row)
    whole = told.head + allowed_steps(told.facts, context) + told.tail
    return orjson.Fragment(whole), told.facts["version"]


@lru_cache(maxsize=2_000)
def _told(text: str) -> _Told:
    """Take a row apart, once for all who read it before it changes."""
    row = orjson.loads(text)
    facts = {name: row.pop(name, None) for name in ("step_facts", "cursor_")}
    facts |= {"state": row["state"], "version": row["version"]}
    missing = _missing(row) if row["state"] == "draft" else []
    head = orjson.dumps(row)[:-1] + b',"allowed_transitions":'
    return _Told(facts, head, b',"missing":' + orjson.dumps(missing) + b"}")


def _missing(row: dict[str, Any]) -> orjson.Fragment:
    product, point = row["product"], row["consolidation_point"]
    of_others = {
        "sku": product["sku"],
        "product_name": product["name"],
        "consolidation_point_id": point and point["id"],
    }
    return _told_hints(empty_of(row | of_others))


@lru_cache(maxsize=500)
def _told_hints(empty: tuple[str, ...]) -> orjson.Fragment:
    hints = [{"field": name, "hint": hint} for name, hint in hints_of(empty)]
    return orjson.Fragment(orjson.dumps(hints))
