"""Timelines, newest first by id, for ids are made in order of time; the audit log by its seals."""

from metatron.kernel.database.direct import BOUND
from metatron.kernel.events.log_tenants import WITH_TENANTS

_LABEL = """
case e.actor_kind when 'user' then (select u.display_name from identity.pub_user u
                                    where u.id = e.actor_id)
  when 'system' then 'System' when 'api_key' then 'API key' when 'operator' then 'Operator'
  when 'admin_key' then 'Admin key' when 'service' then 'Service' else null end
"""
_WHICH_OPERATOR = """
  coalesce((select u.display_name from identity.pub_user u where u.id = e.actor_id), 'Operator')
"""
_WHICH_KEY = """
  coalesce((select 'Admin key: ' || k.name from tenancy.pub_admin_key k where k.id = e.actor_id),
           'Admin key')
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
_CHOSEN = """
    and ($3::text is null or e.name = $3 or e.name like replace($3, '_', '\\_') || '.%')
    and ($4::uuid is null or e.actor_id = $4) and ($5::uuid is null or e.aggregate_id = $5)
    and ($6::text is null or e.request_id = $6)
    and ($7::timestamptz is null or e.recorded_at >= $7)
    and ($8::timestamptz is null or e.recorded_at < $8)
"""
"""Arguments: name or module, actor, record, request, from, until."""
_SEAL = "audit.seal s on s.tenant_id = e.tenant_id and s.event_id = e.id"
_UNSEALED = 2**63 - 1
# A seal's place is the same in every database; a transaction's number only tells the order of the
# few events that have no seal yet, none of which is older than the newest that has one. Going back
# from the newest, the window ends at the first that is older: comparing the numbers is nothing that
# an index may do under row-level security. The join by itself keeps the order of seals, where the
# planner, which knows an average organisation, would read and sort a whole log.
LOG = f"""{BOUND}, place as materialized (
  select p.* from bound, lateral (
    select coalesce(s.sequence, {_UNSEALED}) as sequence, e.transaction_id, e.position
    from kernel.event e left join {_SEAL}
    where e.tenant_id = bound.t::uuid and e.id = $2 limit 1) p),
newest as materialized (
  select (select l.transaction_id from kernel.event l
          where l.tenant_id = n.tenant_id and l.id = n.event_id) as transaction_id
  from bound, lateral (
    select h.tenant_id, h.event_id from audit.seal h
    where h.tenant_id = bound.t::uuid order by h.sequence desc limit 1) n)
select json_build_object('items', coalesce(json_agg(r.item
  order by r.sequence desc, r.transaction_id desc, r.position desc), '[]'))::text
from bound, lateral (
  select u.* from (
    (select {_UNSEALED} as sequence, e.transaction_id, e.position,
       json_build_object({_ENTRY}) item
     from (select (select transaction_id from newest) as transaction_id limit 1) n
     cross join lateral (
       select o.*, count(case when o.transaction_id < n.transaction_id then 1 end) over (
         order by o.transaction_id desc, o.position desc
         rows between unbounded preceding and current row) as older
       from kernel.event o where o.tenant_id = bound.t::uuid
       order by o.transaction_id desc, o.position desc) e left join {_SEAL}
     where e.older < 1 and s.sequence is null
       and ($2::uuid is null or (select p.sequence = {_UNSEALED}
         and (e.transaction_id, e.position) < (p.transaction_id, p.position) from place p))
       {_CHOSEN}
     order by e.transaction_id desc, e.position desc limit $9)
    union all
    (select s.sequence, e.transaction_id, e.position, json_build_object({_ENTRY}) item
     from audit.seal s cross join lateral (
       select o.* from kernel.event o
       where o.tenant_id = s.tenant_id and o.id = s.event_id limit 1) e
     where s.tenant_id = bound.t::uuid
       and ($2::uuid is null or s.sequence < (select p.sequence from place p))
       {_CHOSEN}
     order by s.sequence desc limit $9)) u
  order by u.sequence desc, u.transaction_id desc, u.position desc limit $9) r"""
"""One log in the order of its chain, what is not sealed yet before it.

Arguments: id to go on before, then those of `_CHOSEN`, limit.
"""
ALL_LOGS = f"""
{WITH_TENANTS}
{_JSON} from (
  select r.* from tenant cross join lateral (
    select e.id, json_build_object({_ENTRY}) item
    from kernel.event e left join {_SEAL}
    where e.tenant_id = tenant.tenant_id
      and ($1::uuid[] is null or e.tenant_id = any($1))
      and ($2::uuid is null or e.id < $2) {_CHOSEN}
    order by e.id desc limit $9) r
  where tenant.tenant_id is not null order by r.id desc limit $9) r
"""
"""Every log of a database by time, for chains have no order between them.

Arguments: whose (null for all), then those of `LOG`.
"""
STATUS = f"""{BOUND} select json_build_object('sealed', coalesce(s.sequence, 0),
  'head', encode(s.hash, 'hex'), 'sealed_at', s.sealed_at,
  'checkpoint_count', c.count, 'checkpoint_signed_at', c.signed_at)::text
from bound
left join lateral (select * from audit.seal where tenant_id = bound.t::uuid
                   order by sequence desc limit 1) s on true
left join lateral (select * from audit.checkpoint where tenant_id = bound.t::uuid
                   order by count desc limit 1) c on true"""


def with_labels(sql: str, *, directory: bool, names_operators: bool = False) -> str:
    """Fill in who a person is, when this database holds the directory of people.

    Which operator or admin key it was is for operators to know: an organisation reads "Operator".
    """
    label = _LABEL
    if names_operators:
        label = label.replace("'Operator'", _WHICH_OPERATOR).replace("'Admin key'", _WHICH_KEY)
    return sql.replace("{label}", label if directory else "null")
