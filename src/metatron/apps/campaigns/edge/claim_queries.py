"""The list of claims on suppliers by the direct door."""

from metatron.apps.campaigns.edge.queries import cursor_of
from metatron.kernel.database.direct import BOUND

# $2 state, $3 the supplier's user id, $4 and $5 cursor, $6 limit.
CLAIMS = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select k.id, k.campaign_id, k.dispute_id, k.supplier_id, k.amount_minor, k.paid_minor,
    k.written_off_minor, k.currency, k.reason, k.state, k.opened_at, k.closed_at, k.version,
    c.reference campaign_reference, c.title campaign_title, c.supplier_name,
    d.reference dispute_reference,
    (select coalesce(sum(p.amount_minor), 0) from campaigns.claim_payment p
     where p.tenant_id = k.tenant_id and p.claim_id = k.id and p.state = 'instructed')
      under_way_minor, """
    + cursor_of("k.opened_at", "k.id")
    + """ as cursor_
  from campaigns.supplier_claim k
  join campaigns.campaign c on c.tenant_id = k.tenant_id and c.id = k.campaign_id
  join campaigns.card_dispute d on d.tenant_id = k.tenant_id and d.id = k.dispute_id
  where k.tenant_id = bound.t::uuid and ($2::text is null or k.state = $2)
    and ($3::uuid is null or k.supplier_id = $3)
    and ($4::text is null or (k.opened_at, k.id) < ($4::text::timestamptz, $5::uuid))
  order by k.opened_at desc, k.id desc limit $6) r"""
)
