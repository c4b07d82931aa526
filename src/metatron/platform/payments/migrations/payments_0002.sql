alter table payments.instruction add column capture_before timestamptz;
create index instruction_source_ix
  on payments.instruction (tenant_id, source_reference) where source_reference is not null;

create table payments.instruction_attempt (
  tenant_id uuid not null,
  id uuid not null,
  instruction_id uuid not null,
  number smallint not null,
  how text not null check (how in ('send', 'ask_again')),
  started_at timestamptz not null,
  ended_at timestamptz,
  outcome text check (outcome in ('confirmed', 'failed', 'pending', 'unknown', 'retry_later', 'returned')),
  reason text,
  primary key (tenant_id, id),
  constraint instruction_attempt_number_uq unique (tenant_id, instruction_id, number),
  constraint instruction_attempt_ended_ck check ((ended_at is null) = (outcome is null)),
  foreign key (tenant_id, instruction_id) references payments.instruction (tenant_id, id)
);

create table payments.observation (
  tenant_id uuid not null,
  id uuid not null,
  provider text not null,
  action text not null check (action in ('captured', 'voided', 'expired', 'refunded',
    'dispute_opened', 'dispute_won', 'dispute_lost', 'payout_returned', 'fee_charged')),
  reference text not null,
  source_reference text,
  instruction_id uuid,
  target_kind text,
  target_id uuid,
  amount_minor bigint not null check (amount_minor between 0 and 9007199254740991),
  fee_minor bigint not null check (fee_minor between 0 and 9007199254740991),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  origin text not null check (origin in ('webhook', 'statement', 'instruction')),
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  primary key (tenant_id, id),
  constraint observation_once_uq unique (tenant_id, provider, action, reference),
  constraint observation_target_ck
    check (num_nonnulls(instruction_id, target_kind, target_id) in (0, 3)),
  foreign key (tenant_id, instruction_id) references payments.instruction (tenant_id, id)
);
create index observation_target_ix on payments.observation (tenant_id, target_id, occurred_at);
create index observation_reference_ix on payments.observation (tenant_id, provider, reference);

create table payments.statement (
  tenant_id uuid not null,
  id uuid not null,
  provider text not null,
  origin text not null check (origin in ('upload', 'fetch')),
  format text not null check (format in ('csv', 'mt940', 'camt053', 'api')),
  file_name text,
  content_sha256 text not null check (content_sha256 ~ '^[0-9a-f]{64}$'),
  raw bytea not null check (octet_length(raw) <= 8388608),
  from_on date not null,
  to_on date not null,
  line_count integer not null check (line_count >= 0),
  balances jsonb not null,
  is_balanced boolean,
  imported_by uuid,
  imported_at timestamptz not null,
  primary key (tenant_id, id),
  constraint statement_content_uq unique (tenant_id, provider, content_sha256),
  constraint statement_dates_ck check (from_on <= to_on)
);
create index statement_days_ix on payments.statement (tenant_id, provider, to_on, from_on);

