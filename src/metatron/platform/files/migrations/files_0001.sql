create table files.file (
  tenant_id uuid not null,
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  media_type text not null,
  size_bytes bigint not null check (size_bytes > 0),
  sha256 bytea not null check (octet_length(sha256) = 32),
  purpose text not null,
  uploaded_by uuid,
  uploaded_at timestamptz not null,
  state text not null check (state in ('stored', 'deleted')),
  expires_at timestamptz,
  deleted_at timestamptz,
  primary key (tenant_id, id),
  constraint file_deleted_ck check ((state = 'deleted') = (deleted_at is not null))
);
create index file_content_ix on files.file (tenant_id, sha256) where state = 'stored';

create function files.refuse_file_change() returns trigger language plpgsql as $$
begin
  if (new.tenant_id, new.id, new.name, new.media_type, new.size_bytes, new.sha256, new.purpose,
      new.uploaded_by, new.uploaded_at)
     is distinct from
     (old.tenant_id, old.id, old.name, old.media_type, old.size_bytes, old.sha256, old.purpose,
      old.uploaded_by, old.uploaded_at) then
    raise exception 'what file % holds cannot change', old.id
      using errcode = 'restrict_violation';
  end if;
  if old.state = 'deleted' and new.state <> 'deleted' then
    raise exception 'file % was deleted', old.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger file_change before update on files.file
  for each row execute function files.refuse_file_change();

create table files.attachment (
  tenant_id uuid not null,
  id uuid not null,
  file_id uuid not null,
  subject_kind text not null check (length(subject_kind) between 1 and 100),
  subject_id uuid not null,
  attached_by uuid,
  attached_at timestamptz not null,
  primary key (tenant_id, id),
  constraint attachment_once_uq unique (tenant_id, subject_id, subject_kind, file_id),
  foreign key (tenant_id, file_id) references files.file (tenant_id, id)
);
create index attachment_file_ix on files.attachment (tenant_id, file_id);
