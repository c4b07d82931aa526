"""What operators' looks into a tenant select, for the system role's direct door."""

from metatron.kernel.database.direct import BOUND
from metatron.platform.tenancy.facts import KEY_ENDS_AT
from metatron.platform.tenancy.pages import paged
from metatron.platform.tenancy.seats import SEATS

MOST_CUSTOM_ROLES = 200
MEMBERS = paged(
    """m.id, m.user_id, u.email, u.display_name, m.joined_at,
       array(select coalesce(r.name, mr.system_role) from tenancy.member_role mr
             left join tenancy.role r on r.tenant_id = mr.tenant_id and r.id = mr.custom_role_id
             where mr.tenant_id = m.tenant_id and mr.member_id = m.id order by 1) as roles""",
    """tenancy.member m left join identity.pub_user u on u.id = m.user_id
       where m.tenant_id = $6 and m.state = 'active'""",
    ("m.joined_at", "m.id"),
    ("timestamptz", "uuid"),
)
"""Arguments after the page's: tenant."""
KEYS = paged(
    f"""k.id, k.name, k.prefix, k.kind, k.scopes, k.created_at, k.expires_at, k.last_used_at,
       k.ip_allow_list, k.application_id, a.name as application_name,
       case when k.state = 'active' and {KEY_ENDS_AT} <= now() then 'expired' else k.state end
         as state""",
    """tenancy.api_key k
       join tenancy.application a on a.tenant_id = k.tenant_id and a.id = k.application_id
       join tenancy.tenant t on t.id = k.tenant_id
       where k.tenant_id = $6""",
    ("k.created_at", "k.id"),
    ("timestamptz", "uuid"),
    descends=True,
)
"""Arguments after the page's: tenant."""
USAGE = f"""{BOUND} select row_to_json(f)::text from bound, lateral (
  select t.tier, t.limits,
    ({SEATS}) as users,
    (select count(*) from tenancy.api_key k
     where k.tenant_id = t.id and k.state = 'active' and {KEY_ENDS_AT} > now()) as keys,
    (select max(k.last_used_at) from tenancy.api_key k
     where k.tenant_id = t.id) as key_last_used_at
  from tenancy.tenant t where t.id = $2) f"""
_WITHIN = """t.deleted_at is null
  and ($2::bool or t.account_id = any($3::uuid[]) or t.id = any($4::uuid[]))
  and ($5::uuid is null or t.account_id = $5)"""
ROLES = f"""{BOUND} select json_build_object(
  'members', (select coalesce(json_object_agg(c.system_role, c.members), '{{}}') from (
    select mr.system_role, count(distinct m.user_id) as members
    from tenancy.member_role mr
    join tenancy.member m on m.tenant_id = mr.tenant_id and m.id = mr.member_id
    join tenancy.tenant t on t.id = m.tenant_id
    where mr.system_role is not null and m.state = 'active' and {_WITHIN}
    group by mr.system_role) c),
  'custom', (select coalesce(json_agg(row_to_json(c) order by c.tenant_name, c.name), '[]') from (
    select r.id, r.tenant_id, t.name as tenant_name, r.name, r.permissions
    from tenancy.role r join tenancy.tenant t on t.id = r.tenant_id
    where {_WITHIN} order by t.name, r.name limit {MOST_CUSTOM_ROLES}) c))::text from bound"""
"""Arguments: scope (3), client account."""
