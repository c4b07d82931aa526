-- Evidence handed in against disputes: once for each, unless the provider refused it.
create table payments.dispute_evidence (
  tenant_id uuid not null,
  id uuid not null,
  provider text not null check (provider <> ''),
  reference text not null check (reference <> ''),
  explanation text not null check (char_length(explanation) between 1 and 20000),
  state text not null default 'created'
    check (state in ('created', 'submitted', 'refused', 'unknown')),
  failure_code text,
  attempts int not null default 0 check (attempts >= 0),
  requested_by uuid,
  created_at timestamptz not null,
  resolved_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id),
  check ((state in ('submitted', 'refused')) = (resolved_at is not null))
);
create unique index dispute_evidence_once_uq
  on payments.dispute_evidence (tenant_id, provider, reference) where state <> 'refused';
