-- What is held apart for an issue now, and what went back to escrow of that: minor units.
alter table campaigns.issue
  add column held_minor bigint not null default 0 check (held_minor >= 0),
  add column freed_minor bigint not null default 0 check (freed_minor >= 0),
  add constraint issue_decided_free check (state = 'open' or held_minor = 0);

-- What suppliers owe back for card disputes lost after the release, and what they pay of it.
alter table campaigns.provider_charge drop constraint provider_charge_kind_check,
  add constraint provider_charge_kind_check
    check (kind in ('provider_fee', 'dispute_fee', 'dispute_loss', 'supplier_default'));

create table campaigns.supplier_claim (
  tenant_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  dispute_id uuid not null,
  supplier_id uuid not null,
  amount_minor bigint not null check (amount_minor > 0),
  paid_minor bigint not null default 0 check (paid_minor >= 0),
  written_off_minor bigint not null default 0 check (written_off_minor >= 0),
  currency text not null,
  reason text not null check (reason <> ''),
  state text not null default 'open' check (state in ('open', 'paid', 'written_off')),
  opened_by uuid,
  opened_at timestamptz not null,
  closed_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id),
  foreign key (tenant_id, dispute_id) references campaigns.card_dispute (tenant_id, id),
  check (paid_minor + written_off_minor <= amount_minor),
  check ((state = 'open') = (paid_minor + written_off_minor < amount_minor)),
  check ((state = 'open') = (closed_at is null))
);
create unique index supplier_claim_dispute_uq
  on campaigns.supplier_claim (tenant_id, dispute_id);
create index supplier_claim_supplier_ix
  on campaigns.supplier_claim (tenant_id, supplier_id, opened_at, id);
create index supplier_claim_opened_ix on campaigns.supplier_claim (tenant_id, opened_at, id);

create table campaigns.claim_payment (
  tenant_id uuid not null,
  id uuid not null,
  claim_id uuid not null,
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null,
  payment_method text not null,
  transfer_id uuid not null,
  state text not null default 'instructed' check (state in ('instructed', 'confirmed', 'failed')),
  requested_by uuid,
  created_at timestamptz not null,
  resolved_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id),
  foreign key (tenant_id, claim_id) references campaigns.supplier_claim (tenant_id, id)
);
create unique index claim_payment_transfer_uq
  on campaigns.claim_payment (tenant_id, transfer_id);
create index claim_payment_claim_ix on campaigns.claim_payment (tenant_id, claim_id, created_at);

-- Until when a card dispute takes evidence, and what became of that.
alter table campaigns.provider_action add column evidence_due_at timestamptz;
alter table campaigns.card_dispute
  add column evidence_due_at timestamptz,
  add column evidence_state text
    check (evidence_state in ('created', 'submitted', 'refused', 'unknown')),
  add column evidence_code text;
