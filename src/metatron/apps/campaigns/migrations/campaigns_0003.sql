-- What an organisation may choose otherwise, and what a campaign freezes of it at submission.
alter table campaigns.settings
  drop constraint settings_disclosure_check,
  drop constraint settings_pricing_check,
  drop constraint settings_withdraw_check,
  add constraint settings_disclosure_check
    check (disclosure in ('stages', 'percent', 'figures')),
  add constraint settings_pricing_check check (pricing in ('fixed', 'tiers')),
  add constraint settings_withdraw_check check (withdraw in ('until_close', 'last_24h_lock')),
  add column public_discovery boolean not null default false,
  add column notice_answer_days int not null default 7 check (notice_answer_days between 1 and 60),
  add column charge_retry_days int not null default 7 check (charge_retry_days between 1 and 14);

alter table campaigns.campaign
  add column goal_amount_minor bigint check (goal_amount_minor between 1 and 9007199254740991),
  add column tiers jsonb not null default '[]',
  add column funding_mode text not null default 'escrow_capture'
    check (funding_mode in ('escrow_capture', 'auth_hold', 'charge_on_success')),
  add column conditions jsonb,
  add column final_unit_price_minor bigint check (final_unit_price_minor <= unit_price_minor),
  add column extended_at timestamptz,
  add column free_withdrawal_until timestamptz;

alter table campaigns.commitment
  add column charge_attempts int not null default 0,
  add column authorised_reference text;

-- A delay or an extension: told at once, answered by each member with stay or leave.
create table campaigns.notice (
  tenant_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  kind text not null check (kind in ('extension', 'delay')),
  state text not null check (state in ('requested', 'given', 'refused')),
  what text not null check (what <> ''),
  why text not null check (why <> ''),
  worst_case text not null check (worst_case <> ''),
  new_date_at timestamptz not null,
  answer_by timestamptz,
  requested_by uuid,
  requested_at timestamptz not null,
  given_by uuid,
  given_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id),
  check ((state = 'given') = (given_at is not null and answer_by is not null))
);
create index notice_campaign_ix on campaigns.notice (tenant_id, campaign_id, requested_at, id);
create unique index notice_requested_uq on campaigns.notice (tenant_id, campaign_id)
  where state = 'requested';

create table campaigns.notice_answer (
  tenant_id uuid not null,
  notice_id uuid not null,
  commitment_id uuid not null,
  answer text not null check (answer in ('stay', 'leave')),
  answered_by uuid not null,
  answered_at timestamptz not null,
  primary key (tenant_id, notice_id, commitment_id),
  foreign key (tenant_id, notice_id) references campaigns.notice (tenant_id, id),
  foreign key (tenant_id, commitment_id) references campaigns.commitment (tenant_id, id)
);
create index notice_answer_commitment_ix
  on campaigns.notice_answer (tenant_id, commitment_id);

insert into campaigns.allowed_transition (machine, name, from_state, to_state) values
  ('campaign', 'extend', 'live', 'live'),
  ('campaign', 'give_notice', 'confirmed', 'confirmed'),
  ('campaign', 'give_notice', 'procuring', 'procuring'),
  ('campaign', 'give_notice', 'fulfilling', 'fulfilling'),
  ('commitment', 'keep', 'placed', 'placed'),
  ('commitment', 'leave', 'allocated', 'refund_due'),
  ('commitment', 'instruct', 'authorised', 'authorising'),
  ('commitment', 'confirm_authorisation', 'authorising', 'authorised'),
  ('commitment', 'withdraw', 'placed', 'withdrawn'),
  ('commitment', 'withdraw', 'authorised', 'withdrawn'),
  ('commitment', 'lapse', 'placed', 'lapsed'),
  ('commitment', 'lapse', 'authorised', 'lapsed'),
  ('commitment', 'retry_charge', 'authorising', 'authorising');
