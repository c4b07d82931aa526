-- Proposals of suppliers, and whether the organisation answers one with another.
alter table campaigns.settings
  add column counter_proposals boolean not null default false;

create table campaigns.supplier_proposal (
  tenant_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  supplier_id uuid not null,
  state text not null default 'draft' check (state in ('draft', 'submitted', 'countered',
    'accepted', 'confirmed', 'declined', 'expired', 'withdrawn')),
  units_max bigint check (units_max > 0),
  unit_price_minor bigint check (unit_price_minor > 0),
  currency text not null,
  note text,
  counter_units_max bigint check (counter_units_max > 0),
  counter_unit_price_minor bigint check (counter_unit_price_minor > 0),
  counter_note text,
  reason text,
  expires_at timestamptz,
  asked_by uuid,
  asked_at timestamptz not null,
  closed_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id),
  check (state in ('draft', 'declined')
    or (units_max is not null and unit_price_minor is not null and expires_at is not null)),
  check ((state in ('confirmed', 'declined', 'expired', 'withdrawn')) = (closed_at is not null))
);
create unique index supplier_proposal_open_uq
  on campaigns.supplier_proposal (tenant_id, campaign_id)
  where state in ('draft', 'submitted', 'countered', 'accepted');
create index supplier_proposal_campaign_ix
  on campaigns.supplier_proposal (tenant_id, campaign_id, asked_at, id);
create index supplier_proposal_supplier_ix
  on campaigns.supplier_proposal (tenant_id, supplier_id, asked_at, id);

create function campaigns.refuse_proposal_step() returns trigger
language plpgsql as $$
begin
  if old.state <> new.state and (old.state, new.state) not in (
    ('draft', 'submitted'), ('countered', 'submitted'), ('submitted', 'countered'),
    ('submitted', 'accepted'), ('draft', 'declined'), ('submitted', 'declined'),
    ('countered', 'declined'), ('submitted', 'withdrawn'), ('countered', 'withdrawn'),
    ('accepted', 'withdrawn'), ('submitted', 'expired'), ('countered', 'expired'),
    ('accepted', 'confirmed'), ('accepted', 'declined')
  ) then
    raise exception 'a proposal goes not from % to %', old.state, new.state
      using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger supplier_proposal_step before update on campaigns.supplier_proposal
  for each row execute function campaigns.refuse_proposal_step();
