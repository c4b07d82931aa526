"""Which steps are not offered now: guards that the campaign's own row can answer cheaply.

The use case still decides. A step left out here would be refused there; a step shown here may
still be refused by a guard that costs more to ask (the publish list, the terms' hash).
"""

from collections.abc import Callable
from typing import Any

from metatron.apps.campaigns.machine.step import Step
from metatron.apps.campaigns.machine.transitions import STEPS
from metatron.apps.campaigns.money.gathered import COMMITTED_UNITS
from metatron.kernel.context import Context

_NOW = """(now() + coalesce((select make_interval(secs => k.offset_seconds)
      from kernel.tenant_clock k where k.tenant_id = c.tenant_id), interval '0'))"""
_FACTS = f"""json_build_object(
      'supplier_id', c.supplier_id,
      'submitted_by', json_build_array(c.submitted_by, c.submitted_by_operator),
      'needs_second_person', c.state = 'in_review' and coalesce(
        (select s.second_person_review from campaigns.settings s where s.tenant_id = c.tenant_id),
        true),
      'review_blocked', c.state = 'in_review' and exists (
        select from (
          select distinct on (o.role) o.role, o.verdict from campaigns.review_opinion o
          where o.tenant_id = c.tenant_id and o.campaign_id = c.id
            and o.terms_hash = c.terms_hash
          order by o.role, o.stated_at desc, o.id desc) said
        where said.role <> 'gate' and said.verdict in ('defer', 'reject')),
      'deadline_ahead', c.state = 'paused' and {_NOW} < coalesce(c.deadline_at, 'infinity'),
      'window_open', c.state = 'awaiting_supplier' and c.accepted_units is null
        and {_NOW} < coalesce(c.accept_by, 'infinity'),
      'allocated', c.allocated_at is not null,
      'cap_reached', c.state = 'live' and c.cap_units is not null
        and {COMMITTED_UNITS} >= c.cap_units,
      'delivered', c.state = 'fulfilling' and exists (
        select from campaigns.fulfilment_event f
        where f.tenant_id = c.tenant_id and f.campaign_id = c.id and f.kind = 'delivered'),
      'payment_refused', c.state in ('procuring', 'fulfilling', 'inspecting', 'completed',
        'unwinding', 'unwound') and exists (
        select from campaigns.payout p
        where p.tenant_id = c.tenant_id and p.campaign_id = c.id and p.state = 'failed'),
      'extension_requested', c.state = 'live' and exists (
        select from campaigns.notice n
        where n.tenant_id = c.tenant_id and n.campaign_id = c.id and n.state = 'requested'),
      'refund_refused', c.state in ('failing', 'cancelling', 'unwinding') and exists (
        select from campaigns.commitment m
        where m.tenant_id = c.tenant_id and m.campaign_id = c.id and m.state = 'refund_failed')
    )"""

Facts = dict[str, Any]
Guard = Callable[[Facts, Context], bool]


def _is_supplier(facts: Facts, context: Context) -> bool:
    return bool(facts["window_open"]) and facts["supplier_id"] == str(context.actor_id)


def _may_approve(facts: Facts, context: Context) -> bool:
    return not facts["review_blocked"] and _is_second_person(facts, context)


def _is_second_person(facts: Facts, context: Context) -> bool:
    is_other = str(context.actor_id) not in facts["submitted_by"] and not context.impersonator_id
    return is_other or not facts["needs_second_person"]


_GUARDS: dict[str, Guard] = {
    "approve": _may_approve,
    "defer": _is_second_person,
    "reject": _is_second_person,
    "resume": lambda facts, _: bool(facts["deadline_ahead"]),
    "close_early": lambda facts, _: bool(facts["cap_reached"]),
    "accept": _is_supplier,
    "decline": _is_supplier,
    "start_procuring": lambda facts, _: bool(facts["allocated"]),
    "confirm_delivery": lambda facts, _: bool(facts["delivered"]),
    "retry_payout": lambda facts, _: bool(facts["payment_refused"]),
    "extend": lambda facts, _: bool(facts["extension_requested"]),
    # These need more than a name and a reason: each has a route of its own.
    "give_notice": lambda _facts, _context: False,
    "accept_part": lambda _facts, _context: False,
    "extend_inspection": lambda _facts, _context: False,
    "retry_refunds": lambda facts, _: bool(facts["refund_refused"]),
}


_GUARDED = sorted(
    {state for step in STEPS["campaign"] if step.name in _GUARDS for state in step.sources if state}
)
STEP_FACTS = (
    "case when c.state in ("
    + ", ".join(f"'{state}'" for state in _GUARDED)
    + f") then {_FACTS} end step_facts"
)
"""A column over `campaigns.campaign c`; it and each part look only in the states that ask."""


def may_hold(step: Step, facts: Facts | None, context: Context) -> bool:
    """Tell whether the step's guard may hold, from a row's `step_facts` (None: it has no guard)."""
    guard = _GUARDS.get(step.name)
    return guard is None or (facts is not None and guard(facts, context))
