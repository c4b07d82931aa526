-- By when a payment to the supplier is due, and when it arrived.
alter table campaigns.payout
  add column due_at timestamptz,
  add column confirmed_at timestamptz;
