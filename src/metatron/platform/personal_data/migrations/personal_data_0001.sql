create table personal_data.request (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null check (kind in ('export', 'erasure')),
  user_id uuid not null,
  requested_by uuid not null,
  requested_at timestamptz not null,
  due_at timestamptz not null,
  state text not null check (state in ('waiting', 'running', 'done', 'withdrawn')),
  obstacles jsonb not null default '[]' check (jsonb_typeof(obstacles) = 'array'),
  file_id uuid,
  link_expires_at timestamptz,
  ended_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id),
  constraint request_ended_ck check ((state in ('done', 'withdrawn')) = (ended_at is not null)),
  constraint request_file_ck
    check (num_nulls(file_id, link_expires_at) in (0, 2) and (file_id is null or kind = 'export'))
);
create unique index request_one_open_uq
  on personal_data.request (tenant_id, user_id, kind) where state in ('waiting', 'running');

create table personal_data.step (
  tenant_id uuid not null,
  request_id uuid not null,
  name text not null,
  title text not null,
  fate text not null check (fate in ('erased', 'pseudonymised', 'kept')),
  why text not null,
  years bigint check (years > 0),
  count bigint not null check (count >= 0),
  done_at timestamptz not null,
  primary key (tenant_id, request_id, name),
  foreign key (tenant_id, request_id) references personal_data.request (tenant_id, id)
);
