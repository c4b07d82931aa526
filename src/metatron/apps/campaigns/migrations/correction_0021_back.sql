-- The older schema knows no corrected fee.
delete from campaigns.manual_entry where charge_id is not null;
alter table campaigns.manual_entry
  drop column charge_id,
  drop constraint manual_entry_kind_check,
  add constraint manual_entry_kind_check
    check (kind in ('suspense_in', 'suspense_out', 'suspense_cleared', 'correction'));
update campaigns.provider_charge set recharged_minor = least(recharged_minor, amount_minor);
drop index campaigns.provider_charge_open_ix;
alter table campaigns.provider_charge
  drop constraint provider_charge_borne_ck,
  drop column correction_minor,
  add constraint provider_charge_check check (recharged_minor between 0 and amount_minor);
create index provider_charge_open_ix on campaigns.provider_charge (tenant_id, currency, id)
  where recharged_minor < amount_minor;
