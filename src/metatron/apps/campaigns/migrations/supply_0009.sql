-- What a supplier accepted, and what each commitment ends with.
alter table campaigns.settings
  add column consent_hours int not null default 72 check (consent_hours between 1 and 336);

alter table campaigns.campaign
  add column min_accept_units bigint check (min_accept_units > 0),
  add column oversub_rule text not null default 'fcfs'
    check (oversub_rule in ('fcfs', 'pro_rata', 'lottery')),
  add column lottery_seed text check (lottery_seed ~ '^[0-9a-f]{64}$'),
  add column accepted_units bigint check (accepted_units > 0),
  add column consent_until timestamptz,
  add column units_allocated bigint check (units_allocated >= 0),
  add column allocated_at timestamptz,
  drop constraint campaign_outcome_check,
  add constraint campaign_outcome_check check (outcome in (
    'goal_reached', 'goal_missed', 'declined', 'supplier_silent', 'cancelled', 'unwound',
    'consent_missed'));

alter table campaigns.commitment
  add column units_allocated bigint check (units_allocated between 1 and units),
  add column final_unit_price_minor bigint
    check (final_unit_price_minor between 1 and unit_price_minor),
  add column final_amount_minor bigint
    check (final_amount_minor = units_allocated * final_unit_price_minor),
  add constraint commitment_final_check check (
    (units_allocated is null) = (final_amount_minor is null)
    and (units_allocated is null) = (final_unit_price_minor is null));

-- A member's consent to a part, with the calculation shown when it was asked for.
create table campaigns.consent (
  tenant_id uuid not null,
  commitment_id uuid not null,
  campaign_id uuid not null,
  units_proposed bigint not null check (units_proposed >= 0),
  unit_price_minor bigint not null check (unit_price_minor > 0),
  amount_minor bigint not null check (amount_minor = units_proposed * unit_price_minor),
  back_minor bigint not null check (back_minor >= 0),
  answer text check (answer in ('agree', 'leave')),
  answered_at timestamptz,
  units_granted bigint check (units_granted >= 0),
  primary key (tenant_id, commitment_id),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id),
  foreign key (tenant_id, commitment_id) references campaigns.commitment (tenant_id, id),
  check ((answer is null) = (answered_at is null))
);
create index consent_campaign_ix on campaigns.consent (tenant_id, campaign_id, answer);

-- The owner reads and carries over across organisations here, and only here.
alter table campaigns.campaign no force row level security;
alter table campaigns.commitment no force row level security;
alter table campaigns.card_dispute no force row level security;
update campaigns.campaign set final_unit_price_minor = unit_price_minor
where final_unit_price_minor is null and state in ('confirmed', 'procuring', 'fulfilling',
  'inspecting', 'completed', 'unwinding', 'unwound');
update campaigns.commitment m set units_allocated = m.units,
  final_unit_price_minor = c.final_unit_price_minor,
  final_amount_minor = m.units * c.final_unit_price_minor
from campaigns.campaign c
where c.tenant_id = m.tenant_id and c.id = m.campaign_id
  and (m.state in ('allocated', 'released', 'settled')
    or m.state = 'disputed' and exists (select from campaigns.card_dispute d
      where d.tenant_id = m.tenant_id and d.commitment_id = m.id
        and d.state = 'open' and d.came_from = 'allocated'));
update campaigns.campaign c set
  units_allocated = (select coalesce(sum(m.units_allocated), 0) from campaigns.commitment m
    where m.tenant_id = c.tenant_id and m.campaign_id = c.id),
  accepted_units = nullif((select coalesce(sum(m.units), 0) from campaigns.commitment m
    where m.tenant_id = c.tenant_id and m.campaign_id = c.id
      and m.units_allocated is not null), 0),
  allocated_at = last_at
where state in ('confirmed', 'procuring', 'fulfilling', 'inspecting', 'completed', 'unwinding',
  'unwound');
alter table campaigns.campaign force row level security;
alter table campaigns.commitment force row level security;
alter table campaigns.card_dispute force row level security;

insert into campaigns.allowed_transition (machine, name, from_state, to_state) values
  ('campaign', 'accept_part', 'awaiting_supplier', 'awaiting_supplier'),
  ('campaign', 'consent_reached', 'awaiting_supplier', 'confirmed'),
  ('campaign', 'consent_missed', 'awaiting_supplier', 'failing'),
  ('campaign', 'allocation_done', 'confirmed', 'confirmed'),
  ('commitment', 'agree', 'held', 'held'),
  ('commitment', 'refuse_part', 'held', 'refund_due'),
  ('commitment', 'leave_out', 'held', 'refund_due');

-- What is delivered where, and to whom.
alter table campaigns.consolidation_point
  add column archived_at timestamptz,
  add column version bigint not null default 1;

create table campaigns.product (
  tenant_id uuid not null,
  id uuid not null,
  sku text not null,
  name text not null,
  description text,
  specification jsonb not null default '{}',
  reference_prices jsonb not null default '[]',
  erp_item_id uuid,
  archived_at timestamptz,
  created_at timestamptz not null,
  version bigint not null default 1,
  primary key (tenant_id, id),
  unique (tenant_id, sku)
);
create index product_name_ix on campaigns.product (tenant_id, name, id);

alter table campaigns.campaign
  add column product_id uuid,
  add constraint campaign_product_fk foreign key (tenant_id, product_id)
    references campaigns.product (tenant_id, id);
create index campaign_product_ix on campaigns.campaign (tenant_id, product_id)
  where product_id is not null;

