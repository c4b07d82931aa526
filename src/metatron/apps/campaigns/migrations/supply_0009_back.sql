delete from campaigns.allowed_transition where (machine, name) in (
  ('campaign', 'release_upfront'), ('campaign', 'release_share'),
  ('campaign', 'extend_inspection'), ('commitment', 'release_share'))
  or (machine, name, from_state) in (
    ('campaign', 'retry_payout', 'procuring'), ('campaign', 'retry_payout', 'fulfilling'));
alter table campaigns.issue
  drop constraint issue_split_check, drop constraint issue_outcome_check,
  add constraint issue_outcome_check check (outcome in ('release', 'refund')) not valid,
  drop column supplier_answer, drop column supplier_answered_at, drop column refund_minor;
drop table campaigns.share_release;
drop table campaigns.evidence;
drop table campaigns.milestone;
drop function campaigns.refuse_milestone_change();
alter table campaigns.campaign
  drop column milestones, drop column released_bp, drop column supplier_carry_bp,
  drop column inspection_extended_at;
alter table campaigns.commitment drop column released_bp;
alter table campaigns.settings
  drop constraint settings_release_policy_check,
  add constraint settings_release_policy_check
    check (release_policy in ('after_inspection')) not valid;
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
    'goal_reached', 'goal_missed', 'declined', 'supplier_silent', 'cancelled', 'unwound'))
    not valid,
  drop column min_accept_units, drop column oversub_rule, drop column lottery_seed,
  drop column accepted_units, drop column consent_until, drop column units_allocated,
  drop column allocated_at;
alter table campaigns.settings
  drop column consent_hours;
