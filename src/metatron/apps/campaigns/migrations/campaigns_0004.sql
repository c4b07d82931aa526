-- Updates of the organiser, questions with their answers, and the weekly status.
create table campaigns.public_update (
  tenant_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  title text not null check (title <> ''),
  text text not null check (text <> ''),
  published_by uuid,
  published_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id)
);
create index public_update_campaign_ix
  on campaigns.public_update (tenant_id, campaign_id, published_at, id);

create table campaigns.question (
  tenant_id uuid not null,
  id uuid not null,
  campaign_id uuid not null,
  asked_by uuid not null,
  text text not null check (text <> ''),
  asked_at timestamptz not null,
  state text not null check (state in ('open', 'answered', 'hidden')),
  answer text check (answer <> ''),
  answered_by uuid,
  answered_at timestamptz,
  version bigint not null default 1,
  primary key (tenant_id, id),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id),
  check ((state = 'answered') = (answer is not null)),
  check ((state = 'open') = (answered_at is null))
);
create index question_campaign_ix
  on campaigns.question (tenant_id, campaign_id, state, asked_at, id);

insert into campaigns.allowed_transition (machine, name, from_state, to_state) values
  ('campaign', 'tell_status', 'live', 'live'),
  ('campaign', 'tell_status', 'paused', 'paused');
