create or replace function files.refuse_file_change() returns trigger language plpgsql as $$
begin
  -- Of a deleted file the name may be forgotten: it is its uploader's word.
  if old.state = 'deleted' and new.name = '(erased)' then
    old.name := new.name;
  end if;
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
