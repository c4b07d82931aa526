"""Lists of the escrow desk over all campaigns of an organisation, by the direct door."""

from metatron.apps.campaigns.edge.queries import cursor_of
from metatron.kernel.database.direct import BOUND

_OF_CAMPAIGN = """c.reference campaign_reference, c.title campaign_title"""

# $2 state, $3 campaign, $4 and $5 cursor, $6 limit.
CARD_DISPUTES = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select d.id, d.campaign_id, d.commitment_id, d.provider, d.reference, d.amount_minor,
    d.fee_minor, d.currency, d.is_before_release, d.state, d.evidence_due_at, d.evidence_state,
    d.evidence_code, d.opened_at, d.closed_at, d.version,
    m.reference commitment_reference, """
    + _OF_CAMPAIGN
    + ", "
    + cursor_of("d.opened_at", "d.id")
    + """ as cursor_
  from campaigns.card_dispute d
  join campaigns.commitment m on m.tenant_id = d.tenant_id and m.id = d.commitment_id
  join campaigns.campaign c on c.tenant_id = d.tenant_id and c.id = d.campaign_id
  where d.tenant_id = bound.t::uuid and ($2::text is null or d.state = $2)
    and ($3::uuid is null or d.campaign_id = $3)
    and ($4::text is null or (d.opened_at, d.id) < ($4::text::timestamptz, $5::uuid))
  order by d.opened_at desc, d.id desc limit $6) r"""
)

# $2 dispute.
DISPUTE_EXISTS = (
    BOUND
    + """ select 'true' from bound, lateral (
  select 1 from campaigns.card_dispute d
  where d.tenant_id = bound.t::uuid and d.id = $2 limit 1) r"""
)
DISPUTE_FILES = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select f.id, f.dispute_id, f.file_id, f.sha256, f.media_type, f.name, f.note, f.added_by,
    f.added_at
  from campaigns.dispute_file f where f.tenant_id = bound.t::uuid and f.dispute_id = $2
  order by f.added_at, f.id limit 100) r"""
)

_PAYOUT = """p.id, p.campaign_id, p.amount_minor, p.currency, p.state, p.attempts, p.created_at,
    p.due_at, p.confirmed_at,
    (select count(*) from campaigns.commitment m
     where m.tenant_id = p.tenant_id and m.payout_id = p.id)
    + (select count(*) from campaigns.milestone n
       join campaigns.share_release s on s.tenant_id = n.tenant_id and s.milestone_id = n.id
       where n.tenant_id = p.tenant_id and n.payout_id = p.id) commitments,
    (select n.title from campaigns.milestone n
     where n.tenant_id = p.tenant_id and n.payout_id = p.id) share_title, """

# $2 state, $3 campaign, $4 and $5 cursor, $6 limit.
PAYOUTS = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select """
    + _PAYOUT
    + """p.destination, c.supplier_name, """
    + _OF_CAMPAIGN
    + ", "
    + cursor_of("p.created_at", "p.id")
    + """ as cursor_
  from campaigns.payout p
  join campaigns.campaign c on c.tenant_id = p.tenant_id and c.id = p.campaign_id
  where p.tenant_id = bound.t::uuid and ($2::text is null or p.state = $2)
    and ($3::uuid is null or p.campaign_id = $3)
    and ($4::text is null or (p.created_at, p.id) < ($4::text::timestamptz, $5::uuid))
  order by p.created_at desc, p.id desc limit $6) r"""
)

# $2 the supplier's user id, $3 and $4 cursor, $5 limit.
SUPPLIER_PAYOUTS = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select """
    + _PAYOUT
    + _OF_CAMPAIGN
    + ", "
    + cursor_of("p.created_at", "p.id")
    + """ as cursor_
  from campaigns.payout p
  join campaigns.campaign c on c.tenant_id = p.tenant_id and c.id = p.campaign_id
  where p.tenant_id = bound.t::uuid and c.supplier_id = $2
    and ($3::text is null or (p.created_at, p.id) < ($3::text::timestamptz, $4::uuid))
  order by p.created_at desc, p.id desc limit $5) r"""
)
