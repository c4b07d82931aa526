"""Runs and alerts by the direct door: one statement that binds the tenant and answers JSON."""

from sqlalchemy import text

from metatron.kernel.database.direct import BOUND

_CURSOR = """translate(encode(convert_to(json_build_array({at}, {id})::text, 'utf8'),
  'base64'), E'+/=\\n', '-_') cursor_"""
_SUMMARY = """r.id, r.name,
  json_build_object('id', i.id, 'name', i.name, 'brands', i.brands) instance,
  case when r.workflow_id is not null then json_build_object('id', r.workflow_id, 'name', w.name,
    'number', r.workflow_version) end workflow,
  r.state, r.state_reason, r.problem, r.window_rule, r.window_start, r.window_end, r.time_zone,
  r.privacy, r.dry_run, r.origin, r.origin_id, r.amc_execution_id, r.columns, r.row_count,
  r.size_bytes, r.created_at, r.submitted_at, r.finished_at, r.requested_by,
  r.state in ('queued', 'submitting', 'pending', 'running') and r.cancel_asked_at is null
    can_cancel,
  r.cancel_asked_at, r.result_gone_at, r.version"""
_FROM = """from amc.run r
  join amc.instance i on i.tenant_id = r.tenant_id and i.id = r.instance_id
  left join amc.workflow w on w.tenant_id = r.tenant_id and w.id = r.workflow_id"""
_WHOLE = (
    "select "
    + _SUMMARY
    + ", r.sql, r.parameters, r.values, r.value_sources "
    + _FROM
    + " where r.tenant_id = {tenant} and r.id = {id}"
)

RUN = (
    BOUND
    + " select to_json(x)::text from bound, lateral ("
    + _WHOLE.replace("{tenant}", "bound.t::uuid").replace("{id}", "$2")
    + " limit 1) x"
)
RESULT = (
    BOUND
    + """ select to_json(x)::text from bound, lateral (
  select r.id, r.name, r.state, r.columns, r.row_count, r.result_gone_at from amc.run r
  where r.tenant_id = bound.t::uuid and r.id = $2 limit 1) x"""
)
RUN_NOW = text(
    "select to_json(x)::text from ("
    + _WHOLE.replace("{tenant}", "cast(:tenant_id as uuid)").replace("{id}", "cast(:id as uuid)")
    + ") x"
)
"""The same as a transaction leaves it."""

# $2 instance, $3 workflow, $4 state, $5 origin, $6 its id, $7 words, $8 and $9 cursor, $10 limit.
RUNS = (
    BOUND
    + " select coalesce(json_agg(x), '[]')::text from bound, lateral (select "
    + _SUMMARY
    + ", "
    + _CURSOR.replace("{at}", "r.created_at").replace("{id}", "r.id")
    + " "
    + _FROM
    + """
  where r.tenant_id = bound.t::uuid
    and ($2::uuid is null or r.instance_id = $2)
    and ($3::uuid is null or r.workflow_id = $3)
    and ($4::text is null or r.state = $4)
    and ($5::text is null or r.origin = $5)
    and ($6::uuid is null or r.origin_id = $6)
    and ($7::text is null or concat_ws(' ', r.name, i.name, w.name)
      ilike '%' || replace(replace(replace($7, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%')
    and ($8::text is null or (r.created_at, r.id) < ($8::text::timestamptz, $9::uuid))
  order by r.created_at desc, r.id desc limit $10) x"""
)

_NOW = """now() + make_interval(secs => coalesce((select k.offset_seconds from kernel.tenant_clock k
  where k.tenant_id = bound.t::uuid), 0))"""
# Trials of schedules count in no figure.
HOME = (
    BOUND
    + " select json_build_object('success_7d', (select json_build_object("
    + """'succeeded', count(*) filter (where r.state = 'succeeded'),
      'failed', count(*) filter (where r.state = 'failed'))
    from amc.run r where r.tenant_id = bound.t::uuid and r.origin <> 'trial'
      and r.state in ('succeeded', 'failed') and r.created_at > """
    + _NOW
    + """ - interval '7 days'),
  'due_24h', (select coalesce(json_agg(d order by d.next_fire_at), '[]') from (
    select s.id, s.name, s.next_fire_at, i.name as instance from amc.schedule s
    join amc.instance i on i.tenant_id = s.tenant_id and i.id = s.instance_id
    where s.tenant_id = bound.t::uuid and s.state = 'active' and s.next_fire_at < """
    + _NOW
    + """ + interval '24 hours' order by s.next_fire_at limit 20) d),
  'failing', (select coalesce(json_agg(f order by f.finished_at desc), '[]') from (
    select l.* from (
      select distinct on (coalesce(r.workflow_id, r.id), r.instance_id) """
    + _SUMMARY
    + " "
    + _FROM
    + """
      where r.tenant_id = bound.t::uuid and r.origin <> 'trial'
        and r.state in ('succeeded', 'failed') and r.created_at > """
    + _NOW
    + """ - interval '7 days'
      order by coalesce(r.workflow_id, r.id), r.instance_id, r.created_at desc, r.id desc) l
    where l.state = 'failed' order by l.finished_at desc limit 10) f),
  'last_runs', (select coalesce(json_agg(n), '[]') from (select """
    + _SUMMARY
    + " "
    + _FROM
    + """ where r.tenant_id = bound.t::uuid order by r.created_at desc, r.id desc limit 10) n)
)::text from bound"""
)

_ALERT = """a.id, a.name, a.workflow_id, a.schedule_id,
  coalesce((select w.name from amc.workflow w where w.tenant_id = a.tenant_id
    and w.id = a.workflow_id), (select s.name from amc.schedule s where s.tenant_id = a.tenant_id
    and s.id = a.schedule_id)) about, a.condition, a.channels, a.created_by,
  a.created_at, a.version, (select json_build_object('run_id', f.run_id, 'value', f.value,
    'fired_at', f.fired_at) from amc.alert_firing f where f.tenant_id = a.tenant_id
    and f.alert_id = a.id order by f.fired_at desc, f.run_id desc limit 1) last_firing"""
# $2 workflow, $3 schedule, $4 and $5 cursor, $6 limit.
ALERTS = (
    BOUND
    + " select coalesce(json_agg(x), '[]')::text from bound, lateral (select "
    + _ALERT
    + ", "
    + _CURSOR.replace("{at}", "a.created_at").replace("{id}", "a.id")
    + """ from amc.alert a where a.tenant_id = bound.t::uuid
    and ($2::uuid is null or a.workflow_id = $2)
    and ($3::uuid is null or a.schedule_id = $3)
    and ($4::text is null or (a.created_at, a.id) < ($4::text::timestamptz, $5::uuid))
  order by a.created_at desc, a.id desc limit $6) x"""
)
