create table amc.asin (
  tenant_id uuid not null,
  asin text collate "C" not null check (asin ~ '^[A-Z0-9]{10}$'),
  title text not null default '',
  brand text not null default '',
  marketplace text not null default '',
  active boolean not null default true,
  seen_at timestamptz not null,
  primary key (tenant_id, asin)
);
create index asin_brand_ix on amc.asin (tenant_id, brand, asin);

-- Searching by the beginnings of words: a comparison of texts may use an index below row-level
-- security, a pattern or a text search vector may not, for their operators are not leakproof.
create table amc.asin_word (
  tenant_id uuid not null,
  word text collate "C" not null,
  asin text collate "C" not null,
  primary key (tenant_id, word, asin),
  foreign key (tenant_id, asin) references amc.asin (tenant_id, asin) on delete cascade
);
create index asin_word_asin_ix on amc.asin_word (tenant_id, asin);

create table amc.ad_campaign (
  tenant_id uuid not null,
  kind text not null check (kind in ('SP', 'SB', 'SD', 'DSP')),
  campaign_id text collate "C" not null check (length(campaign_id) between 1 and 100),
  name text not null,
  earlier_names text[] not null default '{}',
  state text not null default '',
  brand text not null default '',
  seen_at timestamptz not null,
  primary key (tenant_id, kind, campaign_id)
);
create index ad_campaign_name_ix on amc.ad_campaign (tenant_id, lower(name), campaign_id);

create table amc.catalogue_import (
  tenant_id uuid not null,
  id uuid not null,
  subject text not null check (subject in ('asins', 'campaigns')),
  file_name text not null,
  content bytea,
  state text not null check (state in ('waiting', 'done', 'failed')),
  lines bigint not null default 0,
  added bigint not null default 0,
  changed bigint not null default 0,
  unchanged bigint not null default 0,
  refused bigint not null default 0,
  problems jsonb not null default '[]',
  asked_by uuid,
  asked_at timestamptz not null,
  finished_at timestamptz,
  primary key (tenant_id, id),
  constraint catalogue_import_content_ck check ((state = 'waiting') = (content is not null))
);

create table amc.mapping (
  tenant_id uuid not null,
  instance_id uuid not null,
  brands jsonb not null,
  saved_by uuid,
  saved_at timestamptz not null,
  version bigint not null,
  primary key (tenant_id, instance_id),
  foreign key (tenant_id, instance_id) references amc.instance (tenant_id, id) on delete cascade
);
