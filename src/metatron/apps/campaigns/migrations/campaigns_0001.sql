-- Which step may lead from which state to which. Filled below from transitions.py as it stood at
-- this revision; a test compares the two. No tenant's data: a global table.
create table campaigns.allowed_transition (
  machine text not null check (machine in ('campaign', 'commitment')),
  name text not null,
  from_state text not null,  -- '' is "did not exist"
  to_state text not null,
  primary key (machine, name, from_state, to_state)
);
grant select on campaigns.allowed_transition to metatron_app, metatron_system;

create table campaigns.settings (
  tenant_id uuid primary key,
  custody text not null default 'third_party_escrow'
    check (custody in ('third_party_escrow', 'operator_balance')),
  release_policy text not null default 'after_inspection'
    check (release_policy in ('after_inspection')),
  revenue text not null default 'margin' check (revenue in ('margin')),
  disclosure text not null default 'stages' check (disclosure in ('stages')),
  pricing text not null default 'fixed' check (pricing in ('fixed')),
  withdraw text not null default 'until_close' check (withdraw in ('until_close')),
  supplier_window_days int not null default 7 check (supplier_window_days between 1 and 60),
  inspection_days int not null default 7 check (inspection_days between 1 and 60),
  issue_hold_basis_points int not null default 500
    check (issue_hold_basis_points between 0 and 10000),
  collection_window_seconds int not null default 86400
    check (collection_window_seconds between 0 and 1209600),
  second_person_review boolean not null default true,
  browse_open boolean not null default true,
  join_open boolean not null default true,
  commit_open boolean not null default true,
  release_open boolean not null default true,
  halted boolean not null default false,
  halted_reason text,
  provider text not null default 'sandbox',
  version bigint not null default 1
);

create table campaigns.terms (
  tenant_id uuid not null,
  id uuid not null,
  version text not null,
  locale text not null,
  text text not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  published_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, version, locale)
);

create table campaigns.consolidation_point (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  address text not null,
  created_at timestamptz not null,
  primary key (tenant_id, id)
);

create table campaigns.campaign (
  tenant_id uuid not null,
  id uuid not null,
  reference text not null,
  slug text not null,
  title text,
  summary text,
  sku text,
  product_name text,
  product_description text,
  picture_url text,
  goal_units bigint check (goal_units > 0),
  unit_price_minor bigint check (unit_price_minor between 1 and 9007199254740991),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  min_units bigint check (min_units > 0),
  max_units bigint check (max_units >= min_units),
  cap_units bigint check (cap_units >= goal_units),
  opens_at timestamptz,
  deadline_at timestamptz,
  time_zone text not null default 'UTC',
  delivery_strategy text
    check (delivery_strategy in ('supplier_direct', 'bulk_to_consolidation')),
  consolidation_point_id uuid,
  supplier_id uuid,
  supplier_name text,
  supplier_unit_price_minor bigint check (supplier_unit_price_minor between 1 and unit_price_minor),
  supplier_window_days int not null check (supplier_window_days between 1 and 60),
  terms_version text not null,
  terms_hash text,
  rules jsonb not null default '[]',
  visibility text not null default 'draft' check (visibility in ('draft', 'published', 'hidden')),
  outcome text check (
    outcome in ('goal_reached', 'goal_missed', 'declined', 'supplier_silent', 'cancelled')
  ),
  organiser_id uuid,
  submitted_by uuid,
  collect_until timestamptz,
  accept_by timestamptz,
  inspection_ends_at timestamptz,
  release_held_at timestamptz,
  version bigint not null default 1,
  created_at timestamptz not null,
  state text not null,
  transition_count bigint not null default 1,
  last_transition text not null,
  last_reason text,
  last_actor_kind text not null,
  last_actor_id uuid,
  last_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, reference),
  unique (tenant_id, slug),
  foreign key (tenant_id, consolidation_point_id)
    references campaigns.consolidation_point (tenant_id, id)
);
create index campaign_state_ix on campaigns.campaign (tenant_id, state, created_at, id);
create index campaign_created_ix on campaigns.campaign (tenant_id, created_at, id);
create index campaign_supplier_ix on campaigns.campaign (tenant_id, supplier_id, created_at, id);
create index campaign_consolidation_ix
  on campaigns.campaign (tenant_id, consolidation_point_id);

