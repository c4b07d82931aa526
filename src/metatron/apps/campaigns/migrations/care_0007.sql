-- The register of exceptions: states without skips, evidence to close, nothing deleted.
create table campaigns.allowed_exception_step (
  name text not null,
  from_state text not null,
  to_state text not null,
  primary key (name, from_state)
);
insert into campaigns.allowed_exception_step (name, from_state, to_state) values
  ('triage', 'detected', 'triaged'),
  ('begin', 'triaged', 'in_progress'),
  ('resolve', 'in_progress', 'resolved'),
  ('close', 'resolved', 'closed');

create table campaigns.exception (
  tenant_id uuid not null,
  id uuid not null,
  category text not null check (category in (
    'delivery_failure', 'participant_dispute', 'supplier_deviation', 'escrow_anomaly',
    'process_failure', 'communication_failure', 'other')),
  severity text not null check (severity in ('low', 'medium', 'high', 'critical')),
  state text not null check (state in (
    'detected', 'triaged', 'in_progress', 'resolved', 'closed')),
  title text not null check (title <> ''),
  detail text not null,
  cause text not null check (cause <> ''),
  campaign_id uuid,
  commitment_id uuid,
  assigned_to uuid,
  resolution text check (resolution <> ''),
  opened_by uuid,
  opened_at timestamptz not null,
  closed_at timestamptz,
  entry_count bigint not null default 0,
  version bigint not null default 1,
  primary key (tenant_id, id),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id),
  foreign key (tenant_id, commitment_id) references campaigns.commitment (tenant_id, id),
  check ((state in ('resolved', 'closed')) = (resolution is not null)),
  check ((state = 'closed') = (closed_at is not null))
);
-- One open exception for each cause.
create unique index exception_cause_uq on campaigns.exception (tenant_id, cause)
  where state <> 'closed';
create index exception_opened_ix on campaigns.exception (tenant_id, opened_at, id);
create index exception_state_ix on campaigns.exception (tenant_id, state, opened_at, id);
create index exception_campaign_ix on campaigns.exception (tenant_id, campaign_id, opened_at, id);

create table campaigns.exception_entry (
  tenant_id uuid not null,
  exception_id uuid not null,
  ordinal bigint not null check (ordinal > 0),
  kind text not null check (kind in (
    'opened', 'seen_again', 'assigned', 'moved', 'evidence_added')),
  from_state text,
  to_state text,
  note text,
  subject_id uuid,
  source_id uuid,
  actor_kind text not null,
  actor_id uuid,
  at timestamptz not null,
  primary key (tenant_id, exception_id, ordinal),
  foreign key (tenant_id, exception_id) references campaigns.exception (tenant_id, id)
);
create unique index exception_entry_source_uq
  on campaigns.exception_entry (tenant_id, source_id) where source_id is not null;

create table campaigns.exception_evidence (
  tenant_id uuid not null,
  id uuid not null,
  exception_id uuid not null,
  kind text not null check (kind in (
    'file', 'campaign', 'commitment', 'refund', 'payout', 'transfer', 'instruction',
    'observation', 'statement_break', 'message')),
  pointer uuid not null,
  note text not null check (note <> ''),
  added_by uuid,
  added_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, exception_id) references campaigns.exception (tenant_id, id)
);
create unique index exception_evidence_uq
  on campaigns.exception_evidence (tenant_id, exception_id, kind, pointer);

create function campaigns.check_exception() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.state <> 'detected' and not kernel.is_copying(tg_relid) then
      raise exception 'campaigns: an exception begins as detected'
        using errcode = 'restrict_violation';
    end if;
    return new;
  end if;
  if (new.tenant_id, new.id, new.category, new.title, new.detail, new.cause, new.campaign_id,
      new.commitment_id, new.opened_by, new.opened_at)
     is distinct from
     (old.tenant_id, old.id, old.category, old.title, old.detail, old.cause, old.campaign_id,
      old.commitment_id, old.opened_by, old.opened_at) then
    raise exception 'campaigns: what exception % is about cannot change', old.id
      using errcode = 'restrict_violation';
  end if;
  if old.state = 'closed' then
    raise exception 'campaigns: exception % is closed', old.id
      using errcode = 'restrict_violation';
  end if;
  if new.entry_count < old.entry_count or (new.state <> old.state
      and new.entry_count = old.entry_count) then
    raise exception 'campaigns: exception % moved without a line of history', old.id
      using errcode = 'restrict_violation';
  end if;
  if new.state <> old.state and not exists (
    select from campaigns.allowed_exception_step a
    where a.from_state = old.state and a.to_state = new.state
  ) then
    raise exception 'campaigns: exception % may not go from % to %', old.id, old.state, new.state
      using errcode = 'restrict_violation';
  end if;
  if new.state = 'closed' and not exists (
    select from campaigns.exception_evidence e
    where e.tenant_id = new.tenant_id and e.exception_id = new.id
  ) then
    raise exception 'campaigns: exception % has no evidence', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger exception_checked before insert or update on campaigns.exception
  for each row execute function campaigns.check_exception();
