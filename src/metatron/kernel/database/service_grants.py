"""What roles of services that run apart may do: what metatron_app may, less what is not theirs.

Such a role owns nothing and is a member of nothing; its rights are copied, in each database, from
those the migrations gave to metatron_app, so a table of the next release needs no second list. Of a
schema that keeps credentials it has no more than metatron_system, which was never given a secret.
What a role is, is said by the comment on it (see `server_roles`), which every database of a server
shares. Without such roles nothing happens.
"""

import asyncpg
from sqlalchemy import Connection, text

SETTLE = """
do $settle$
declare
  service record;
  space record;
  line text;
begin
  for service in
    select r.rolname::text as role, s.said::jsonb as told from pg_roles r
    cross join lateral (select shobj_description(r.oid, 'pg_authid') as said) s
    where s.said like '{"metatron_service"%' order by 1
  loop
    execute format('grant connect on database %I to %I', current_database(), service.role);
    for space in
      select n.oid, n.nspname::text as name from pg_namespace n
      where pg_get_userbyid(n.nspowner) = current_user and n.nspname !~ '^pg_' order by 2
    loop
      execute format('revoke all on all tables in schema %I from %I', space.name, service.role);
      execute format('revoke all on all sequences in schema %I from %I', space.name, service.role);
      execute format('revoke all on all functions in schema %I from %I', space.name, service.role);
      execute format('revoke all on schema %I from %I', space.name, service.role);
      continue when service.told -> 'without' ? space.name;
      for line in
        with source as (
          select oid as id from pg_roles where rolname = case
            when service.told -> 'published_only' ? space.name then 'metatron_system'
            else 'metatron_app' end
        )
        select format('grant %s on schema %I to %I',
                      string_agg(a.privilege_type, ', '), space.name, service.role)
        from source, pg_namespace n, aclexplode(n.nspacl) a
        where n.oid = space.oid and a.grantee = source.id having count(*) > 0
        union all
        select format('grant %s on %s %s to %I', string_agg(a.privilege_type, ', '),
                      case c.relkind when 'S' then 'sequence' else 'table' end,
                      c.oid::regclass, service.role)
        from source, pg_class c, aclexplode(c.relacl) a
        where c.relnamespace = space.oid and a.grantee = source.id group by c.oid, c.relkind
        union all
        select format('grant %s (%s) on table %s to %I', a.privilege_type,
                      string_agg(quote_ident(t.attname), ', '), t.attrelid::regclass, service.role)
        from source, pg_class c, pg_attribute t, aclexplode(t.attacl) a
        where c.relnamespace = space.oid and t.attrelid = c.oid and a.grantee = source.id
        group by t.attrelid, a.privilege_type
        union all
        select format('grant execute on function %s to %I', p.oid::regprocedure, service.role)
        from source, pg_proc p, aclexplode(p.proacl) a
        where p.pronamespace = space.oid and a.grantee = source.id
      loop
        execute line;
      end loop;
    end loop;
  end loop;
end $settle$
"""
"""To be run by metatron_owner after migrations; may be repeated at any time."""


_ANY = """
select exists (select from pg_roles
  where shobj_description(oid, 'pg_authid') like '{"metatron_service"%')
"""


async def has_services(connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
    """Tell whether this server has roles of services, so that there is anything to settle."""
    return bool(await connection.fetchval(_ANY))


def settle(connection: Connection) -> None:
    """Bring the rights of the services' roles up to date in the database behind `connection`."""
    connection.execute(text(SETTLE.replace(":", r"\:")))


async def settle_services(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Do the same on the other driver."""
    await connection.execute(SETTLE)
