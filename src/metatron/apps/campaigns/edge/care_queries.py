"""Lists and details of the care room by the direct door."""

from metatron.kernel.database.direct import BOUND

_CURSOR = "json_build_array({column}::text, {id}) as cursor_"

_EXCEPTION = """x.id, x.category, x.severity, x.state, x.title, x.detail, x.cause, x.campaign_id,
  x.commitment_id, x.assigned_to, x.resolution, x.opened_by, x.opened_at, x.closed_at, x.version"""

# $2 state, $3 severity, $4 category, $5 campaign, $6 only open ones, $7 and $8 cursor, $9 limit.
EXCEPTIONS = (
    BOUND
    + " select coalesce(json_agg(r), '[]')::text from bound, lateral (select "
    + _EXCEPTION
    + ", "
    + _CURSOR.replace("{column}", "x.opened_at").replace("{id}", "x.id")
    + """ from campaigns.exception x
  where x.tenant_id = bound.t::uuid
    and ($2::text is null or x.state = $2)
    and ($3::text is null or x.severity = $3)
    and ($4::text is null or x.category = $4)
    and ($5::uuid is null or x.campaign_id = $5)
    and ($6::bool is not true or x.state <> 'closed')
    and ($7::text is null or (x.opened_at, x.id) < ($7::text::timestamptz, $8::uuid))
  order by x.opened_at desc, x.id desc limit $9) r"""
)

EXCEPTION = (
    BOUND
    + " select row_to_json(r)::text from bound, lateral (select "
    + _EXCEPTION
    + """, c.title campaign_title, m.reference commitment_reference,
  (select coalesce(json_agg(e), '[]') from (
    select e.id, e.kind, e.pointer, e.note, e.added_by, e.added_at
    from campaigns.exception_evidence e
    where e.tenant_id = x.tenant_id and e.exception_id = x.id
    order by e.added_at, e.id limit 500) e) evidence,
  (select coalesce(json_agg(h order by h.ordinal), '[]') from (
    select h.ordinal, h.kind, h.from_state, h.to_state, h.note, h.subject_id, h.actor_kind,
      h.actor_id, h.at
    from campaigns.exception_entry h
    where h.tenant_id = x.tenant_id and h.exception_id = x.id
    order by h.ordinal desc limit 500) h) history
  from campaigns.exception x
  left join campaigns.campaign c on c.tenant_id = x.tenant_id and c.id = x.campaign_id
  left join campaigns.commitment m on m.tenant_id = x.tenant_id and m.id = x.commitment_id
  where x.tenant_id = bound.t::uuid and x.id = $2 limit 1) r"""
)

# $2 state, $3 commitment, $4 and $5 cursor, $6 limit.
PROVIDER_ACTIONS = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select a.id, a.provider, a.action, a.reference, a.campaign_id, a.commitment_id, a.amount_minor,
    a.fee_minor, a.currency, a.state, a.why, a.occurred_at, a.recorded_at, a.resolved_at,
    a.version, c.reference campaign_reference, c.title campaign_title,
    m.reference commitment_reference, """
    + _CURSOR.replace("{column}", "a.recorded_at").replace("{id}", "a.id")
    + """ from campaigns.provider_action a
  left join campaigns.campaign c on c.tenant_id = a.tenant_id and c.id = a.campaign_id
  left join campaigns.commitment m on m.tenant_id = a.tenant_id and m.id = a.commitment_id
  where a.tenant_id = bound.t::uuid
    and ($2::text is null or a.state = $2)
    and ($3::uuid is null or a.commitment_id = $3)
    and ($4::text is null or (a.recorded_at, a.id) < ($4::text::timestamptz, $5::uuid))
  order by a.recorded_at desc, a.id desc limit $6) r"""
)

# $2 campaign, $3 state, $4 and $5 cursor, $6 limit.
CARD_DISPUTES = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select d.id, d.campaign_id, d.commitment_id, d.provider, d.reference, d.amount_minor,
    d.fee_minor, d.currency, d.is_before_release, d.state, d.evidence_due_at, d.evidence_state,
    d.evidence_code, d.opened_at, d.closed_at, d.version, """
    + _CURSOR.replace("{column}", "d.opened_at").replace("{id}", "d.id")
    + """ from campaigns.card_dispute d
  where d.tenant_id = bound.t::uuid and d.campaign_id = $2
    and ($3::text is null or d.state = $3)
    and ($4::text is null or (d.opened_at, d.id) < ($4::text::timestamptz, $5::uuid))
  order by d.opened_at desc, d.id desc limit $6) r"""
)
