create table records.saved_view (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  list_name text not null check (length(list_name) between 1 and 60),
  name text not null check (length(name) between 1 and 60),
  name_key text not null generated always as (lower(name)) stored,
  search jsonb not null check (jsonb_typeof(search) = 'object'),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id)
);
create unique index saved_view_name_ix
  on records.saved_view (tenant_id, user_id, list_name, name_key);