create trigger exception_kept before delete on campaigns.exception
  for each row execute function kernel.refuse_change();

-- What was done at the provider without an instruction: once for each of its references.
create table campaigns.provider_action (
  tenant_id uuid not null,
  id uuid not null,
  provider text not null,
  action text not null,
  reference text not null,
  campaign_id uuid,
  commitment_id uuid,
  amount_minor bigint not null check (amount_minor >= 0),
  fee_minor bigint not null default 0 check (fee_minor >= 0),
  currency text not null,
  state text not null check (state in ('open', 'mirrored', 'unmirrored')),
  why text,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  resolved_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id),
  foreign key (tenant_id, commitment_id) references campaigns.commitment (tenant_id, id),
  check ((state = 'mirrored') = (resolved_at is not null))
);
create unique index provider_action_reference_uq
  on campaigns.provider_action (tenant_id, provider, action, reference);
create index provider_action_commitment_ix
  on campaigns.provider_action (tenant_id, commitment_id, state);
create index provider_action_recorded_ix
  on campaigns.provider_action (tenant_id, recorded_at, id);

create function campaigns.check_provider_action() returns trigger language plpgsql as $$
begin
  if old.state = 'mirrored' or (new.provider, new.action, new.reference, new.commitment_id,
      new.amount_minor, new.currency, new.occurred_at, new.recorded_at)
     is distinct from
     (old.provider, old.action, old.reference, old.commitment_id, old.amount_minor, old.currency,
      old.occurred_at, old.recorded_at) then
    raise exception 'campaigns: what was seen of % cannot change', old.reference
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger provider_action_checked before update on campaigns.provider_action
  for each row execute function campaigns.check_provider_action();

-- Card disputes: won or lost once, and never about something else.
create table campaigns.card_dispute (
  tenant_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  commitment_id uuid not null,
  provider text not null,
  reference text not null,
  amount_minor bigint not null check (amount_minor > 0),
  fee_minor bigint not null check (fee_minor >= 0),
  currency text not null,
  is_before_release boolean not null,
  came_from text not null check (came_from in ('held', 'allocated', 'released', 'settled')),
  state text not null check (state in ('open', 'won', 'lost')),
  opened_at timestamptz not null,
  closed_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id),
  foreign key (tenant_id, commitment_id) references campaigns.commitment (tenant_id, id),
  check ((state = 'open') = (closed_at is null))
);
create unique index card_dispute_reference_uq
  on campaigns.card_dispute (tenant_id, provider, reference);
create index card_dispute_commitment_ix on campaigns.card_dispute (tenant_id, commitment_id);
create index card_dispute_opened_ix on campaigns.card_dispute (tenant_id, opened_at, id);

create function campaigns.check_card_dispute() returns trigger language plpgsql as $$
begin
  if old.state <> 'open' or (new.commitment_id, new.reference, new.amount_minor, new.fee_minor,
      new.is_before_release, new.came_from, new.opened_at)
     is distinct from
     (old.commitment_id, old.reference, old.amount_minor, old.fee_minor, old.is_before_release,
      old.came_from, old.opened_at) then
    raise exception 'campaigns: dispute % cannot change', old.reference
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger card_dispute_checked before update on campaigns.card_dispute
  for each row execute function campaigns.check_card_dispute();

alter table campaigns.provider_charge drop constraint provider_charge_kind_check,
  add constraint provider_charge_kind_check
    check (kind in ('provider_fee', 'dispute_fee', 'dispute_loss'));

insert into campaigns.allowed_transition (machine, name, from_state, to_state) values
  ('commitment', 'mirror_refund', 'held', 'refunded'),
  ('commitment', 'mirror_refund', 'allocated', 'refunded'),
  ('commitment', 'mirror_refund', 'refund_failed', 'refunded'),
  ('commitment', 'open_dispute', 'held', 'disputed'),
  ('commitment', 'open_dispute', 'allocated', 'disputed'),
  ('commitment', 'dispute_back_held', 'disputed', 'held'),
  ('commitment', 'dispute_back_allocated', 'disputed', 'allocated'),
  ('commitment', 'dispute_lost', 'disputed', 'lost'),
  ('commitment', 'mirror_part', 'held', 'held'),
  ('commitment', 'mirror_part', 'allocated', 'allocated'),
  ('commitment', 'mirror_part', 'refund_failed', 'refund_failed'),
  ('commitment', 'mirror_part', 'refunded', 'refunded'),
  ('commitment', 'mirror_part', 'released', 'released'),
  ('commitment', 'mirror_part', 'settled', 'settled');
