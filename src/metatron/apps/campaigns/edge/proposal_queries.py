"""Lists of suppliers' proposals by the direct door."""

from metatron.apps.campaigns.edge.queries import cursor_of
from metatron.kernel.database.direct import BOUND

# $2 campaign, $3 the supplier's user id, $4 and $5 cursor, $6 limit.
PROPOSALS = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select p.id, p.campaign_id, p.supplier_id, p.state, p.units_max, p.unit_price_minor, p.currency,
    p.note, p.counter_units_max, p.counter_unit_price_minor, p.counter_note, p.reason,
    p.expires_at, p.asked_at, p.closed_at, p.version, c.reference campaign_reference,
    c.title campaign_title, c.product_name, c.goal_units, c.deadline_at, """
    + cursor_of("p.asked_at", "p.id")
    + """ as cursor_
  from campaigns.supplier_proposal p
  join campaigns.campaign c on c.tenant_id = p.tenant_id and c.id = p.campaign_id
  where p.tenant_id = bound.t::uuid and ($2::uuid is null or p.campaign_id = $2)
    and ($3::uuid is null or p.supplier_id = $3)
    and ($4::text is null or (p.asked_at, p.id) < ($4::text::timestamptz, $5::uuid))
  order by p.asked_at desc, p.id desc limit $6) r"""
)
