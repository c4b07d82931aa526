"""What the routes show of a request, to the one who looks."""

from typing import Any

from metatron.kernel.context import Context
from metatron.platform.approvals.actions import ApprovalAction, action_named, all_actions
from metatron.platform.approvals.people import people_needed
from metatron.platform.approvals.permissions import DECIDE
from metatron.platform.approvals.rules import Rules


def finish(row: dict[str, Any], context: Context) -> dict[str, Any]:
    """Return a row of `queries` with the action's words and what the reader may do with it.

    `can_withdraw`, `can_decide` and `can_approve` go by the credential; the use cases look closer.
    Who was the first of two to approve may still say no.
    """
    action = action_named(row["action"])
    asked_by, parties = row.pop("requester_ids"), row.pop("party_ids")
    is_open = row["state"] == "requested"
    is_own = str(context.actor_id) in asked_by or str(context.impersonator_id) in asked_by
    is_person = context.actor_kind == "user" and context.impersonator_id is None
    may = action is not None and context.permissions >= {DECIDE, action.approve_permission}
    me = str(context.actor_id)
    can_decide = is_open and is_person and may and not is_own and me not in parties
    return {
        **row,
        "action_title": (action.title if action else "") or row["action"],
        "effect": _effect(action, row),
        "people_needed": people_needed(row["requested_by_kind"]),
        "can_approve": can_decide and me != str(row["agreed_by"]),
        "can_decide": can_decide,
        "can_withdraw": is_open and is_own,
    }


def _effect(action: ApprovalAction | None, row: dict[str, Any]) -> str | None:
    if action is None or action.describe is None:
        return None
    return action.describe({"currency": row["currency"], **row["payload"]})


def show_rules(rules: Rules) -> dict[str, Any]:
    """Return the settings with a rule for every action that this process knows."""
    return {
        "expires_after_seconds": rules.expires_after_seconds,
        "version": rules.version,
        "rules": [
            {
                "action": action.name,
                "title": action.title or action.name,
                "four_eyes": rules.of(action.name).four_eyes,
                "above_minor": rules.of(action.name).above_minor,
                "currency": rules.of(action.name).currency,
            }
            for action in all_actions()
            if not action.is_fixed
        ],
    }
