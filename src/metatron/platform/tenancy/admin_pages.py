"""What admin lists and details select, for the system role's direct door."""

from metatron.kernel.database.direct import BOUND
from metatron.kernel.paging import Kind
from metatron.platform.tenancy.pages import paged

_BY_AGE: tuple[Kind, ...] = ("timestamptz", "uuid")
_ACCOUNT = """a.id, a.name, a.contract_kind, a.contract_value_minor, a.contract_currency,
a.contract_starts_on, a.contract_ends_on, a.state, a.version, a.created_at,
(select count(*) from tenancy.tenant t where t.account_id = a.id and t.deleted_at is null)
  as tenant_count,
(select count(*) from tenancy.tenant t where t.account_id = a.id and t.deleted_at is null
  and t.state = 'active') as active_tenant_count,
(select count(distinct m.user_id) from tenancy.tenant t
  join tenancy.member m on m.tenant_id = t.id and m.state = 'active'
  where t.account_id = a.id and t.deleted_at is null) as member_count"""
_TENANT = """t.id, t.account_id, t.name, t.slug, t.state, t.placement, t.environment, t.app_kind,
t.tier, t.suspended_reason, t.maintenance_note, t.subdomain, t.custom_domain, t.limits,
t.is_sandbox, t.version, t.created_at,
(select a.name from tenancy.client_account a where a.id = t.account_id) as account_name,
(select count(*) from tenancy.member m where m.tenant_id = t.id and m.state = 'active')
  as member_count"""
_OPERATOR = """o.id, o.user_id, o.email, o.display_name, o.state, o.link_expires_at, o.version,
o.created_at, coalesce((select json_agg(json_build_object('scope', g.scope,
    'subject_ids', g.subject_ids, 'resource', g.resource, 'action', g.action) order by g.id)
  from tenancy.operator_grant g where g.operator_id = o.id), '[]') as grants"""
GRANT_WITHIN = """(g.scope = 'accounts' and g.subject_ids <@ $7::uuid[]) or (g.scope = 'tenants'
  and not exists (select from unnest(g.subject_ids) s(id) left join tenancy.tenant t using (id)
                  where not (s.id = any($8::uuid[])
                             or coalesce(t.account_id = any($7::uuid[]), false))))"""
_LIKE = "like '%' || replace(replace(lower($9::text), '%', ''), '_', '\\_') || '%'"

ACCOUNTS = paged(
    _ACCOUNT,
    f"""tenancy.client_account a where a.deleted_at is null
        and ($6::bool or a.id = any($7::uuid[]))
        and $8::uuid[] is not null
        and ($9::text is null or lower(a.name) {_LIKE})
        and ($10::text is null or a.state = $10)
        and ($11::uuid is null or a.id = $11)""",
    ("a.created_at", "a.id"),
    _BY_AGE,
)
"""Arguments after the page's: scope (3), part of the name, state, account."""
TENANTS = paged(
    _TENANT,
    f"""tenancy.tenant t where t.deleted_at is null
        and ($6::bool or t.account_id = any($7::uuid[]) or t.id = any($8::uuid[]))
        and ($9::text is null or lower(t.name) {_LIKE} or t.slug {_LIKE})
        and ($10::text is null or t.state = $10) and ($11::text is null or t.tier = $11)
        and ($12::text is null or t.environment = $12)
        and ($13::text is null or t.placement = $13)
        and ($14::uuid is null or t.account_id = $14)""",
    ("t.created_at", "t.id"),
    _BY_AGE,
)
"""Arguments after the page's: scope (3), part of the name, state, tier, environment, placement,
account."""
OPERATORS = paged(
    _OPERATOR,
    f"""tenancy.operator o where ($6::bool or (
          exists (select from tenancy.operator_grant g where g.operator_id = o.id)
          and not exists (select from tenancy.operator_grant g where g.operator_id = o.id
                          and not ({GRANT_WITHIN}))))
        and ($9::text is null or o.state = $9)""",
    ("o.created_at", "o.id"),
    _BY_AGE,
)
"""Arguments after the page's: scope (3), state. Within a scope: those whose every grant is."""
ONE_ACCOUNT = f"""{BOUND} select row_to_json(f)::text from bound, lateral (
  select {_ACCOUNT} from tenancy.client_account a where a.id = $2 and a.deleted_at is null) f"""
ONE_TENANT = f"""{BOUND} select row_to_json(f)::text from bound, lateral (
  select {_TENANT} from tenancy.tenant t where t.id = $2 and t.deleted_at is null) f"""
ONE_OPERATOR = f"""{BOUND} select row_to_json(f)::text from bound, lateral (
  select {_OPERATOR} from tenancy.operator o where o.id = $2) f"""
