alter table campaigns.commitment no force row level security;
alter table campaigns.refund no force row level security;
update campaigns.commitment m set refund_transfer_id = r.transfer_id, refund_attempts = r.attempts
from campaigns.refund r
where r.tenant_id = m.tenant_id and r.commitment_id = m.id and r.whole;
update campaigns.commitment set refund_attempts = 0 where refund_attempts is null;
alter table campaigns.commitment force row level security;
alter table campaigns.commitment alter column refund_attempts set not null;
drop table campaigns.refund;
drop function campaigns.refuse_refund_change();
