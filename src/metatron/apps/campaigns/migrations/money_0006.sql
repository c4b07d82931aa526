-- Refunds another way, fees, the bond, and the steps of unwinding.
alter table campaigns.refund
  add column destination text,  -- an account agreed with the member, when the method is closed
  add column evidence text,
  add constraint refund_evidence_ck check ((destination is null) = (evidence is null));

alter table campaigns.settings drop constraint settings_revenue_check;
alter table campaigns.settings
  add constraint settings_revenue_check check (revenue in ('margin', 'fee')),
  add column fee_basis_points int not null default 0
    check (fee_basis_points between 0 and 5000),
  add column fee_fixed_minor bigint not null default 0
    check (fee_fixed_minor between 0 and 1000000),
  add column fee_tax_basis_points int not null default 0
    check (fee_tax_basis_points between 0 and 5000),
  add column auto_payout boolean not null default true;

alter table campaigns.campaign drop constraint campaign_outcome_check;
alter table campaigns.campaign add constraint campaign_outcome_check check (outcome in
  ('goal_reached', 'goal_missed', 'declined', 'supplier_silent', 'cancelled', 'unwound'));
alter table campaigns.campaign add column coverage_gap_at timestamptz;

-- Fees of the provider and of disputes: each was borne by somebody from the moment it was booked.
create table campaigns.provider_charge (
  tenant_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  kind text not null check (kind in ('provider_fee', 'dispute_fee')),
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null,
  reference text not null check (reference <> ''),
  recharged_minor bigint not null default 0 check (recharged_minor between 0 and amount_minor),
  recorded_by uuid,
  recorded_at timestamptz not null,
  version bigint not null default 1,
  primary key (tenant_id, id),
  unique (tenant_id, kind, reference),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id)
);
create index provider_charge_campaign_ix
  on campaigns.provider_charge (tenant_id, campaign_id, recorded_at);
create index provider_charge_open_ix on campaigns.provider_charge (tenant_id, currency, id)
  where recharged_minor < amount_minor;

create table campaigns.bond_deposit (
  tenant_id uuid not null,
  id uuid not null,
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null,
  payment_method text not null,
  transfer_id uuid not null,
  state text not null default 'instructed' check (state in ('instructed', 'confirmed', 'failed')),
  requested_by uuid,
  created_at timestamptz not null,
  resolved_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id)
);
create unique index bond_deposit_transfer_uq on campaigns.bond_deposit (tenant_id, transfer_id);

insert into campaigns.allowed_transition (machine, name, from_state, to_state) values
  ('commitment', 'refund_by_hand', 'held', 'refund_due'),
  ('commitment', 'refund_by_hand', 'allocated', 'refund_due'),
  ('commitment', 'agree_payout', 'refund_failed', 'refund_due'),
  ('commitment', 'refund_unwound', 'held', 'refund_due'),
  ('commitment', 'refund_unwound', 'allocated', 'refund_due'),
  ('campaign', 'unwind', 'confirmed', 'unwinding'),
  ('campaign', 'unwind', 'procuring', 'unwinding'),
  ('campaign', 'unwind', 'fulfilling', 'unwinding'),
  ('campaign', 'unwind', 'inspecting', 'unwinding'),
  ('campaign', 'retry_refunds', 'unwinding', 'unwinding'),
  ('campaign', 'retry_payout', 'unwinding', 'unwinding'),
  ('campaign', 'retry_payout', 'unwound', 'unwound'),
  ('campaign', 'end_unwinding', 'unwinding', 'unwound');
