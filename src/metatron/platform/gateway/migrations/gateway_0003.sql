-- People who call by hand have no application: then it is the nil id.
create table gateway.deprecated_call (
  tenant_id uuid not null,
  day date not null,
  method text not null,
  route text not null,
  application_id uuid not null,
  calls bigint not null check (calls > 0),
  last_at timestamptz not null,
  primary key (tenant_id, day, method, route, application_id)
);
