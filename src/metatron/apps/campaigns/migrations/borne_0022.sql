alter table campaigns.provider_charge
  drop constraint provider_charge_kind_check,
  add constraint provider_charge_kind_check check (kind in ('provider_fee', 'dispute_fee',
    'dispute_loss', 'supplier_default', 'refund_loss'));

alter table campaigns.manual_entry
  drop constraint manual_entry_kind_check,
  drop constraint manual_entry_check1,
  add constraint manual_entry_kind_check check (kind in ('suspense_in', 'suspense_out',
    'suspense_cleared', 'suspense_borne', 'correction', 'fee_lowered', 'fee_raised')),
  add constraint manual_entry_about_ck
    check ((kind in ('suspense_cleared', 'suspense_borne', 'correction')) = (about_id is not null));
