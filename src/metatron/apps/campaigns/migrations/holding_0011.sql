-- What is held apart for an issue now, and what went back to escrow of that: minor units.
alter table campaigns.issue
  add column held_minor bigint not null default 0 check (held_minor >= 0),
  add column freed_minor bigint not null default 0 check (freed_minor >= 0),
  add constraint issue_decided_free check (state = 'open' or held_minor = 0);
