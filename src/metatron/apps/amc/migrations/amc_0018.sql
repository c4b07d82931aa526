-- An address of nobody here: alerts write to it once its owner has said yes by the link.
create table amc.alert_address (
  tenant_id uuid not null,
  id uuid not null,
  address text not null check (length(address) between 3 and 320),
  address_key text not null generated always as (lower(address)) stored,
  token_hash bytea not null check (octet_length(token_hash) = 32),
  sealed_token bytea not null,
  asked_by uuid,
  asked_at timestamptz not null,
  confirmed_at timestamptz,
  refused_at timestamptz,
  primary key (tenant_id, id),
  constraint alert_address_one_answer_ck check (num_nonnulls(confirmed_at, refused_at) <= 1)
);
create unique index alert_address_key_ix on amc.alert_address (tenant_id, address_key);
create unique index alert_address_token_ix on amc.alert_address (tenant_id, token_hash);

-- One row for an organisation: counting is one statement that looks at nothing else.
create table amc.alert_mail_count (
  tenant_id uuid primary key,
  counted_on date not null,
  mails integer not null check (mails > 0)
);

alter table amc.alert_firing add column not_sent jsonb not null default '[]';
