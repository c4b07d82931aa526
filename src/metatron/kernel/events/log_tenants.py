"""The tenants of a log, by one look at the index each instead of one at every event."""

WITH_TENANTS = """with recursive tenant as (
  (select tenant_id from kernel.event order by tenant_id limit 1)
  union all
  select (select e.tenant_id from kernel.event e
          where e.tenant_id > tenant.tenant_id order by e.tenant_id limit 1)
  from tenant where tenant.tenant_id is not null
)"""
"""Opens a statement: `tenant (tenant_id)`, in order, and one row more in which it is null."""
