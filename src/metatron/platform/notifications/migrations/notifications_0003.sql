create table notifications.preference (
  tenant_id uuid not null,
  user_id uuid not null,
  kind text not null check (kind <> ''),
  delivery text not null check (delivery in ('at_once', 'daily', 'off')),
  updated_at timestamptz not null,
  primary key (tenant_id, user_id, kind)
);

-- held: waits for the day's digest; digested: went out in one; withheld: its reader wants none.
alter table notifications.message drop constraint message_state_check;
alter table notifications.message add constraint message_state_check
  check (state in ('queued', 'sent', 'failed', 'held', 'digested', 'withheld'));
create index message_held_ix on notifications.message (tenant_id, recipient_id, id)
  where state = 'held';
