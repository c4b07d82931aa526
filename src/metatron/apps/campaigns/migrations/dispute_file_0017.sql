create table campaigns.dispute_file (
  tenant_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  dispute_id uuid not null,
  file_id uuid not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  media_type text not null,
  name text not null,
  note text,
  added_by uuid,
  added_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id),
  foreign key (tenant_id, dispute_id) references campaigns.card_dispute (tenant_id, id)
);
create unique index dispute_file_content_uq
  on campaigns.dispute_file (tenant_id, dispute_id, sha256);
create index dispute_file_campaign_ix on campaigns.dispute_file (tenant_id, campaign_id);
