-- What entries by hand made of a fee; what was recorded first stays in amount_minor.
alter table campaigns.provider_charge
  add column correction_minor bigint not null default 0,
  drop constraint provider_charge_check,
  add constraint provider_charge_borne_ck
    check (recharged_minor between 0 and amount_minor + correction_minor);
drop index campaigns.provider_charge_open_ix;
create index provider_charge_open_ix on campaigns.provider_charge (tenant_id, currency, id)
  where recharged_minor < amount_minor + correction_minor;

alter table campaigns.manual_entry
  add column charge_id uuid,
  drop constraint manual_entry_kind_check,
  add constraint manual_entry_kind_check check (kind in ('suspense_in', 'suspense_out',
    'suspense_cleared', 'correction', 'fee_lowered', 'fee_raised')),
  add constraint manual_entry_charge_ck
    check ((kind in ('fee_lowered', 'fee_raised')) = (charge_id is not null)),
  add constraint manual_entry_charge_fk
    foreign key (tenant_id, charge_id) references campaigns.provider_charge (tenant_id, id);
create index manual_entry_charge_ix on campaigns.manual_entry (tenant_id, charge_id)
  where charge_id is not null;
