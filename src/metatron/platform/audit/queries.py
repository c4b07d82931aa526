"""Timelines and the audit log: newest first, by id, for ids are made in order of time."""

from metatron.kernel.database.direct import BOUND

_LABEL = """
case e.actor_kind when 'user' then (select u.display_name from identity.pub_user u
                                    where u.id = e.actor_id)
  when 'system' then 'System' when 'api_key' then 'API key' when 'operator' then 'Operator'
  when 'admin_key' then 'Admin key' when 'service' then 'Service' else null end
"""
_ITEM = """
'id', e.id, 'name', e.name, 'occurred_at', e.occurred_at, 'payload', e.payload,
'actor', json_build_object('kind', e.actor_kind, 'id', e.actor_id, 'label', {label})
"""
_ENTRY = (
    _ITEM
    + """, 'tenant_id', e.tenant_id, 'aggregate_id', e.aggregate_id,
'impersonator_id', e.impersonator_id, 'request_id', e.request_id, 'recorded_at', e.recorded_at,
'seal_sequence', s.sequence, 'seal_hash', encode(s.hash, 'hex')
"""
)
_JSON = (
    "select json_build_object('items', coalesce(json_agg(r.item order by r.id desc), '[]'))::text"
)
TIMELINE = f"""{BOUND} {_JSON} from bound, lateral (
  select e.id, json_build_object({_ITEM}) item from kernel.event e
  where e.tenant_id = bound.t::uuid and e.aggregate_id = $2 and ($3::uuid is null or e.id < $3)
  order by e.id desc limit $4) r"""
"""Arguments: record, id to go on before, limit."""
_FILTER = """
    and ($2::uuid is null or e.id < $2)
    and ($3::text is null or e.name = $3 or e.name like replace($3, '_', '\\_') || '.%')
    and ($4::uuid is null or e.actor_id = $4) and ($5::uuid is null or e.aggregate_id = $5)
    and ($6::text is null or e.request_id = $6)
    and ($7::timestamptz is null or e.recorded_at >= $7)
    and ($8::timestamptz is null or e.recorded_at < $8)
  order by e.id desc limit $9
"""
"""Arguments: id to go on before, name or module, actor, record, request, from, until, limit."""
LOG = f"""{BOUND} {_JSON} from bound, lateral (
  select e.id, json_build_object({_ENTRY}) item
  from kernel.event e left join audit.seal s on s.tenant_id = e.tenant_id and s.event_id = e.id
  where e.tenant_id = bound.t::uuid {_FILTER}) r"""
ALL_LOGS = f"""
with recursive tenant as (
  (select tenant_id from kernel.event where $1::uuid is null or tenant_id = $1
   order by tenant_id limit 1)
  union all
  select (select e.tenant_id from kernel.event e
          where e.tenant_id > tenant.tenant_id order by e.tenant_id limit 1)
  from tenant where tenant.tenant_id is not null and $1::uuid is null
)
{_JSON} from (
  select r.* from tenant cross join lateral (
    select e.id, json_build_object({_ENTRY}) item
    from kernel.event e left join audit.seal s on s.tenant_id = e.tenant_id and s.event_id = e.id
    where e.tenant_id = tenant.tenant_id {_FILTER}) r
  where tenant.tenant_id is not null order by r.id desc limit $9) r
"""
"""As `LOG` but with the tenant (or null for all) first; for the system pool."""
STATUS = f"""{BOUND} select json_build_object('sealed', coalesce(s.sequence, 0),
  'head', encode(s.hash, 'hex'), 'sealed_at', s.sealed_at,
  'checkpoint_count', c.count, 'checkpoint_signed_at', c.signed_at)::text
from bound
left join lateral (select * from audit.seal where tenant_id = bound.t::uuid
                   order by sequence desc limit 1) s on true
left join lateral (select * from audit.checkpoint where tenant_id = bound.t::uuid
                   order by count desc limit 1) c on true"""


def with_labels(sql: str, *, directory: bool) -> str:
    """Fill in who a person is, when this database holds the directory of people."""
    return sql.replace("{label}", _LABEL if directory else "null")
