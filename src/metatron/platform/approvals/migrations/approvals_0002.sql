alter table approvals.approval
  add column party_ids uuid[] not null default '{}',
  add column agreed_by uuid,
  add column agreed_at timestamptz,
  add column agreed_reason text check (length(agreed_reason) <= 1000),
  add constraint approval_agreed_ck check ((agreed_by is null) = (agreed_at is null)),
  add constraint approval_agreed_by_ck check (agreed_by <> all (requester_ids || party_ids)),
  add constraint approval_party_ck
    check (state not in ('approved', 'rejected') or decided_by <> all (party_ids)),
  -- What was approved before this rule stays as it was.
  add constraint approval_two_agree_ck check (
    state <> 'approved' or requested_by_kind in ('user', 'operator', 'api_key')
    or (agreed_by is not null and agreed_by <> decided_by)
  ) not valid;

create function approvals.refuse_agreement_change() returns trigger language plpgsql as $$
begin
  if new.party_ids is distinct from old.party_ids then
    raise exception 'whose matter approval % is cannot change', old.id
      using errcode = 'restrict_violation';
  end if;
  if (new.agreed_by, new.agreed_at, new.agreed_reason)
     is distinct from (old.agreed_by, old.agreed_at, old.agreed_reason)
     and (old.agreed_by is not null or old.state <> 'requested') then
    raise exception 'approval % was agreed to before', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger approval_agreement before update on approvals.approval
  for each row execute function approvals.refuse_agreement_change();
