delete from campaigns.allowed_transition
where (machine, name) in (('campaign', 'extend'), ('campaign', 'give_notice'),
    ('commitment', 'leave'), ('commitment', 'keep'), ('commitment', 'confirm_authorisation'), ('commitment', 'retry_charge'))
  or (machine, name, from_state) in (('commitment', 'instruct', 'authorised'),
    ('commitment', 'withdraw', 'placed'), ('commitment', 'withdraw', 'authorised'),
    ('commitment', 'lapse', 'placed'), ('commitment', 'lapse', 'authorised'));
drop table campaigns.notice_answer;
drop table campaigns.notice;
alter table campaigns.commitment drop column charge_attempts, drop column authorised_reference;
alter table campaigns.campaign
  drop column goal_amount_minor, drop column tiers, drop column funding_mode,
  drop column conditions, drop column final_unit_price_minor, drop column extended_at,
  drop column free_withdrawal_until;
alter table campaigns.settings
  drop column public_discovery, drop column notice_answer_days, drop column charge_retry_days,
  drop constraint settings_disclosure_check,
  drop constraint settings_pricing_check,
  drop constraint settings_withdraw_check,
  add constraint settings_disclosure_check check (disclosure in ('stages')),
  add constraint settings_pricing_check check (pricing in ('fixed')),
  add constraint settings_withdraw_check check (withdraw in ('until_close'));
