-- A refund is a row of its own: whole, or one of several parts of a commitment.
create table campaigns.refund (
  tenant_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  commitment_id uuid not null,
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null,
  reason_code text not null check (reason_code in (
    'campaign_failed', 'admin_manual', 'commitment_cancelled', 'duplicate_commitment',
    'participant_request', 'supplier_unable', 'quality_issue', 'delivery_failure')),
  reason text,
  trigger text not null,
  whole boolean not null,
  state text not null check (state in ('due', 'instructed', 'confirmed', 'failed')),
  transfer_id uuid,  -- of the pending transfer of the last attempt, and of its instruction
  attempts int not null default 0,
  requested_by uuid,
  approval_id uuid,
  created_at timestamptz not null,
  resolved_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id),
  foreign key (tenant_id, commitment_id) references campaigns.commitment (tenant_id, id),
  check (state = 'due' or transfer_id is not null),
  check ((state = 'confirmed') = (resolved_at is not null))
);
create index refund_campaign_ix on campaigns.refund (tenant_id, campaign_id, state);
create index refund_part_ix on campaigns.refund (tenant_id, campaign_id) where not whole;
create index refund_commitment_ix on campaigns.refund (tenant_id, commitment_id);
create index refund_failed_ix on campaigns.refund (tenant_id, created_at, id)
  where state = 'failed';
create unique index refund_transfer_uq on campaigns.refund (tenant_id, transfer_id);
-- A commitment is refunded as a whole once at most; parts may go before.
create unique index refund_whole_uq on campaigns.refund (tenant_id, commitment_id) where whole;

-- A decided refund does not change what it is about.
create function campaigns.refuse_refund_change() returns trigger language plpgsql as $$
begin
  if (new.tenant_id, new.id, new.campaign_id, new.commitment_id, new.amount_minor, new.currency,
      new.whole, new.created_at)
     is distinct from
     (old.tenant_id, old.id, old.campaign_id, old.commitment_id, old.amount_minor, old.currency,
      old.whole, old.created_at) then
    raise exception 'what refund % is about cannot change', old.id
      using errcode = 'restrict_violation';
  end if;
  if new.state <> old.state and (old.state, new.state) not in (
      ('due', 'instructed'), ('instructed', 'confirmed'), ('instructed', 'failed'),
      ('failed', 'instructed'), ('failed', 'confirmed')) then
    raise exception 'refund % cannot go from % to %', old.id, old.state, new.state
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger refund_change_refused before update on campaigns.refund
  for each row execute function campaigns.refuse_refund_change();

-- The owner reads across organisations here, and only here.
alter table campaigns.commitment no force row level security;
alter table campaigns.transition no force row level security;
insert into campaigns.refund (tenant_id, id, campaign_id, commitment_id, amount_minor, currency,
  reason_code, trigger, whole, state, transfer_id, attempts, created_at, resolved_at)
select m.tenant_id, m.refund_transfer_id, m.campaign_id, m.id, m.captured_minor, m.currency,
  coalesce(m.refund_reason, 'admin_manual'),
  case m.refund_reason when 'participant_request' then 'withdraw'
    when 'campaign_failed' then 'deadline' when 'supplier_unable' then 'supplier'
    when 'commitment_cancelled' then 'provider' when 'quality_issue' then 'issue'
    else 'cancel' end,
  true,
  case m.state when 'refund_due' then 'instructed' when 'refund_failed' then 'failed'
    else 'confirmed' end,
  m.refund_transfer_id, m.refund_attempts,
  coalesce((select min(t.at) from campaigns.transition t
    where t.tenant_id = m.tenant_id and t.subject_id = m.id and t.to_state = 'refund_due'),
    m.last_at),
  case when m.state = 'refunded' then m.last_at end
from campaigns.commitment m
where m.refund_transfer_id is not null and m.captured_minor > 0
  and m.state in ('refund_due', 'refund_failed', 'refunded');
alter table campaigns.commitment force row level security;
alter table campaigns.transition force row level security;

-- Contracted in a later release: `refund_transfer_id` and `refund_attempts` are read no more.
alter table campaigns.commitment alter column refund_attempts drop not null;

insert into campaigns.allowed_transition (machine, name, from_state, to_state) values
  ('commitment', 'return_part', 'held', 'held'),
  ('commitment', 'return_part', 'allocated', 'allocated'),
  ('commitment', 'confirm_part', 'held', 'held'),
  ('commitment', 'reject_part', 'held', 'held'),
  ('commitment', 'retry_part', 'held', 'held'),
  ('commitment', 'confirm_part', 'allocated', 'allocated'),
  ('commitment', 'reject_part', 'allocated', 'allocated'),
  ('commitment', 'retry_part', 'allocated', 'allocated'),
  ('commitment', 'confirm_part', 'refund_due', 'refund_due'),
  ('commitment', 'reject_part', 'refund_due', 'refund_due'),
  ('commitment', 'retry_part', 'refund_due', 'refund_due'),
  ('commitment', 'confirm_part', 'refund_failed', 'refund_failed'),
  ('commitment', 'reject_part', 'refund_failed', 'refund_failed'),
  ('commitment', 'retry_part', 'refund_failed', 'refund_failed'),
  ('commitment', 'confirm_part', 'refunded', 'refunded'),
  ('commitment', 'reject_part', 'refunded', 'refunded'),
  ('commitment', 'retry_part', 'refunded', 'refunded'),
  ('commitment', 'confirm_part', 'released', 'released'),
  ('commitment', 'reject_part', 'released', 'released'),
  ('commitment', 'retry_part', 'released', 'released'),
  ('commitment', 'confirm_part', 'settled', 'settled'),
  ('commitment', 'reject_part', 'settled', 'settled'),
  ('commitment', 'retry_part', 'settled', 'settled');
