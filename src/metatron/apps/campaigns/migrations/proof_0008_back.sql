-- What names no campaign, or came back, cannot be kept.
delete from campaigns.provider_charge where campaign_id is null;
alter table campaigns.provider_charge alter column campaign_id set not null;
delete from campaigns.allowed_transition where name in ('part_came_back', 'refund_came_back');

create or replace function campaigns.refuse_refund_change() returns trigger language plpgsql as $$
begin
  if (new.tenant_id, new.id, new.campaign_id, new.commitment_id, new.amount_minor, new.currency,
      new.whole, new.created_at)
     is distinct from
     (old.tenant_id, old.id, old.campaign_id, old.commitment_id, old.amount_minor, old.currency,
      old.whole, old.created_at) then
    raise exception 'what refund % is about cannot change', old.id
      using errcode = 'restrict_violation';
  end if;
  if new.state <> old.state and (old.state, new.state) not in (
      ('due', 'instructed'), ('instructed', 'confirmed'), ('instructed', 'failed'),
      ('failed', 'instructed'), ('failed', 'confirmed')) then
    raise exception 'refund % cannot go from % to %', old.id, old.state, new.state
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
alter table campaigns.refund drop column came_back_minor;
