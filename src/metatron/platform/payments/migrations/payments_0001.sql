create table payments.instruction (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null check (kind in ('authorise', 'capture', 'void', 'refund', 'payout')),
  target_kind text not null,
  target_id uuid not null,
  amount_minor bigint not null check (amount_minor between 1 and 9007199254740991),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  ledger_transfer_id uuid not null,
  provider text not null,
  payment_method text,
  source_reference text,
  destination text,
  provider_reference text,
  state text not null
    check (state in ('created', 'approved', 'sent', 'unknown', 'confirmed', 'failed')),
  confirmed_amount_minor bigint check (confirmed_amount_minor between 1 and amount_minor),
  failure_code text,
  attempts smallint not null default 0,
  next_attempt_at timestamptz,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  sent_at timestamptz,
  resolved_at timestamptz,
  returned_at timestamptz,
  primary key (tenant_id, id),
  constraint instruction_one_reference_ck
    check (num_nonnulls(payment_method, source_reference, destination) = 1),
  constraint instruction_confirmed_ck
    check ((state = 'confirmed') = (confirmed_amount_minor is not null)),
  constraint instruction_resolved_ck
    check ((state in ('confirmed', 'failed')) = (resolved_at is not null)),
  constraint instruction_returned_ck check (returned_at is null or state = 'confirmed')
);
create index instruction_target_ix on payments.instruction (tenant_id, target_id, created_at);
create index instruction_transfer_ix on payments.instruction (tenant_id, ledger_transfer_id);
create index instruction_reference_ix
  on payments.instruction (tenant_id, provider, provider_reference);
create index instruction_due_ix on payments.instruction (tenant_id, next_attempt_at)
  where state in ('approved', 'sent', 'unknown');

create function payments.refuse_instruction_change() returns trigger language plpgsql as $$
begin
  if (new.tenant_id, new.id, new.kind, new.target_kind, new.target_id, new.amount_minor,
      new.currency, new.ledger_transfer_id, new.provider, new.payment_method,
      new.source_reference, new.destination, new.created_at)
     is distinct from
     (old.tenant_id, old.id, old.kind, old.target_kind, old.target_id, old.amount_minor,
      old.currency, old.ledger_transfer_id, old.provider, old.payment_method,
      old.source_reference, old.destination, old.created_at) then
    raise exception 'what instruction % asks for cannot change', old.id
      using errcode = 'restrict_violation';
  end if;
  if new.state <> old.state and (old.state, new.state) not in (
      ('created', 'approved'), ('created', 'failed'),
      ('approved', 'sent'), ('approved', 'confirmed'), ('approved', 'failed'),
      ('sent', 'unknown'), ('sent', 'confirmed'), ('sent', 'failed'),
      ('unknown', 'sent'), ('unknown', 'confirmed'), ('unknown', 'failed')) then
    raise exception 'instruction % cannot go from % to %', old.id, old.state, new.state
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger instruction_change before update on payments.instruction
  for each row execute function payments.refuse_instruction_change();

create table payments.webhook_inbox (
  tenant_id uuid not null,
  id uuid not null,
  provider text not null,
  event_id text not null,
  kind text not null,
  raw bytea not null check (octet_length(raw) <= 262144),
  signature_ok boolean not null,
  state text not null
    check (state in ('received', 'parked', 'processed', 'ignored', 'unmatched')),
  attempts smallint not null default 0,
  next_attempt_at timestamptz,
  received_at timestamptz not null,
  processed_at timestamptz,
  primary key (tenant_id, id),
  constraint webhook_inbox_event_uq unique (tenant_id, provider, event_id)
);
create index webhook_inbox_due_ix on payments.webhook_inbox (tenant_id, next_attempt_at)
  where state in ('received', 'parked');
