-- Above tenants: a business customer. None means that a tenant is the operator's own.
create table tenancy.client_account (
  id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  contract_kind text check (contract_kind in ('monthly', 'annual', 'project', 'enterprise')),
  contract_value_minor bigint check (contract_value_minor >= 0),
  contract_currency text check (contract_currency ~ '^[A-Z]{3}$'),
  contract_starts_on date,
  contract_ends_on date check (contract_ends_on >= contract_starts_on),
  state text not null default 'active' check (state in ('active', 'suspended', 'ended')),
  version bigint not null default 1,
  created_at timestamptz not null,
  deleted_at timestamptz,
  check ((contract_value_minor is null) = (contract_currency is null))
);

create table tenancy.tenant (
  id uuid primary key,
  account_id uuid references tenancy.client_account (id),
  name text not null check (length(name) between 1 and 200),
  slug text not null check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  state text not null check (state in
    ('provisioning', 'active', 'migrating', 'suspended', 'moving', 'failed')),
  state_before_move text,
  placement text not null default 'pooled' check (placement in ('pooled', 'dedicated')),
  environment text not null check (environment in ('development', 'staging', 'production')),
  app_kind text not null default 'web' check (app_kind in ('web', 'mobile', 'desktop', 'api')),
  tier text not null default 'free' check (tier in ('free', 'basic', 'pro', 'enterprise')),
  subdomain text,
  custom_domain text,
  limits jsonb not null default '{}',
  theme jsonb not null default '{"preset": "gold"}',
  is_sandbox boolean not null default false,
  clock_offset_seconds bigint not null default 0,
  version bigint not null default 1,
  created_at timestamptz not null,
  deleted_at timestamptz
);
create unique index tenant_slug_uq on tenancy.tenant (slug) where deleted_at is null;
create unique index tenant_subdomain_uq on tenancy.tenant (subdomain) where deleted_at is null;
create unique index tenant_domain_uq on tenancy.tenant (custom_domain) where deleted_at is null;
create index tenant_account_ix on tenancy.tenant (account_id);

-- Databases of dedicated tenants, also former ones until they are dropped. No current row means
-- the home database. Read by the router alone.
create table tenancy.placement (
  database_name text primary key,
  tenant_id uuid not null references tenancy.tenant (id),
  is_current boolean not null default false,
  app_dsn_sealed bytea not null,
  system_dsn_sealed bytea not null,
  schema_revisions text[] not null default '{}',
  state text not null default 'provisioning'
    check (state in ('provisioning', 'active', 'migrating', 'failed', 'retired')),
  attempts int not null default 0,
  last_error text,
  drop_after timestamptz,
  created_at timestamptz not null
);
create unique index placement_current_uq on tenancy.placement (tenant_id) where is_current;

create table tenancy.operator (
  id uuid primary key,
  user_id uuid,
  email text not null,
  display_name text not null check (length(display_name) between 1 and 200),
  state text not null default 'invited' check (state in ('invited', 'active', 'suspended')),
  link_digest bytea,
  link_expires_at timestamptz,
  version bigint not null default 1,
  created_at timestamptz not null
);
create unique index operator_email_uq on tenancy.operator (lower(email));
create unique index operator_user_uq on tenancy.operator (user_id);

create table tenancy.operator_grant (
  id uuid primary key,
  operator_id uuid not null references tenancy.operator (id) on delete cascade,
  scope text not null check (scope in ('all', 'accounts', 'tenants')),
  subject_ids uuid[] not null default '{}',
  resource text not null,
  action text not null,
  check ((scope = 'all') = (subject_ids = '{}'))
);
create index operator_grant_operator_ix on tenancy.operator_grant (operator_id);

