"""Lists of the bond and of what it bears, by the direct door."""

from metatron.apps.campaigns.edge.queries import cursor_of
from metatron.kernel.database.direct import BOUND

# $2 state, $3 and $4 cursor, $5 limit.
PAYMENTS = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select b.id, b.amount_minor, b.currency, b.state, b.created_at, b.resolved_at, b.version, """
    + cursor_of("b.created_at", "b.id")
    + """ as cursor_
  from campaigns.bond_deposit b
  where b.tenant_id = bound.t::uuid and ($2::text is null or b.state = $2)
    and ($3::text is null or (b.created_at, b.id) < ($3::text::timestamptz, $4::uuid))
  order by b.created_at desc, b.id desc limit $5) r"""
)

# $2 kind, $3 campaign, $4 and $5 cursor, $6 limit.
CHARGES = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select f.id, f.campaign_id, c.reference campaign_reference, c.title campaign_title, f.kind,
    f.amount_minor, f.correction_minor, f.recharged_minor, f.currency, f.reference, f.recorded_at,
    f.version, """
    + cursor_of("f.recorded_at", "f.id")
    + """ as cursor_
  from campaigns.provider_charge f
  left join campaigns.campaign c on c.tenant_id = f.tenant_id and c.id = f.campaign_id
  where f.tenant_id = bound.t::uuid and ($2::text is null or f.kind = $2)
    and ($3::uuid is null or f.campaign_id = $3)
    and ($4::text is null or (f.recorded_at, f.id) < ($4::text::timestamptz, $5::uuid))
  order by f.recorded_at desc, f.id desc limit $6) r"""
)
