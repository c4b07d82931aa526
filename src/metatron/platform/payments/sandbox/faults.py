"""Scripted faults: decided from a seed and a durable counter, so that a run can be repeated."""

import random
from dataclasses import dataclass

from metatron.platform.payments.sandbox.schemas import FaultsBody
from metatron.platform.payments.sandbox.store import Store

BUSINESS_FAULTS = ("decline", "partial_capture")
PLACES = ("webhook", "statement")
EFFECTLESS_FAULTS = ("timeout_without_effect", "http_500", "http_429")


@dataclass(frozen=True, slots=True)
class DrawnFault:
    """The fault this one call suffers."""

    name: str
    seconds: float | None


def script(store: Store, body: FaultsBody) -> None:
    """Replace all rules by those of `body`."""
    with store.transaction():
        store.execute("delete from fault_rule")
        for number, rule in enumerate(body.rules):
            store.insert(
                "fault_rule",
                {
                    "id": number + 1,
                    "seed": body.seed,
                    "operation": rule.operation,
                    "fault": rule.fault,
                    "probability": rule.probability,
                    "remaining": rule.count,
                    "seconds": rule.seconds,
                },
            )


def clear(store: Store) -> None:
    """Remove all rules."""
    store.execute("delete from fault_rule")


def _place_of(fault: str) -> str:
    """Return where a fault strikes: at deliveries, statement lines, or (empty) at calls."""
    return next((place for place in PLACES if fault.startswith(place)), "")


def draw(store: Store, operation: str) -> DrawnFault | None:
    """Decide whether a call of `operation` suffers a fault; the decision is counted durably.

    Webhook faults are drawn for deliveries only (`operation` "webhook"), statement faults for the
    lines of statements only ("statement"), the others never there.
    """
    for rule in store.rows("select * from fault_rule order by id"):
        if _place_of(rule["fault"]) != (operation if operation in PLACES else ""):
            continue
        if rule["operation"] not in (operation, "*") or rule["remaining"] == 0:
            continue
        if operation == "read" and rule["fault"] in BUSINESS_FAULTS:
            continue
        decision = random.Random(f"{rule['seed']}:{rule['id']}:{rule['decisions']}").random()  # noqa: S311
        hit = decision < rule["probability"]
        spent = 1 if hit and rule["remaining"] is not None else 0
        store.execute(
            "update fault_rule set decisions = decisions + 1, remaining = remaining - ?"
            " where id = ?",
            spent,
            rule["id"],
        )
        if hit:
            return DrawnFault(rule["fault"], rule["seconds"])
    return None
