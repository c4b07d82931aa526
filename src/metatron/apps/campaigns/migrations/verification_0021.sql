-- Off until the organisation asks for it.
alter table campaigns.settings
  add column supplier_verification boolean not null default false;

-- What somebody found out about who a supplier is; the newest word stands.
create table campaigns.supplier_verification (
  tenant_id uuid not null,
  id uuid not null,
  supplier_id uuid not null,
  verdict text not null check (verdict in ('verified', 'refused')),
  basis text not null check (length(basis) between 1 and 2000),
  valid_until date check (verdict = 'verified' or valid_until is null),
  stated_by uuid,
  stated_at timestamptz not null,
  primary key (tenant_id, id)
);
create index supplier_verification_newest_ix
  on campaigns.supplier_verification (tenant_id, supplier_id, stated_at desc, id desc);
