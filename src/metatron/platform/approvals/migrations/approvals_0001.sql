create table approvals.approval (
  tenant_id uuid not null,
  id uuid not null,
  action text not null check (length(action) between 1 and 100),
  subject_kind text not null check (length(subject_kind) between 1 and 100),
  subject_id uuid not null,
  payload jsonb not null check (jsonb_typeof(payload) = 'object'),
  payload_hash bytea not null check (octet_length(payload_hash) = 32),
  summary text not null check (length(summary) between 1 and 1000),
  amount_minor bigint check (amount_minor between 0 and 9007199254740991),
  currency text check (currency ~ '^[A-Z]{3}$'),
  reason text not null check (length(reason) <= 1000),
  requested_by uuid,
  requested_by_kind text not null,
  requester_ids uuid[] not null,
  requested_at timestamptz not null,
  state text not null
    check (state in ('requested', 'approved', 'rejected', 'withdrawn', 'expired', 'refused')),
  decided_by uuid,
  decided_at timestamptz,
  decision_reason text check (length(decision_reason) <= 1000),
  expires_at timestamptz not null,
  outcome jsonb,
  told_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id),
  constraint approval_money_ck check ((amount_minor is null) = (currency is null)),
  constraint approval_expiry_ck check (expires_at > requested_at),
  constraint approval_decided_ck check ((state = 'requested') = (decided_at is null)),
  constraint approval_outcome_ck check ((state = 'approved') = (outcome is not null)),
  constraint approval_decider_ck
    check (state not in ('approved', 'rejected') or decided_by is not null),
  constraint approval_two_people_ck
    check (state not in ('approved', 'rejected') or decided_by <> all (requester_ids))
);
create unique index approval_one_open_uq
  on approvals.approval (tenant_id, action, subject_id, payload_hash) where state = 'requested';
create index approval_state_ix on approvals.approval (tenant_id, state, id);
create index approval_subject_ix on approvals.approval (tenant_id, subject_id, id);

create function approvals.refuse_approval_change() returns trigger language plpgsql as $$
begin
  if (new.tenant_id, new.id, new.action, new.subject_kind, new.subject_id, new.payload,
      new.payload_hash, new.summary, new.amount_minor, new.currency, new.reason, new.requested_by,
      new.requested_by_kind, new.requester_ids, new.requested_at, new.expires_at)
     is distinct from
     (old.tenant_id, old.id, old.action, old.subject_kind, old.subject_id, old.payload,
      old.payload_hash, old.summary, old.amount_minor, old.currency, old.reason, old.requested_by,
      old.requested_by_kind, old.requester_ids, old.requested_at, old.expires_at) then
    raise exception 'what approval % asks for cannot change', old.id
      using errcode = 'restrict_violation';
  end if;
  if old.state <> 'requested' and
     (new.state, new.decided_by, new.decided_at, new.decision_reason, new.outcome)
     is distinct from
     (old.state, old.decided_by, old.decided_at, old.decision_reason, old.outcome) then
    raise exception 'approval % was decided before', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger approval_change before update on approvals.approval
  for each row execute function approvals.refuse_approval_change();

create table approvals.settings (
  tenant_id uuid not null primary key,
  expires_after_seconds bigint not null check (expires_after_seconds between 3600 and 2592000),
  rules jsonb not null check (jsonb_typeof(rules) = 'object'),
  version bigint not null default 1,
  changed_at timestamptz not null,
  changed_by uuid
);
