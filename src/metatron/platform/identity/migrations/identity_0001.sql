-- People, what they sign in with, and their sessions. Global: one person, many organisations.

create table identity.user_account (
  id uuid primary key,
  email text not null check (char_length(email) <= 320),
  email_key text not null unique,
  display_name text not null check (char_length(display_name) between 1 and 200),
  email_verified_at timestamptz,
  state text not null default 'active' check (state in ('active', 'suspended', 'erased')),
  password_hash text,
  password_changed_at timestamptz,
  pending_organisation text,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table identity.session (
  id uuid primary key,
  user_id uuid not null references identity.user_account (id) on delete cascade,
  tenant_id uuid not null,
  version bigint not null default 1,
  state text not null default 'active' check (state in ('active', 'revoked')),
  mfa_pending boolean not null default false,
  method text not null,
  device text not null,
  ip text,
  impersonator_id uuid,
  impersonation_reason text,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  absolute_expires_at timestamptz not null,
  revoked_at timestamptz,
  check ((impersonator_id is null) = (impersonation_reason is null))
);
create index session_user_ix on identity.session (user_id, last_used_at desc);
create index session_end_ix on identity.session (absolute_expires_at);

-- A session's refresh tokens are one family; a generation is one step of its rotation.
create table identity.refresh_token (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  session_id uuid not null references identity.session (id) on delete cascade,
  generation bigint not null,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index refresh_token_unused_ix on identity.refresh_token (session_id, generation)
  where used_at is null;
create index refresh_token_session_ix on identity.refresh_token (session_id);

create table identity.one_time_token (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  kind text not null check (kind in ('sign_in', 'verify_email', 'reset_password', 'mfa')),
  user_id uuid references identity.user_account (id) on delete cascade,
  session_id uuid references identity.session (id) on delete cascade,
  email text,
  browser_hash bytea check (octet_length(browser_hash) = 32),
  payload jsonb not null default '{}',
  failures bigint not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index one_time_token_user_ix on identity.one_time_token (user_id, kind);
create index one_time_token_end_ix on identity.one_time_token (expires_at);

create table identity.totp (
  user_id uuid primary key references identity.user_account (id) on delete cascade,
  secret_sealed bytea not null,
  confirmed_at timestamptz,
  last_step bigint not null default 0,
  created_at timestamptz not null
);

create table identity.recovery_code (
  user_id uuid not null references identity.user_account (id) on delete cascade,
  code_hash bytea not null check (octet_length(code_hash) = 32),
  used_at timestamptz,
  primary key (user_id, code_hash)
);

create table identity.passkey (
  id uuid primary key,
  user_id uuid not null references identity.user_account (id) on delete cascade,
  credential_id bytea not null unique,
  public_key bytea not null,
  sign_count bigint not null,
  name text not null check (char_length(name) between 1 and 100),
  transports jsonb not null default '[]',
  backed_up boolean not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkey_user_ix on identity.passkey (user_id);

create table identity.passkey_challenge (
  id uuid primary key,
  kind text not null check (kind in ('registration', 'sign_in')),
  user_id uuid references identity.user_account (id) on delete cascade,
  challenge bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index passkey_challenge_end_ix on identity.passkey_challenge (expires_at);

create table identity.throttle (
  key bytea primary key check (octet_length(key) = 32),
  attempts bigint not null,
  strikes bigint not null,
  window_started_at timestamptz not null,
  blocked_until timestamptz
);
create index throttle_age_ix on identity.throttle (window_started_at);

-- Public halves only; the private ones never enter the database.
create table identity.public_key (
  kid text primary key,
  algorithm text not null check (algorithm in ('RS256', 'Ed25519')),
  jwk jsonb not null,
  activates_at timestamptz not null,
  retires_at timestamptz
);

create table identity.service_client (
  id uuid primary key,
  name text not null unique check (name ~ '^[a-z][a-z0-9-]{0,62}$'),
  secret_hash bytea not null check (octet_length(secret_hash) = 32),
  audiences jsonb not null,
  scopes jsonb not null default '[]',
  created_at timestamptz not null,
  revoked_at timestamptz
);

create view identity.pub_user with (security_invoker = true) as
select id, email, display_name, email_verified_at is not null as email_verified, state
from identity.user_account;

create view identity.pub_session with (security_invoker = true) as
select s.id, s.user_id, s.tenant_id, s.version,
       case when u.state = 'active' then s.state else 'revoked' end as state, s.mfa_pending,
       u.email_verified_at is not null as email_verified, s.impersonator_id,
       s.absolute_expires_at as expires_at
from identity.session s join identity.user_account u on u.id = s.user_id;

create view identity.pub_signing_key with (security_invoker = true) as
select kid, algorithm, jwk, retires_at from identity.public_key;

grant select, insert, update, delete on all tables in schema identity to metatron_app;
revoke insert, update, delete on identity.pub_user, identity.pub_session, identity.pub_signing_key
  from metatron_app;
grant select on identity.pub_user, identity.pub_session, identity.pub_signing_key,
  identity.public_key to metatron_system;
-- The views run with the caller's rights: the columns behind them, and no secret among them.
grant select (id, email, display_name, email_verified_at, state)
  on identity.user_account to metatron_system;
grant select (id, user_id, tenant_id, version, state, mfa_pending, impersonator_id,
              absolute_expires_at) on identity.session to metatron_system;
