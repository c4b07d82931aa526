"""Lists of refunds, by the direct door."""

from metatron.apps.campaigns.edge.queries import cursor_of
from metatron.kernel.database.direct import BOUND

REFUNDS = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select f.id, f.campaign_id, f.commitment_id, f.amount_minor, f.currency, f.reason_code, f.reason,
    f.whole, f.state, f.attempts, f.destination, f.evidence, f.requested_by, f.approval_id,
    f.created_at, f.resolved_at, f.version, m.reference commitment_reference, m.member_id,
    c.reference campaign_reference, c.title campaign_title, """
    + cursor_of("f.created_at", "f.id")
    + """ as cursor_
  from campaigns.refund f
  join campaigns.commitment m on m.tenant_id = f.tenant_id and m.id = f.commitment_id
  join campaigns.campaign c on c.tenant_id = f.tenant_id and c.id = f.campaign_id
  where f.tenant_id = bound.t::uuid and ($2::text is null or f.state = $2)
    and ($3::uuid is null or f.campaign_id = $3)
    and ($4::text is null or (f.created_at, f.id) > ($4::text::timestamptz, $5::uuid))
  order by f.created_at, f.id limit $6) r"""
)
