-- A key for programs that run the platform: limited like an operator, and it ends by itself.
create table tenancy.admin_key (
  id uuid primary key,
  name text not null check (length(name) between 1 and 100),
  prefix text not null,
  digest bytea not null,
  kind text not null check (kind in ('short', 'standard', 'long')),
  created_by uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  revoked_at timestamptz,
  version bigint not null default 1
);
create unique index admin_key_digest_uq on tenancy.admin_key (digest);

create table tenancy.admin_key_grant (
  id uuid primary key,
  key_id uuid not null references tenancy.admin_key (id) on delete cascade,
  scope text not null check (scope in ('all', 'accounts', 'tenants')),
  subject_ids uuid[] not null default '{}',
  resource text not null,
  action text not null,
  check ((scope = 'all') = (subject_ids = '{}'))
);
create index admin_key_grant_key_ix on tenancy.admin_key_grant (key_id);
