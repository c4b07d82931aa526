"""A purge also passes triggers that fire once a statement, under the same conditions."""

from alembic import op

from metatron.kernel.database.scripts import run_script

revision = "kernel_0003"
down_revision = "kernel_0002"
branch_labels = None
depends_on = None

# A delete passes when the table's owner runs it, bound to a tenant that has moved away and whose
# time of grace has passed. Row-level security is forced on the owner too, so no other tenant's
# row is within its reach; the row's tenant is compared all the same where there is a row.
PURGE_ALLOWED = """
create or replace function kernel.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog as $$
declare
  bound text := nullif(current_setting('app.tenant_id', true), '');
begin
  if tg_op = 'DELETE'
     and current_user = (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid)
     and (select relrowsecurity and relforcerowsecurity from pg_class where oid = tg_relid)
     and exists (select from kernel.tenant_hold h
                 where h.tenant_id::text = bound
                   and h.reason = 'moved' and h.purge_after <= now())
     and (tg_level = 'STATEMENT' or to_jsonb(old) ->> 'tenant_id' = bound) then
    return old;
  end if;
  raise exception 'table %.% is append-only', tg_table_schema, tg_table_name
    using errcode = 'restrict_violation';
end $$;
"""


def upgrade() -> None:
    """Replace the function."""
    run_script(PURGE_ALLOWED)


def downgrade() -> None:
    """Leave it: the one before allows less, and kernel_0002 takes the whole rule away."""
    op.execute("select 1")
