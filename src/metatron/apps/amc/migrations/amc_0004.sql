create table amc.guide_progress (
  tenant_id uuid not null,
  user_id uuid not null,
  guide text not null check (length(guide) between 1 and 100),
  section text not null check (length(section) between 1 and 100),
  done_at timestamptz not null,
  primary key (tenant_id, user_id, guide, section)
);
create index workflow_owner_ix on amc.workflow (tenant_id, owner_id) where archived_at is null;
