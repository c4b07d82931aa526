-- Fees of the organisation itself, and refunds that come back after their confirmation.
alter table campaigns.provider_charge alter column campaign_id drop not null;

alter table campaigns.refund
  add column came_back_minor bigint not null default 0 check (came_back_minor >= 0);

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
      ('failed', 'instructed'), ('failed', 'confirmed'))
     and not (old.state = 'confirmed' and new.state = 'failed'
       and new.came_back_minor = old.came_back_minor + old.amount_minor) then
    raise exception 'refund % cannot go from % to %', old.id, old.state, new.state
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

insert into campaigns.allowed_transition (machine, name, from_state, to_state)
select 'commitment', 'part_came_back', s, s from unnest(array['held', 'allocated', 'refund_due',
  'refund_failed', 'refunded', 'released', 'settled', 'disputed', 'lost']) s
union all select 'commitment', 'refund_came_back', 'refunded', 'refund_failed';
