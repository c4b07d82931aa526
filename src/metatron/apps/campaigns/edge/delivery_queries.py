"""Lists of the delivery room by the direct door."""

from metatron.kernel.database.direct import BOUND

PRODUCTS = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select p.id, p.sku, p.name, p.description, p.specification, p.reference_prices, p.erp_item_id,
    p.archived_at, p.created_at, p.version,
    json_build_array(p.name, p.id) as cursor_
  from campaigns.product p
  where p.tenant_id = bound.t::uuid
    and ($2::text is null or concat_ws(' ', p.name, p.sku)
         ilike '%' || replace(replace(replace($2, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%')
    and ($3::text is null or (p.name, p.id) > ($3::text, $4::uuid))
  order by p.name, p.id limit $5) r"""
)

_EVIDENCE = """(select coalesce(json_agg(json_build_object('id', e.id, 'file_id', e.file_id,
      'name', e.name, 'media_type', e.media_type, 'sha256', e.sha256, 'note', e.note,
      'taken_at', e.taken_at, 'added_at', e.added_at) order by e.added_at, e.id), '[]')
    from campaigns.evidence e where e.tenant_id = """
MILESTONES = (
    BOUND
    + """ select json_build_object('items', coalesce(json_agg(r), '[]'))::text
from bound, lateral (
  select m.id, m.campaign_id, m.sequence, m.title, m.share_bp, m.due_at, m.auto_approve_hours,
    m.is_upfront, m.is_last, m.state, m.evidence_at, m.decided_at, m.reason, m.released_minor,
    m.version, """
    + _EVIDENCE
    + """m.tenant_id and e.milestone_id = m.id) evidence
  from campaigns.milestone m
  join campaigns.campaign c on c.tenant_id = m.tenant_id and c.id = m.campaign_id
  where m.tenant_id = bound.t::uuid and m.campaign_id = $2
    and ($3::uuid is null or c.supplier_id = $3)
  order by m.sequence limit 100) r"""
)
SUPPLIED_EXISTS = (
    BOUND
    + """ select c.id from bound, lateral (select c.id from campaigns.campaign c
  where c.tenant_id = bound.t::uuid and c.id = $2 and c.supplier_id = $3
    and c.visibility <> 'draft' limit 1) c"""
)
ISSUE_EXISTS = (
    BOUND
    + """ select i.id from bound, lateral (select i.id from campaigns.issue i
  where i.tenant_id = bound.t::uuid and i.id = $2 limit 1) i"""
)
ISSUE_EVIDENCE = (
    BOUND
    + """ select json_build_object('items', coalesce(json_agg(r), '[]'))::text
from bound, lateral (
  select e.id, e.file_id, e.name, e.media_type, e.sha256, e.note, e.taken_at, e.added_at
  from campaigns.evidence e where e.tenant_id = bound.t::uuid and e.issue_id = $2
  order by e.added_at, e.id limit 200) r"""
)