create table payments.statement_line (
  tenant_id uuid not null,
  id uuid not null,
  statement_id uuid not null,
  line_no integer not null,
  provider text not null,
  line_id text not null,
  reference text,
  source_reference text,
  kind text,
  amount_minor bigint not null
    check (amount_minor between -9007199254740991 and 9007199254740991 and amount_minor <> 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  value_on date not null,
  match_state text not null check (match_state in ('matched', 'unmatched', 'ignored')),
  movement_kind text check (movement_kind in ('instruction', 'observation')),
  movement_id uuid,
  movement_part text,
  decided_at timestamptz,
  primary key (tenant_id, id),
  constraint statement_line_once_uq unique (tenant_id, provider, line_id),
  constraint statement_line_no_uq unique (tenant_id, statement_id, line_no),
  constraint statement_line_movement_ck
    check (num_nonnulls(movement_kind, movement_id, movement_part) in (0, 3)),
  constraint statement_line_decided_ck check ((match_state = 'unmatched') = (decided_at is null)),
  foreign key (tenant_id, statement_id) references payments.statement (tenant_id, id)
);
create unique index statement_line_movement_uq
  on payments.statement_line (tenant_id, movement_id, movement_part) where movement_id is not null;
create index statement_line_state_ix
  on payments.statement_line (tenant_id, provider, match_state, value_on);
create index statement_line_day_ix on payments.statement_line (tenant_id, provider, value_on);
create index statement_line_reference_ix
  on payments.statement_line (tenant_id, provider, reference);

create function payments.refuse_line_change() returns trigger language plpgsql as $$
begin
  if (new.tenant_id, new.id, new.statement_id, new.line_no, new.provider, new.line_id,
      new.reference, new.source_reference, new.kind, new.amount_minor, new.currency, new.value_on)
     is distinct from
     (old.tenant_id, old.id, old.statement_id, old.line_no, old.provider, old.line_id,
      old.reference, old.source_reference, old.kind, old.amount_minor, old.currency, old.value_on)
     or old.match_state <> 'unmatched' then
    raise exception 'what statement line % says cannot change', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger statement_line_change before update on payments.statement_line
  for each row execute function payments.refuse_line_change();

create table payments.reconciliation_break (
  tenant_id uuid not null,
  id uuid not null,
  provider text not null,
  kind text not null check (kind in ('missing_at_provider', 'missing_with_us', 'amount_differs',
    'duplicate_line', 'wrong_sign', 'currency_differs')),
  state text not null check (state in ('open', 'resolved')),
  statement_line_id uuid,
  movement_kind text check (movement_kind in ('instruction', 'observation')),
  movement_id uuid,
  movement_part text,
  reference text,
  expected_minor bigint,
  found_minor bigint,
  currency text not null,
  value_on date not null,
  opened_at timestamptz not null,
  resolution text check (resolution in ('booked', 'ignored', 'explained', 'matched_later')),
  reason text check (length(reason) between 1 and 2000),
  resolved_by uuid,
  resolved_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id),
  constraint break_line_uq unique (tenant_id, statement_line_id),
  constraint break_movement_ck
    check (num_nonnulls(movement_kind, movement_id, movement_part) in (0, 3)),
  constraint break_subject_ck check (num_nonnulls(statement_line_id, movement_id) > 0),
  constraint break_resolved_ck check (
    num_nonnulls(resolution, reason, resolved_at) = case state when 'resolved' then 3 else 0 end),
  constraint break_person_ck
    check (resolution is null or resolution = 'matched_later' or resolved_by is not null),
  foreign key (tenant_id, statement_line_id)
    references payments.statement_line (tenant_id, id)
);
create unique index break_missing_uq
  on payments.reconciliation_break (tenant_id, movement_id, movement_part)
  where kind = 'missing_at_provider';
create index break_state_ix on payments.reconciliation_break (tenant_id, state, id);
create index break_movement_ix on payments.reconciliation_break (tenant_id, movement_id);

create function payments.refuse_break_change() returns trigger language plpgsql as $$
begin
  if old.state <> 'open' or (new.tenant_id, new.id, new.provider, new.kind, new.statement_line_id,
      new.movement_kind, new.movement_id, new.movement_part, new.reference, new.expected_minor,
      new.found_minor, new.currency, new.value_on, new.opened_at)
     is distinct from
     (old.tenant_id, old.id, old.provider, old.kind, old.statement_line_id,
      old.movement_kind, old.movement_id, old.movement_part, old.reference, old.expected_minor,
      old.found_minor, old.currency, old.value_on, old.opened_at) then
    raise exception 'break % can only be resolved, once', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger reconciliation_break_change before update on payments.reconciliation_break
  for each row execute function payments.refuse_break_change();

-- All that should stand on a statement. What is not certain may, and need not.
create view payments.movement with (security_invoker = true) as
select i.tenant_id, i.provider, 'instruction' as movement_kind, i.id, p.part,
       i.provider_reference as reference, p.amount_minor, i.currency,
       coalesce(p.at, i.updated_at) as occurred_at, p.is_certain
from payments.instruction i cross join lateral (values
  ('capture', i.kind = 'capture' and i.state = 'confirmed', i.confirmed_amount_minor,
   i.resolved_at, true),
  (i.kind, i.kind in ('refund', 'payout') and i.provider_reference is not null,
   -i.amount_minor, i.resolved_at, i.state = 'confirmed'),
  (i.kind || '_reversal', i.kind in ('refund', 'payout') and i.state = 'failed'
   and i.provider_reference is not null, i.amount_minor, i.resolved_at, false),
  (i.kind || '_reversal', i.returned_at is not null, i.amount_minor, i.returned_at, true)
) p (part, applies, amount_minor, at, is_certain)
where p.applies
union all
select o.tenant_id, o.provider, 'observation', o.id, p.part, o.reference, p.amount_minor,
       o.currency, o.occurred_at, true
from payments.observation o cross join lateral (values
  ('capture', o.action = 'captured', o.amount_minor),
  ('refund', o.action = 'refunded', -o.amount_minor),
  ('dispute', o.action = 'dispute_opened', -o.amount_minor),
  ('dispute_fee', o.action = 'dispute_opened', -o.fee_minor),
  ('dispute_reversal', o.action = 'dispute_won', o.amount_minor),
  ('fee', o.action = 'fee_charged', -o.fee_minor),
  ('payout_reversal', o.action = 'payout_returned' and o.origin <> 'instruction', o.amount_minor)
) p (part, applies, amount_minor)
where p.applies and p.amount_minor <> 0;
