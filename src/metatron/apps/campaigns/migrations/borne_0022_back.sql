-- The older schema knows neither kind.
update campaigns.provider_charge set kind = 'dispute_loss' where kind = 'refund_loss';
alter table campaigns.provider_charge
  drop constraint provider_charge_kind_check,
  add constraint provider_charge_kind_check
    check (kind in ('provider_fee', 'dispute_fee', 'dispute_loss', 'supplier_default'));

delete from campaigns.manual_entry where about_id in
  (select id from campaigns.manual_entry where kind = 'suspense_borne');
delete from campaigns.manual_entry where kind = 'suspense_borne';
alter table campaigns.manual_entry
  drop constraint manual_entry_about_ck,
  drop constraint manual_entry_kind_check,
  add constraint manual_entry_kind_check check (kind in ('suspense_in', 'suspense_out',
    'suspense_cleared', 'correction', 'fee_lowered', 'fee_raised')),
  add constraint manual_entry_check1
    check ((kind in ('suspense_cleared', 'correction')) = (about_id is not null));
