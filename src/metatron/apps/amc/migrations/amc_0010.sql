-- Who may work with a client; one without a row here is everybody's who may use AMC.
create table amc.instance_grant (
  tenant_id uuid not null,
  id uuid not null,
  instance_id uuid not null,
  user_id uuid,
  role_id uuid,
  level text not null check (level in ('read', 'run', 'edit')),
  primary key (tenant_id, id),
  constraint instance_grant_one_ck check (num_nonnulls(user_id, role_id) = 1),
  constraint instance_grant_once_uq
    unique nulls not distinct (tenant_id, instance_id, user_id, role_id),
  foreign key (tenant_id, instance_id) references amc.instance (tenant_id, id) on delete cascade
);
alter table amc.instance add column grants_version bigint not null default 0;
