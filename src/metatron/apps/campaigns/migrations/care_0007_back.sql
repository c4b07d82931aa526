delete from campaigns.allowed_transition where name in (
  'mirror_refund', 'mirror_part', 'open_dispute', 'dispute_back_held', 'dispute_back_allocated',
  'dispute_lost');
alter table campaigns.provider_charge drop constraint provider_charge_kind_check,
  add constraint provider_charge_kind_check check (kind in ('provider_fee', 'dispute_fee'));
drop table campaigns.card_dispute;
drop function campaigns.check_card_dispute();
drop table campaigns.provider_action;
drop function campaigns.check_provider_action();
drop table campaigns.exception_evidence;
drop table campaigns.exception_entry;
drop table campaigns.exception;
drop function campaigns.check_exception();
drop table campaigns.allowed_exception_step;
