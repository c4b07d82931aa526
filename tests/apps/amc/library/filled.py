"""A thousand workflows of three versions and a hundred thousand runs, of one organisation."""

from uuid import UUID

import asyncpg

WORKFLOWS, RUNS = 1_000, 100_000
_STATEMENTS = """
select set_config('app.tenant_id', '{tenant}', false);
insert into amc.connection (tenant_id, id, name, region, state, is_twin, created_at)
values ('{tenant}', '{tenant}', 'Northgate', 'na', 'connecting', true, now());
insert into amc.account
  (tenant_id, id, connection_id, amc_account_id, marketplace_id, name, synced_at)
values ('{tenant}', '{tenant}', '{tenant}', 'ENTITY1', 'M', 'Northgate', now());
insert into amc.instance
  (tenant_id, id, account_id, connection_id, amc_instance_id, name, status, synced_at)
values ('{tenant}', '{tenant}', '{tenant}', '{tenant}', 'amcone', 'One', 'COMPLETED', now());
insert into amc.workflow
  (tenant_id, id, name, description, folder, tags, shared, owner_id, current_version, runs,
   created_at, updated_at)
select '{tenant}', md5('w' || n)::uuid, 'Workflow ' || n, repeat('About it. ', 20),
  'Folder ' || n % 40, array['tag' || n % 50, 'tag' || n % 7], n % 10 > 0,
  md5('u' || n % 20)::uuid, 3, 100, now() - n * interval '1 hour', now() - n * interval '1 minute'
from generate_series(1, {workflows}) n;
insert into amc.workflow_version
  (tenant_id, workflow_id, number, sql, parameters, privacy, saved_at)
select '{tenant}', md5('w' || n)::uuid, v, repeat('SELECT campaign FROM dsp_views' || chr(10), 60),
  '[]', 'REMOVE_ROWS', now()
from generate_series(1, {workflows}) n, generate_series(1, 3) v;
insert into amc.workflow_favourite (tenant_id, workflow_id, user_id)
select '{tenant}', md5('w' || n)::uuid, md5('u' || n % 20)::uuid
from generate_series(1, {workflows}, 3) n;
insert into amc.run
  (tenant_id, id, name, instance_id, workflow_id, workflow_version, sql, parameters, values,
   window_rule, window_start, window_end, time_zone, privacy, origin, state, marker, row_count,
   created_at)
select '{tenant}', md5('r' || n)::uuid, 'Run ' || n, '{tenant}',
  md5('w' || 1 + n % {workflows})::uuid, 3, 'SELECT 1', '[]', '{{}}', '{{}}',
  '2026-09-01', '2026-10-01', 'UTC', 'REMOVE_ROWS', 'person',
  'succeeded', 'm' || n, 5, now() - n * interval '1 second'
from generate_series(1, {runs}) n;
analyze amc.workflow, amc.workflow_version, amc.workflow_favourite, amc.run;
"""


async def fill(owner: "asyncpg.Connection[asyncpg.Record]", tenant: UUID) -> None:
    """Write the rows; `owner` owns the tables."""
    text = _STATEMENTS.format(tenant=tenant, workflows=WORKFLOWS, runs=RUNS)
    await owner.execute(text)
