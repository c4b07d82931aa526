-- A share of very many commitments is released some thousands a transaction, each with a payment.
alter table campaigns.milestone
  -- The last commitment whose part was released, and what rounding has kept back of the parts so
  -- far, in 1/10,000 of a minor unit.
  add column release_after uuid,
  add column share_carry_bp int not null default 0 check (share_carry_bp between 0 and 9999);
alter table campaigns.share_release
  add column payout_id uuid,
  add constraint share_release_payout_fk foreign key (tenant_id, payout_id)
    references campaigns.payout (tenant_id, id);
create index share_release_payout_ix on campaigns.share_release (tenant_id, payout_id);
