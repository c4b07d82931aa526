-- A share of very many commitments is released some thousands a transaction, each with a payment.
alter table campaigns.milestone
  -- The last commitment whose part was released, and what rounding has kept back of the parts so
  -- far, in 1/10,000 of a minor unit.
  add column release_after uuid,
  add column share_carry_bp int not null default 0 check (share_carry_bp between 0 and 9999);
alter table campaigns.payout
  add column milestone_id uuid,
  add constraint payout_milestone_fk foreign key (tenant_id, milestone_id)
    references campaigns.milestone (tenant_id, id);
create index payout_milestone_ix on campaigns.payout (tenant_id, milestone_id)
  where milestone_id is not null;
