delete from campaigns.allowed_transition
where machine = 'campaign' and name in ('defer', 'reject');
alter table campaigns.commitment drop column linked_as;
alter table campaigns.payout drop column due_at, drop column confirmed_at;
drop table campaigns.manual_entry;
drop table campaigns.review_opinion;
alter table campaigns.campaign drop column review_constraints;
