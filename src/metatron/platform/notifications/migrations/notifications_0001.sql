create table notifications.message (
  tenant_id uuid not null,
  id uuid not null,
  recipient_id uuid,
  actor_id uuid,
  template text not null,
  template_version bigint not null check (template_version > 0),
  locale text not null,
  state text not null check (state in ('queued', 'sent', 'failed')),
  created_at timestamptz not null,
  sent_at timestamptz,
  primary key (tenant_id, id),
  check ((state = 'sent') = (sent_at is not null))
);
create index message_recipient_ix on notifications.message (tenant_id, recipient_id);

create table notifications.message_body (
  tenant_id uuid not null,
  id uuid not null,
  address text not null,
  subject text not null,
  text text,
  keeps_text boolean not null,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, id) references notifications.message (tenant_id, id)
);

create table notifications.delivery_attempt (
  tenant_id uuid not null,
  id uuid not null,
  message_id uuid not null,
  attempted_at timestamptz not null,
  outcome text not null check (outcome in ('sent', 'deferred', 'refused')),
  smtp_code bigint,
  error text,
  primary key (tenant_id, id),
  foreign key (tenant_id, message_id) references notifications.message (tenant_id, id)
);
create index delivery_attempt_message_ix
  on notifications.delivery_attempt (tenant_id, message_id, attempted_at);
