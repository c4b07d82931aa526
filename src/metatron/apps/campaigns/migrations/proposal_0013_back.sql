drop table campaigns.supplier_proposal;
drop function campaigns.refuse_proposal_step();
alter table campaigns.settings drop column counter_proposals;
