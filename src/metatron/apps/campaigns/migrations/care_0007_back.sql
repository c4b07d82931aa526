delete from campaigns.allowed_transition where name in ('mirror_refund', 'mirror_part');
drop table campaigns.provider_action;
drop function campaigns.check_provider_action();
drop table campaigns.exception_evidence;
drop table campaigns.exception_entry;
drop table campaigns.exception;
drop function campaigns.check_exception();
drop table campaigns.allowed_exception_step;
