"""Suppliers and what was said last of who they are, by the direct door."""

from metatron.kernel.database.direct import BOUND

# No row where the feature is off.
SUPPLIERS = (
    BOUND
    + """, clock as materialized (select bound.t, now() + coalesce((
    select make_interval(secs => k.offset_seconds) from kernel.tenant_clock k
    where k.tenant_id = bound.t::uuid), interval '0') instant from bound)
  select x.found from clock, lateral (
  select coalesce(json_agg(r), '[]')::text found from (
    select s.supplier_id, s.supplier_name, v.basis, v.valid_until, v.stated_by, v.stated_at,
      case when v.verdict is null then 'unverified'
        when v.verdict = 'verified'
          and v.valid_until < (clock.instant at time zone 'UTC')::date then 'expired'
        else v.verdict end as state
    from (select distinct on (c.supplier_id) c.supplier_id, c.supplier_name
      from campaigns.campaign c
      where c.tenant_id = clock.t::uuid and c.supplier_id is not null
      order by c.supplier_id, c.created_at desc limit 500) s
    left join lateral (select w.* from campaigns.supplier_verification w
      where w.tenant_id = clock.t::uuid and w.supplier_id = s.supplier_id
      order by w.stated_at desc, w.id desc limit 1) v on true
    order by v.stated_at desc nulls first, s.supplier_name, s.supplier_id
  ) r) x
where exists (select from campaigns.settings t
  where t.tenant_id = clock.t::uuid and t.supplier_verification)"""
)