create table campaigns.commitment (
  tenant_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  member_id uuid not null,  -- the person's user id
  reference text not null,
  units bigint not null check (units > 0),
  unit_price_minor bigint not null check (unit_price_minor > 0),
  amount_minor bigint not null check (amount_minor = units * unit_price_minor),
  currency text not null,
  captured_minor bigint check (captured_minor between 0 and amount_minor),
  payment_method text not null,
  capture_transfer_id uuid,
  refund_transfer_id uuid,
  provider_reference text,
  refund_reason text check (refund_reason in (
    'campaign_failed', 'admin_manual', 'commitment_cancelled', 'duplicate_commitment',
    'participant_request', 'supplier_unable', 'quality_issue', 'delivery_failure')),
  refund_attempts int not null default 0,
  payout_id uuid,
  placed_at timestamptz not null,
  version bigint not null default 1,
  state text not null,
  transition_count bigint not null default 1,
  last_transition text not null,
  last_reason text,
  last_actor_kind text not null,
  last_actor_id uuid,
  last_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, reference),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id)
);
create index commitment_campaign_ix
  on campaigns.commitment (tenant_id, campaign_id, state, placed_at, id);
create index commitment_member_ix on campaigns.commitment (tenant_id, member_id, placed_at, id);
create index commitment_payout_ix on campaigns.commitment (tenant_id, payout_id)
  where payout_id is not null;

create table campaigns.transition (
  tenant_id uuid not null,
  subject_id uuid not null,
  ordinal bigint not null,
  machine text not null,
  campaign_id uuid not null,
  name text not null,
  from_state text not null,
  to_state text not null,
  reason text,
  actor_kind text not null,
  actor_id uuid,
  at timestamptz not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, subject_id, ordinal)
);
create index transition_campaign_ix
  on campaigns.transition (tenant_id, campaign_id, machine, ordinal);

create table campaigns.acknowledgement (
  tenant_id uuid not null,
  commitment_id uuid not null,
  kind text not null check (kind in ('escrow_terms', 'may_not_succeed')),
  member_id uuid not null,
  terms_version text not null,
  terms_hash text not null,
  acknowledged_at timestamptz not null,
  primary key (tenant_id, commitment_id, kind),
  foreign key (tenant_id, commitment_id) references campaigns.commitment (tenant_id, id)
);

create table campaigns.fulfilment_event (
  tenant_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  kind text not null
    check (kind in ('scheduled', 'in_progress', 'shipped', 'delivered', 'exception')),
  note text not null check (note <> ''),
  recorded_by uuid,
  recorded_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id)
);
create index fulfilment_event_campaign_ix
  on campaigns.fulfilment_event (tenant_id, campaign_id, recorded_at, id);

create table campaigns.issue (
  tenant_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  commitment_id uuid not null,
  category text not null
    check (category in ('not_received', 'damaged', 'incomplete', 'not_as_described', 'other')),
  text text not null check (text <> ''),
  state text not null default 'open' check (state in ('open', 'resolved')),
  outcome text check (outcome in ('release', 'refund')),
  resolution text,
  opened_by uuid not null,
  opened_at timestamptz not null,
  resolved_by uuid,
  resolved_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id),
  foreign key (tenant_id, commitment_id) references campaigns.commitment (tenant_id, id),
  check ((state = 'resolved') = (outcome is not null and resolution is not null))
);
create index issue_campaign_ix on campaigns.issue (tenant_id, campaign_id, opened_at, id);
create unique index issue_open_uq on campaigns.issue (tenant_id, commitment_id)
  where state = 'open';

create table campaigns.payout (
  tenant_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  destination text not null,
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null,
  transfer_id uuid not null,
  attempts int not null default 1,
  state text not null default 'instructed' check (state in ('instructed', 'confirmed', 'failed')),
  created_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id)
);
create index payout_campaign_ix on campaigns.payout (tenant_id, campaign_id, state);
create unique index payout_transfer_uq on campaigns.payout (tenant_id, transfer_id);

create table campaigns.message (
  tenant_id uuid not null,
  subject_id uuid not null,
  ordinal bigint not null,
  user_id uuid not null,
  template text not null,
  template_version int not null,
  sent_at timestamptz not null,
  primary key (tenant_id, subject_id, ordinal, user_id, template)
);
