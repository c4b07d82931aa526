delete from campaigns.allowed_transition where (machine, name) in (
  ('campaign', 'accept_part'), ('campaign', 'consent_reached'), ('campaign', 'consent_missed'),
  ('campaign', 'allocation_done'), ('commitment', 'agree'), ('commitment', 'refuse_part'),
  ('commitment', 'leave_out'));
drop table campaigns.consent;
drop table campaigns.receipt;
drop table campaigns.delivery_address;
alter table campaigns.fulfilment_event drop column units;
alter table campaigns.campaign drop column product_id;
drop table campaigns.product;
alter table campaigns.consolidation_point drop column archived_at, drop column version;
alter table campaigns.commitment
  drop constraint commitment_final_check, drop column final_amount_minor,
  drop column final_unit_price_minor, drop column units_allocated;
alter table campaigns.campaign
  drop constraint campaign_outcome_check,
  add constraint campaign_outcome_check check (outcome in (
    'goal_reached', 'goal_missed', 'declined', 'supplier_silent', 'cancelled')) not valid,
  drop column min_accept_units, drop column oversub_rule, drop column lottery_seed,
  drop column accepted_units, drop column consent_until, drop column units_allocated,
  drop column allocated_at;
alter table campaigns.settings
  drop column consent_hours, drop column supplier_self_service, drop column counter_terms;