create table tenancy.onboarding (
  id uuid primary key,
  tenant_id uuid not null,
  account_id uuid,
  state text not null check (state in ('running', 'succeeded', 'failed', 'undone')),
  request jsonb not null,
  version bigint not null default 1,
  created_at timestamptz not null,
  finished_at timestamptz
);
create table tenancy.onboarding_step (
  onboarding_id uuid not null references tenancy.onboarding (id),
  position int not null,
  name text not null,
  state text not null default 'waiting'
    check (state in ('waiting', 'running', 'done', 'failed', 'undone')),
  attempts int not null default 0,
  outcome jsonb not null default '{}',
  last_error text,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (onboarding_id, name)
);

-- Finds the tenant of a presented secret; the secret itself is nowhere and names no tenant.
create table tenancy.secret_digest (
  digest bytea primary key,
  kind text not null check (kind in ('api_key', 'invitation')),
  tenant_id uuid not null,
  subject_id uuid not null
);
create index secret_digest_subject_ix on tenancy.secret_digest (tenant_id, subject_id);

create table tenancy.member (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  state text not null default 'active' check (state in ('active', 'removed')),
  joined_at timestamptz not null,
  removed_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id),
  unique (tenant_id, user_id)
);
create table tenancy.role (
  tenant_id uuid not null,
  id uuid not null,
  name text not null check (length(name) between 1 and 80),
  description text not null default '' check (length(description) <= 500),
  permissions text[] not null,
  created_at timestamptz not null,
  version bigint not null default 1,
  primary key (tenant_id, id)
);
create unique index role_name_uq on tenancy.role (tenant_id, lower(name));

create table tenancy.member_role (
  tenant_id uuid not null,
  id uuid not null,
  member_id uuid not null,
  system_role text,
  custom_role_id uuid,
  primary key (tenant_id, id),
  unique nulls not distinct (tenant_id, member_id, system_role, custom_role_id),
  check ((system_role is null) <> (custom_role_id is null)),
  foreign key (tenant_id, member_id) references tenancy.member (tenant_id, id) on delete cascade,
  foreign key (tenant_id, custom_role_id) references tenancy.role (tenant_id, id)
);
create index member_role_custom_ix on tenancy.member_role (tenant_id, custom_role_id);
create index member_role_system_ix on tenancy.member_role (tenant_id, system_role);

create table tenancy.invitation (
  tenant_id uuid not null,
  id uuid not null,
  email text not null,
  role_ids uuid[] not null,
  token_digest bytea not null,
  state text not null default 'pending' check (state in ('pending', 'accepted', 'withdrawn')),
  invited_by uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_by uuid,
  accepted_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id)
);
create unique index invitation_pending_uq on tenancy.invitation (tenant_id, lower(email))
  where state = 'pending';

create table tenancy.application (
  tenant_id uuid not null,
  id uuid not null,
  name text not null check (length(name) between 1 and 100),
  state text not null default 'active' check (state in ('active', 'deleted')),
  created_at timestamptz not null,
  version bigint not null default 1,
  primary key (tenant_id, id)
);
create unique index application_name_uq on tenancy.application (tenant_id, lower(name))
  where state = 'active';

create table tenancy.api_key (
  tenant_id uuid not null,
  id uuid not null,
  application_id uuid not null,
  name text not null check (length(name) between 1 and 100),
  prefix text not null,
  digest bytea not null,
  kind text not null check (kind in ('short', 'standard', 'long')),
  scopes text[] not null,
  ip_allow_list text[] not null default '{}',
  state text not null default 'active' check (state in ('active', 'revoked')),
  created_by uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  replaced_by uuid,
  revoked_at timestamptz,
  last_used_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id),
  foreign key (tenant_id, application_id) references tenancy.application (tenant_id, id)
);
create index api_key_application_ix on tenancy.api_key (tenant_id, application_id);

create table tenancy.module_switch (
  tenant_id uuid not null,
  module text not null,
  is_enabled boolean not null,
  configuration jsonb not null default '{}',
  version bigint not null default 1,
  primary key (tenant_id, module)
);
