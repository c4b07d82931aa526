create table if not exists meta (name text primary key, value text not null);

create table if not exists client (
    client_id text primary key,
    client_secret text not null,
    redirect_uris text not null
);
create table if not exists person (user_id text primary key, name text not null);
create table if not exists code (
    code_hash text primary key,
    client_id text not null references client,
    user_id text not null references person,
    redirect_uri text not null,
    challenge text,
    challenge_method text,
    expires_at real not null,
    used_at real
);
create table if not exists grant_ (
    refresh_hash text primary key,
    client_id text not null references client,
    user_id text not null references person,
    revoked_at real
);
create table if not exists access (
    access_hash text primary key,
    refresh_hash text not null references grant_,
    expires_at real not null
);

create table if not exists account (
    account_id text primary key,
    account_name text not null,
    marketplace_id text not null
);
create table if not exists may_use (
    user_id text not null references person,
    account_id text not null references account,
    primary key (user_id, account_id)
);
create table if not exists instance (
    instance_id text primary key,
    account_id text not null references account,
    document text not null,
    forbidden text
);

create table if not exists workflow (
    instance_id text not null references instance on delete cascade,
    workflow_id text not null,
    document text not null,
    created_at real not null,
    updated_at real not null,
    primary key (instance_id, workflow_id)
);
create table if not exists execution (
    number integer primary key,
    execution_id text not null unique,
    instance_id text not null references instance on delete cascade,
    workflow_id text not null,
    status text not null,
    status_reason text,
    request text not null,
    window_start text not null,
    window_end text not null,
    files text not null default '[]',
    metadata_files text not null default '[]',
    output_columns text,
    rows_scanned integer,
    created_at real not null,
    updated_at real not null,
    expires_at real not null
);
create index if not exists execution_list on execution (instance_id, created_at);
create index if not exists execution_due on execution (status, number);
create table if not exists schedule (
    instance_id text not null references instance on delete cascade,
    schedule_id text not null,
    workflow_id text not null,
    document text not null,
    primary key (instance_id, schedule_id)
);

create table if not exists chaos (
    id integer primary key,
    seed integer not null,
    operation text not null,
    fault text not null,
    probability real not null,
    remaining integer,
    value real,
    decisions integer not null default 0
);