-- Personal data beside the commitment, so that it can be erased without touching the record.
create table campaigns.delivery_address (
  tenant_id uuid not null,
  commitment_id uuid not null,
  recipient text not null,
  street text not null,
  postal_code text not null,
  city text not null,
  country text not null check (country ~ '^[A-Z]{2}$'),
  updated_at timestamptz not null,
  primary key (tenant_id, commitment_id),
  foreign key (tenant_id, commitment_id) references campaigns.commitment (tenant_id, id)
);

alter table campaigns.fulfilment_event add column units bigint check (units > 0);

create table campaigns.receipt (
  tenant_id uuid not null,
  commitment_id uuid not null,
  campaign_id uuid not null,
  confirmed_by uuid not null,
  confirmed_at timestamptz not null,
  primary key (tenant_id, commitment_id),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id),
  foreign key (tenant_id, commitment_id) references campaigns.commitment (tenant_id, id)
);
create index receipt_campaign_ix on campaigns.receipt (tenant_id, campaign_id);

-- Milestones: published shares, their evidence, and what each released of a commitment.
alter table campaigns.settings
  drop constraint settings_release_policy_check,
  add constraint settings_release_policy_check
    check (release_policy in ('after_inspection', 'milestones'));

alter table campaigns.campaign
  add column milestones jsonb not null default '[]',
  add column released_bp int not null default 0 check (released_bp between 0 and 10000),
  -- In 1/10,000 of a minor unit: what rounding has kept back of the supplier's parts so far.
  add column supplier_carry_bp int not null default 0 check (supplier_carry_bp < 10000),
  add column inspection_extended_at timestamptz;

alter table campaigns.commitment
  add column released_bp int not null default 0 check (released_bp between 0 and 10000);

create table campaigns.milestone (
  tenant_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  sequence int not null check (sequence > 0),
  title text not null check (title <> ''),
  share_bp int not null check (share_bp between 1 and 10000),
  due_at timestamptz not null,
  auto_approve_hours int check (auto_approve_hours > 0),
  is_upfront boolean not null,
  is_last boolean not null,
  state text not null check (state in
    ('planned', 'evidence_in', 'rejected', 'approved', 'release_instructed', 'released')),
  evidence_at timestamptz,
  decided_by uuid,
  decided_at timestamptz,
  reason text,
  payout_id uuid,
  released_minor bigint check (released_minor >= 0),
  version bigint not null default 1,
  primary key (tenant_id, id),
  unique (tenant_id, campaign_id, sequence),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id),
  foreign key (tenant_id, payout_id) references campaigns.payout (tenant_id, id)
);
create index milestone_payout_ix on campaigns.milestone (tenant_id, payout_id);

create function campaigns.refuse_milestone_change() returns trigger language plpgsql as $$
begin
  if new.state <> old.state and (old.state, new.state) not in (
      ('planned', 'evidence_in'), ('rejected', 'evidence_in'), ('evidence_in', 'rejected'),
      ('evidence_in', 'approved'), ('planned', 'approved'),
      ('approved', 'release_instructed'), ('approved', 'released'),
      ('release_instructed', 'released'), ('planned', 'released'), ('rejected', 'released'),
      ('evidence_in', 'released')) then
    raise exception 'milestone % cannot go from % to %', old.id, old.state, new.state
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger milestone_change_refused before update on campaigns.milestone
  for each row execute function campaigns.refuse_milestone_change();

create table campaigns.evidence (
  tenant_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  milestone_id uuid,
  issue_id uuid,
  file_id uuid not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  media_type text not null,
  name text not null,
  note text,
  taken_at timestamptz,
  uploaded_by uuid,
  added_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id),
  foreign key (tenant_id, milestone_id) references campaigns.milestone (tenant_id, id),
  foreign key (tenant_id, issue_id) references campaigns.issue (tenant_id, id),
  check (num_nonnulls(milestone_id, issue_id) = 1)
);
-- The same picture proves nothing twice.
create unique index evidence_content_uq on campaigns.evidence (tenant_id, sha256);
create index evidence_milestone_ix on campaigns.evidence (tenant_id, milestone_id, added_at);
create index evidence_issue_ix on campaigns.evidence (tenant_id, issue_id, added_at);
create index evidence_campaign_ix on campaigns.evidence (tenant_id, campaign_id);

create table campaigns.share_release (
  tenant_id uuid not null,
  milestone_id uuid not null,
  commitment_id uuid not null,
  campaign_id uuid not null,
  amount_minor bigint not null check (amount_minor > 0),
  primary key (tenant_id, milestone_id, commitment_id),
  foreign key (tenant_id, milestone_id) references campaigns.milestone (tenant_id, id),
  foreign key (tenant_id, commitment_id) references campaigns.commitment (tenant_id, id)
);
create index share_release_commitment_ix on campaigns.share_release (tenant_id, commitment_id);
create index share_release_campaign_ix on campaigns.share_release (tenant_id, campaign_id);

alter table campaigns.issue
  add column supplier_answer text check (supplier_answer <> ''),
  add column supplier_answered_at timestamptz,
  add column refund_minor bigint check (refund_minor > 0),
  drop constraint issue_outcome_check,
  add constraint issue_outcome_check check (outcome in ('release', 'refund', 'split')),
  add constraint issue_split_check check (outcome <> 'split' or refund_minor is not null);

insert into campaigns.allowed_transition (machine, name, from_state, to_state) values
  ('campaign', 'release_upfront', 'confirmed', 'fulfilling'),
  ('campaign', 'release_share', 'procuring', 'procuring'),
  ('campaign', 'release_share', 'fulfilling', 'fulfilling'),
  ('campaign', 'retry_payout', 'procuring', 'procuring'),
  ('campaign', 'retry_payout', 'fulfilling', 'fulfilling'),
  ('campaign', 'extend_inspection', 'inspecting', 'inspecting'),
  ('commitment', 'release_share', 'allocated', 'allocated');
