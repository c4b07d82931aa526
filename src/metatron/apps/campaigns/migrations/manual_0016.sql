-- Entries that two people booked by hand. The id is the transfer's.
create table campaigns.manual_entry (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null
    check (kind in ('suspense_in', 'suspense_out', 'suspense_cleared', 'correction')),
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null,
  provider text not null,
  reference text not null,
  reason text not null check (length(reason) between 1 and 2000),
  break_id uuid,
  about_id uuid,
  approval_id uuid not null,
  requested_by uuid,
  approved_by uuid not null,
  booked_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, about_id) references campaigns.manual_entry (tenant_id, id),
  constraint manual_entry_two_people_ck check (requested_by is distinct from approved_by),
  check ((kind in ('suspense_in', 'suspense_out')) = (break_id is not null)),
  check ((kind in ('suspense_cleared', 'correction')) = (about_id is not null))
);
create unique index manual_entry_break_uq
  on campaigns.manual_entry (tenant_id, break_id) where break_id is not null;
create index manual_entry_about_ix on campaigns.manual_entry (tenant_id, about_id);
create index manual_entry_booked_ix on campaigns.manual_entry (tenant_id, booked_at, id);
