delete from campaigns.allowed_transition
where machine = 'campaign' and name in ('defer', 'reject');
drop table campaigns.review_opinion;
alter table campaigns.campaign drop column review_constraints;
