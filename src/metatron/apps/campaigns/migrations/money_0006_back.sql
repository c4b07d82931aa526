alter table campaigns.campaign drop column coverage_gap_at, drop constraint campaign_outcome_check;
alter table campaigns.campaign add constraint campaign_outcome_check check (outcome in
  ('goal_reached', 'goal_missed', 'declined', 'supplier_silent', 'cancelled'));
alter table campaigns.settings drop constraint settings_revenue_check, drop column fee_basis_points,
  drop column fee_fixed_minor, drop column fee_tax_basis_points, drop column auto_payout;
alter table campaigns.settings
  add constraint settings_revenue_check check (revenue in ('margin'));
alter table campaigns.refund drop column destination, drop column evidence;
drop table campaigns.provider_charge, campaigns.bond_deposit;
delete from campaigns.allowed_transition where name in
  ('refund_by_hand', 'agree_payout', 'refund_unwound', 'unwind', 'end_unwinding')
  or from_state in ('unwinding', 'unwound');
