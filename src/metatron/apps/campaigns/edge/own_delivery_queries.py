"""What a member reads of their own delivery, by the direct door."""

from metatron.apps.campaigns.delivery.receiving import DELIVERING, NOTHING_COMES
from metatron.apps.campaigns.machine.transitions import TERMINAL
from metatron.apps.campaigns.rules.addresses import DIRECT
from metatron.kernel.database.direct import BOUND


def _listed(states: frozenset[str]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


_OWN = """
from bound, lateral (select * from campaigns.commitment m
  where m.tenant_id = bound.t::uuid and m.id = $2 and m.member_id = $3 limit 1) m
cross join lateral (select * from campaigns.campaign c
  where c.tenant_id = m.tenant_id and c.id = m.campaign_id limit 1) c"""
_DELIVERING = "c.state in (" + _listed(DELIVERING) + ")"
_ENDED = (
    "(c.state in ("
    + _listed(TERMINAL["campaign"])
    + ") or m.state in ("
    + _listed(NOTHING_COMES)
    + "))"
)
_IS_DIRECT = "c.delivery_strategy = '" + DIRECT + "'"
OWN_DELIVERY = (
    BOUND
    + """ select json_build_object(
  'delivery_strategy', c.delivery_strategy,
  'address', (select json_build_object('recipient', a.recipient, 'street', a.street,
      'postal_code', a.postal_code, 'city', a.city, 'country', a.country)
    from campaigns.delivery_address a
    where a.tenant_id = m.tenant_id and a.commitment_id = m.id),
  'consolidation_point', (select json_build_object('id', p.id, 'name', p.name,
      'address', p.address)
    from campaigns.consolidation_point p
    where p.tenant_id = c.tenant_id and p.id = c.consolidation_point_id
      and not """
    + _IS_DIRECT
    + """),
  'can_change', """
    + _IS_DIRECT
    + " and not "
    + _DELIVERING
    + " and not "
    + _ENDED
    + """,
  'can_erase', """
    + _ENDED
    + """ and exists (select from campaigns.delivery_address a
    where a.tenant_id = m.tenant_id and a.commitment_id = m.id),
  'can_confirm', """
    + _DELIVERING
    + """ and m.state = 'allocated' and r.at is null,
  'received_at', r.at,
  'events', (select coalesce(json_agg(json_build_object('id', e.id, 'kind', e.kind,
      'note', e.note, 'units', e.units, 'recorded_at', e.recorded_at)
      order by e.recorded_at, e.id), '[]')
    from campaigns.fulfilment_event e
    where e.tenant_id = c.tenant_id and e.campaign_id = c.id))::text"""
    + _OWN
    + """
left join lateral (select x.confirmed_at at from campaigns.receipt x
  where x.tenant_id = m.tenant_id and x.commitment_id = m.id) r on true"""
)
OWN_ISSUES = (
    BOUND
    + """ select json_build_object(
  'can_report', c.state = 'inspecting' and m.state = 'allocated' and c.inspection_ends_at > now()
    + coalesce((select make_interval(secs => k.offset_seconds) from kernel.tenant_clock k
      where k.tenant_id = m.tenant_id), interval '0')
    and not exists (select from campaigns.issue o where o.tenant_id = m.tenant_id
      and o.commitment_id = m.id and o.state = 'open'),
  'currency', m.currency, 'items', (select coalesce(json_agg(s), '[]') from (
    select i.id, i.category, i.text, i.state, i.outcome, i.resolution, i.refund_minor,
      i.supplier_answer, i.supplier_answered_at, i.opened_at, i.resolved_at
    from campaigns.issue i where i.tenant_id = m.tenant_id and i.commitment_id = m.id
    order by i.opened_at desc, i.id desc) s))::text"""
    + _OWN
)
SUPPLIED_ISSUES = (
    BOUND
    + """ select json_build_object('items', (select coalesce(json_agg(s), '[]') from (
    select i.id, i.category, i.text, i.state, i.outcome, i.resolution, i.refund_minor,
      i.supplier_answer, i.supplier_answered_at, i.opened_at, i.resolved_at,
      m.reference commitment_reference, m.currency, coalesce(m.units_allocated, m.units) units
    from campaigns.issue i
    join campaigns.commitment m on m.tenant_id = i.tenant_id and m.id = i.commitment_id
    where i.tenant_id = c.tenant_id and i.campaign_id = c.id
    order by i.state = 'resolved', i.opened_at, i.id limit 500) s))::text
from bound, lateral (select * from campaigns.campaign c
  where c.tenant_id = bound.t::uuid and c.id = $2 and c.supplier_id = $3 limit 1) c"""
)
OWN_MILESTONES = (
    BOUND
    + """ select json_build_object('currency', m.currency, 'items',
  (select coalesce(json_agg(s order by s.sequence), '[]') from (
    select n.sequence, n.title, n.share_bp, n.due_at, n.auto_approve_hours, n.is_upfront,
      n.is_last, n.state, n.evidence_at, n.decided_at, n.reason,
      (select r.amount_minor from campaigns.share_release r where r.tenant_id = n.tenant_id
        and r.milestone_id = n.id and r.commitment_id = m.id) own_released_minor,
      (select coalesce(json_agg(json_build_object('name', e.name, 'media_type', e.media_type,
          'sha256', e.sha256, 'note', e.note, 'taken_at', e.taken_at, 'added_at', e.added_at)
          order by e.added_at, e.id), '[]')
        from campaigns.evidence e
        where e.tenant_id = n.tenant_id and e.milestone_id = n.id) evidence
    from campaigns.milestone n where n.tenant_id = c.tenant_id and n.campaign_id = c.id
    union all
    select p.ordinal::int, p.given ->> 'title', (p.given ->> 'share_bp')::int,
      (p.given ->> 'due_at')::timestamptz, (p.given ->> 'auto_approve_hours')::int,
      coalesce((p.given ->> 'is_upfront')::boolean, false),
      p.ordinal = jsonb_array_length(c.milestones), 'planned', null, null, null, null, '[]'
    from jsonb_array_elements(c.milestones) with ordinality p(given, ordinal)
    where not exists (select from campaigns.milestone n
      where n.tenant_id = c.tenant_id and n.campaign_id = c.id)
  ) s))::text"""
    + _OWN
)
"""As published until the rows are made, which happens once units are allocated."""
