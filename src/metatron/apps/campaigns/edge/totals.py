"""What a campaign gathered, as one JSON object of its row `c`."""

COUNTS = """(m.state in ('held', 'allocated', 'released', 'settled')
    or m.state in ('placed', 'authorised', 'authorising') and (
      c.funding_mode = 'charge_on_success' or m.authorised_reference is not null))"""
"""Whether a commitment `m` of the campaign `c` counts towards its goal, as its books have it: once
what the funding mode asks of the member is done."""

TOTALS = f"""
    (select json_build_object(
       'committed_units', coalesce(sum(coalesce(m.units_allocated, m.units)) filter (
         where {COUNTS}), 0),
       'reached_units', coalesce(sum(coalesce(m.units_allocated, m.units)) filter (
         where ({COUNTS}
           or m.state = 'lapsed' and m.last_transition = 'let_go' and (
             c.funding_mode = 'charge_on_success' or m.authorised_reference is not null)
           or m.state in ('refund_due', 'refund_failed', 'refunded') and (
             m.refund_reason in ('campaign_failed', 'supplier_unable', 'delivery_failure')
             or c.state in ('cancelling', 'cancelled') and m.refund_reason = 'admin_manual'))), 0),
       'escrow_minor', coalesce(sum(m.captured_minor) filter (
         where m.state in ('held', 'allocated', 'withdrawn', 'refund_due', 'refund_failed')), 0)
         + (select coalesce(sum(case
             when p.state in ('held', 'allocated', 'withdrawn', 'refund_due', 'refund_failed')
               then case when f.state = 'confirmed' then -f.amount_minor else 0 end
             when f.state = 'confirmed' then 0 else f.amount_minor end), 0)
           from campaigns.refund f
           join campaigns.commitment p on p.tenant_id = f.tenant_id and p.id = f.commitment_id
           where f.tenant_id = c.tenant_id and f.campaign_id = c.id and not f.whole)
         - (select coalesce(sum(s.amount_minor), 0) from campaigns.share_release s
           join campaigns.commitment p on p.tenant_id = s.tenant_id and p.id = s.commitment_id
           where s.tenant_id = c.tenant_id and s.campaign_id = c.id
             and p.state in ('held', 'allocated', 'withdrawn', 'refund_due', 'refund_failed')),
       'commitments', count(*) filter (where m.state <> 'lapsed'))
     from campaigns.commitment m
     where m.tenant_id = c.tenant_id and m.campaign_id = c.id)"""
"""`reached_units` is how far it came, also after an end in which every commitment went back: only
those that left before the end do not count."""
