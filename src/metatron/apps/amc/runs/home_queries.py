"""The home page by the direct door: what succeeded, fails, is due, and ran last."""

from metatron.apps.amc.connections.grants import granted
from metatron.apps.amc.runs.queries import FROM, SUMMARY
from metatron.kernel.database.direct import BOUND

_SEEN = granted("i.id", "$2::uuid[]")
_CLOCK = """, clock as materialized (select now() + make_interval(secs => coalesce((
  select k.offset_seconds from kernel.tenant_clock k where k.tenant_id = bound.t::uuid), 0)) as now
from bound)"""
# Trials of schedules count in no figure.
HOME = (
    BOUND
    + _CLOCK
    + " select json_build_object('success_7d', (select json_build_object("
    + """'succeeded', count(*) filter (where r.state = 'succeeded'),
      'failed', count(*) filter (where r.state = 'failed'))
    from amc.run r where r.tenant_id = bound.t::uuid and r.origin <> 'trial'
      and r.state in ('succeeded', 'failed') and r.created_at > clock.now - interval '7 days'
      and r.instance_id in (select i.id from amc.instance i
        where i.tenant_id = bound.t::uuid and """
    + _SEEN
    + """)),
  'due_24h', (select coalesce(json_agg(d order by d.next_fire_at), '[]') from (
    select s.id, s.name, s.next_fire_at, i.name as instance from amc.schedule s
    join amc.instance i on i.tenant_id = s.tenant_id and i.id = s.instance_id
    where s.tenant_id = bound.t::uuid and s.state = 'active'
      and s.next_fire_at < clock.now + interval '24 hours' and """
    + _SEEN
    + """ order by s.next_fire_at limit 20) d),
  'failing', (select coalesce(json_agg(f order by f.finished_at desc), '[]') from (
    select """
    + SUMMARY
    + " "
    + FROM
    + """
    where r.tenant_id = bound.t::uuid and r.origin <> 'trial' and r.state = 'failed'
      and r.created_at > clock.now - interval '7 days' and """
    + _SEEN
    + """ and not exists (
        select from amc.run n where n.tenant_id = r.tenant_id and n.workflow_id = r.workflow_id
          and n.instance_id = r.instance_id and n.origin <> 'trial'
          and n.state in ('succeeded', 'failed') and n.created_at >= r.created_at
          and (n.created_at, n.id) > (r.created_at, r.id))
    order by r.finished_at desc limit 10) f),
  'last_runs', (select coalesce(json_agg(n), '[]') from (select """
    + SUMMARY
    + " "
    + FROM
    + " where r.tenant_id = bound.t::uuid and "
    + _SEEN
    + """ order by r.created_at desc, r.id desc limit 10) n)
)::text from bound, clock"""
)
"""$2 the viewer."""
