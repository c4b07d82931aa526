create table if not exists meta (name text primary key, value text not null) strict;

create table if not exists request (
  idempotency_key text primary key, operation text not null, body_sha256 text not null,
  http_status integer not null, answer text not null,
  resource_kind text, resource_id text, created_at real not null) strict;

create table if not exists authorisation (
  id text primary key, amount_minor integer not null check (amount_minor > 0),
  currency text not null, payment_method text not null, status text not null,
  amount_captured_minor integer not null default 0,
  amount_refunded_minor integer not null default 0,
  capture_before real not null, metadata text not null, failure_code text,
  idempotency_key text, created_at real not null,
  check (amount_captured_minor between 0 and amount_minor),
  check (amount_refunded_minor between 0 and amount_captured_minor)) strict;

create table if not exists refund (
  id text primary key, authorisation_id text not null references authorisation (id),
  amount_minor integer not null check (amount_minor > 0), currency text not null,
  status text not null, failure_code text, origin text not null, metadata text not null,
  idempotency_key text, settle_at real, created_at real not null) strict;

create table if not exists payout (
  id text primary key, destination text not null,
  amount_minor integer not null check (amount_minor > 0), currency text not null,
  status text not null, failure_code text, metadata text not null,
  idempotency_key text, settle_at real, created_at real not null) strict;

create table if not exists dispute (
  id text primary key, authorisation_id text not null references authorisation (id),
  amount_minor integer not null check (amount_minor > 0), fee_minor integer not null,
  currency text not null, status text not null, metadata text not null,
  idempotency_key text, created_at real not null) strict;

create table if not exists dispute_evidence (
  dispute_id text primary key references dispute (id), explanation text not null,
  submitted_at real not null) strict;

create table if not exists entry (
  id integer primary key, ref text not null, kind text not null,
  amount_minor integer not null, currency text not null,
  value_date text not null, created_at real not null) strict;
create index if not exists entry_by_date on entry (value_date, id);

create table if not exists event (
  id text primary key, type text not null, body blob not null, created_at real not null) strict;

create table if not exists delivery (
  id integer primary key, event_id text not null references event (id),
  due_at real not null, attempts integer not null default 0, state text not null,
  forged integer not null default 0, last_status integer, last_error text) strict;
create index if not exists delivery_due on delivery (due_at) where state = 'pending';

create table if not exists fault_rule (
  id integer primary key, seed integer not null, operation text not null, fault text not null,
  probability real not null, remaining integer, seconds real,
  decisions integer not null default 0) strict;

create table if not exists fee (
  id text primary key, source text not null, charged_for text not null,
  amount_minor integer not null check (amount_minor > 0), currency text not null,
  metadata text not null, created_at real not null) strict;

create index if not exists authorisation_held on authorisation (capture_before)
  where status = 'held';
create index if not exists payout_pending on payout (settle_at) where status = 'pending';
create index if not exists refund_pending on refund (settle_at) where status = 'pending';
