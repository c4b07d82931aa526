-- What roles said of a submitted campaign, and under which constraints it was accepted.
alter table campaigns.campaign
  add column review_constraints jsonb not null default '[]'
    check (jsonb_typeof(review_constraints) = 'array');

create table campaigns.review_opinion (
  tenant_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  terms_hash text not null,
  role text not null check (role in ('risk', 'operations', 'money', 'gate')),
  verdict text not null
    check (verdict in ('accept', 'accept_with_constraints', 'defer', 'reject')),
  reason text check (length(reason) <= 2000),
  constraints jsonb not null default '[]' check (jsonb_typeof(constraints) = 'array'),
  stated_by uuid,
  stated_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id),
  -- The gate's plain step approves without a word; everything else is explained.
  check (reason is not null or (role, verdict) = ('gate', 'accept')),
  check ((verdict = 'accept_with_constraints') = (constraints <> '[]'))
);
create index review_opinion_campaign_ix
  on campaigns.review_opinion (tenant_id, campaign_id, terms_hash, role, stated_at, id);

insert into campaigns.allowed_transition (machine, name, from_state, to_state) values
  ('campaign', 'defer', 'in_review', 'in_review'),
  ('campaign', 'reject', 'in_review', 'cancelling');
