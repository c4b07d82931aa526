create table amc.board (
  tenant_id uuid not null,
  id uuid not null,
  collection_id uuid not null,
  name text not null check (length(name) between 1 and 200),
  measures jsonb not null,
  layout jsonb not null,
  created_by uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version bigint not null default 1,
  primary key (tenant_id, id),
  foreign key (tenant_id, collection_id) references amc.collection (tenant_id, id)
);
create index board_collection_ix on amc.board (tenant_id, collection_id);
create index board_name_ix on amc.board (tenant_id, lower(name), id);

-- Frozen figures that a link shows until it expires; of the link only its hash is kept.
create table amc.board_snapshot (
  tenant_id uuid not null,
  id uuid not null,
  board_id uuid not null,
  name text not null check (length(name) between 1 and 200),
  token_hash bytea not null check (octet_length(token_hash) = 32),
  figures jsonb not null,
  made_by uuid,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant_id, id),
  constraint board_snapshot_token_uq unique (tenant_id, token_hash),
  constraint board_snapshot_life_ck check (made_at < expires_at),
  foreign key (tenant_id, board_id) references amc.board (tenant_id, id) on delete cascade
);
create index board_snapshot_board_ix on amc.board_snapshot (tenant_id, board_id, made_at desc, id desc);
