-- What each campaign gathered, kept beside its commitments. A campaign has as many rows as
-- transactions have changed it at once; its figures are their sums, a single row's mean nothing.
create table campaigns.gathered (
  tenant_id uuid not null,
  campaign_id uuid not null,
  slot uuid not null,
  commitments bigint not null,  -- but those that lapsed
  held_units bigint not null,
  early_units bigint not null,  -- placed or being authorised
  reserved_units bigint not null,  -- of these, with the provider's reservation
  let_go_units bigint not null,
  let_go_reserved_units bigint not null,
  returned_units bigint not null,  -- going back since the campaign, or its supplier, could not
  by_hand_units bigint not null,  -- going back since somebody decided so
  escrow_minor bigint not null,
  primary key (tenant_id, campaign_id, slot),
  foreign key (tenant_id, campaign_id) references campaigns.campaign (tenant_id, id)
) with (fillfactor = 50);

create function campaigns.in_escrow(of_state text) returns boolean language sql immutable as $$
  select of_state in ('held', 'allocated', 'withdrawn', 'refund_due', 'refund_failed')
$$;

-- What one commitment adds, but for its parts returned and released. PostgreSQL inlines this.
create function campaigns.counted(of_state text, units bigint, is_reserved boolean,
  last_transition text, reason text, captured_minor bigint)
returns table (commitments int, held_units bigint, early_units bigint, reserved_units bigint,
  let_go_units bigint, let_go_reserved_units bigint, returned_units bigint, by_hand_units bigint,
  escrow_minor bigint)
language sql immutable as $$
  select (of_state <> 'lapsed')::int,
    case when of_state in ('held', 'allocated', 'released', 'settled') then units else 0 end,
    case when is_early then units else 0 end,
    case when is_early and is_reserved then units else 0 end,
    case when is_let_go then units else 0 end,
    case when is_let_go and is_reserved then units else 0 end,
    case when is_returned and reason in ('campaign_failed', 'supplier_unable', 'delivery_failure')
      then units else 0 end,
    case when is_returned and reason = 'admin_manual' then units else 0 end,
    case when campaigns.in_escrow(of_state) then coalesce(captured_minor, 0) else 0 end
  from (select of_state in ('placed', 'authorised', 'authorising') is_early,
    of_state = 'lapsed' and last_transition = 'let_go' is_let_go,
    of_state in ('refund_due', 'refund_failed', 'refunded') is_returned) k
$$;

-- Adds to a row that nobody holds, so that members who commit at once never wait for each other.
create function campaigns.add_gathered(d campaigns.gathered) returns void language plpgsql as $$
declare
  free uuid;
begin
  select g.slot into free from campaigns.gathered g
  where g.tenant_id = d.tenant_id and g.campaign_id = d.campaign_id
  limit 1 for no key update skip locked;
  if free is null then
    d.slot := gen_random_uuid();
    insert into campaigns.gathered select d.*;
    return;
  end if;
  update campaigns.gathered g set commitments = g.commitments + d.commitments,
    held_units = g.held_units + d.held_units, early_units = g.early_units + d.early_units,
    reserved_units = g.reserved_units + d.reserved_units,
    let_go_units = g.let_go_units + d.let_go_units,
    let_go_reserved_units = g.let_go_reserved_units + d.let_go_reserved_units,
    returned_units = g.returned_units + d.returned_units,
    by_hand_units = g.by_hand_units + d.by_hand_units,
    escrow_minor = g.escrow_minor + d.escrow_minor
  where g.tenant_id = d.tenant_id and g.campaign_id = d.campaign_id and g.slot = free;
end $$;

create function campaigns.gather_placed() returns trigger language plpgsql as $$
declare
  d campaigns.gathered;
begin
  if current_setting('app.copying', true) = 'on' then
    if kernel.is_copying(tg_relid) then
      return null;
    end if;
  end if;
  for d in
    select n.tenant_id, n.campaign_id, null, sum(k.commitments), sum(k.held_units),
      sum(k.early_units), sum(k.reserved_units), sum(k.let_go_units),
      sum(k.let_go_reserved_units), sum(k.returned_units), sum(k.by_hand_units),
      sum(k.escrow_minor)
    from came n, campaigns.counted(n.state, coalesce(n.units_allocated, n.units),
      n.authorised_reference is not null, n.last_transition, n.refund_reason, n.captured_minor) k
    group by n.tenant_id, n.campaign_id
  loop
    perform campaigns.add_gathered(d);
  end loop;
  return null;
end $$;

create function campaigns.gather_moved() returns trigger language plpgsql as $$
declare
  d campaigns.gathered;
begin
  if current_setting('app.copying', true) = 'on' then
    if kernel.is_copying(tg_relid) then
      return null;
    end if;
  end if;
  for d in
    with sided as materialized (
      select 1 side, n.* from came n union all select -1, o.* from gone o
    ), crossed as (
      -- Parts are told from escrow inside it, from what went back outside: crossing brings them
      -- along. Before anything was captured there are none.
      select s.tenant_id, s.campaign_id, s.id, sum(s.side) filter (
        where campaigns.in_escrow(s.state)) way
      from sided s where s.captured_minor is not null
      group by s.tenant_id, s.campaign_id, s.id
      having count(*) = 2 and sum(s.side) filter (where campaigns.in_escrow(s.state)) <> 0
    ), parts as (
      select x.tenant_id, x.campaign_id, sum(x.way * (
        (select coalesce(sum(f.amount_minor), 0) from campaigns.refund f
         where f.tenant_id = x.tenant_id and f.commitment_id = x.id and not f.whole)
        + (select coalesce(sum(r.amount_minor), 0) from campaigns.share_release r
           where r.tenant_id = x.tenant_id and r.commitment_id = x.id))) minor
      from crossed x group by x.tenant_id, x.campaign_id
    )
    select s.tenant_id, s.campaign_id, null, sum(s.side * k.commitments),
      sum(s.side * k.held_units), sum(s.side * k.early_units), sum(s.side * k.reserved_units),
      sum(s.side * k.let_go_units), sum(s.side * k.let_go_reserved_units),
      sum(s.side * k.returned_units), sum(s.side * k.by_hand_units),
      sum(s.side * k.escrow_minor) - coalesce((select p.minor from parts p
        where p.tenant_id = s.tenant_id and p.campaign_id = s.campaign_id), 0)
    from sided s, campaigns.counted(s.state, coalesce(s.units_allocated, s.units),
      s.authorised_reference is not null, s.last_transition, s.refund_reason, s.captured_minor) k
    group by s.tenant_id, s.campaign_id
  loop
    if (d.commitments, d.held_units, d.early_units, d.reserved_units, d.let_go_units,
        d.let_go_reserved_units, d.returned_units, d.by_hand_units, d.escrow_minor)
       <> (0, 0, 0, 0, 0, 0, 0, 0, 0) then
      perform campaigns.add_gathered(d);
    end if;
  end loop;
  return null;
end $$;

create function campaigns.gather_part() returns trigger language plpgsql as $$
declare
  d campaigns.gathered;
begin
  if current_setting('app.copying', true) = 'on' then
    if kernel.is_copying(tg_relid) then
      return null;
    end if;
  end if;
  for d in
    select n.tenant_id, n.campaign_id, null, 0, 0, 0, 0, 0, 0, 0, 0, sum(n.amount_minor * (
      (not campaigns.in_escrow(p.state))::int - (n.state = 'confirmed')::int))
    from came n
    join campaigns.commitment p on p.tenant_id = n.tenant_id and p.id = n.commitment_id
    where not n.whole group by n.tenant_id, n.campaign_id
  loop
    if d.escrow_minor <> 0 then
      perform campaigns.add_gathered(d);
    end if;
  end loop;
  return null;
end $$;

create function campaigns.gather_part_moved() returns trigger language plpgsql as $$
declare
  d campaigns.gathered;
begin
  if current_setting('app.copying', true) = 'on' then
    if kernel.is_copying(tg_relid) then
      return null;
    end if;
  end if;
  for d in
    select s.tenant_id, s.campaign_id, null, 0, 0, 0, 0, 0, 0, 0, 0, -sum(s.side * s.amount_minor)
    from (select 1 side, n.* from came n union all select -1, o.* from gone o) s
    where not s.whole and s.state = 'confirmed' group by s.tenant_id, s.campaign_id
  loop
    if d.escrow_minor <> 0 then
      perform campaigns.add_gathered(d);
    end if;
  end loop;
  return null;
end $$;

create function campaigns.gather_share() returns trigger language plpgsql as $$
declare
  d campaigns.gathered;
begin
  if current_setting('app.copying', true) = 'on' then
    if kernel.is_copying(tg_relid) then
      return null;
    end if;
  end if;
  for d in
    select n.tenant_id, n.campaign_id, null, 0, 0, 0, 0, 0, 0, 0, 0, -sum(n.amount_minor)
    from came n
    join campaigns.commitment p on p.tenant_id = n.tenant_id and p.id = n.commitment_id
    where campaigns.in_escrow(p.state) group by n.tenant_id, n.campaign_id
  loop
    perform campaigns.add_gathered(d);
  end loop;
  return null;
end $$;

create trigger commitment_gathered after insert on campaigns.commitment
  referencing new table as came
  for each statement execute function campaigns.gather_placed();
create trigger commitment_gathered_again after update on campaigns.commitment
  referencing old table as gone new table as came
  for each statement execute function campaigns.gather_moved();
create trigger refund_gathered after insert on campaigns.refund
  referencing new table as came
  for each statement execute function campaigns.gather_part();
create trigger refund_gathered_again after update on campaigns.refund
  referencing old table as gone new table as came
  for each statement execute function campaigns.gather_part_moved();
create trigger share_gathered after insert on campaigns.share_release
  referencing new table as came
  for each statement execute function campaigns.gather_share();

-- The triggers keep writers away until this is committed. The owner reads across organisations
-- here, and only here.
alter table campaigns.commitment no force row level security;
alter table campaigns.refund no force row level security;
alter table campaigns.share_release no force row level security;
insert into campaigns.gathered
select m.tenant_id, m.campaign_id, gen_random_uuid(), sum(k.commitments), sum(k.held_units),
  sum(k.early_units), sum(k.reserved_units), sum(k.let_go_units), sum(k.let_go_reserved_units),
  sum(k.returned_units), sum(k.by_hand_units), sum(k.escrow_minor)
from campaigns.commitment m, campaigns.counted(m.state, coalesce(m.units_allocated, m.units),
  m.authorised_reference is not null, m.last_transition, m.refund_reason, m.captured_minor) k
group by m.tenant_id, m.campaign_id;
update campaigns.gathered g set escrow_minor = g.escrow_minor + p.minor
from (
  select x.tenant_id, x.campaign_id, sum(x.minor) minor from (
    select f.tenant_id, f.campaign_id, f.amount_minor * (
      (not campaigns.in_escrow(m.state))::int - (f.state = 'confirmed')::int) minor
    from campaigns.refund f
    join campaigns.commitment m on m.tenant_id = f.tenant_id and m.id = f.commitment_id
    where not f.whole
    union all
    select r.tenant_id, r.campaign_id, -r.amount_minor
    from campaigns.share_release r
    join campaigns.commitment m on m.tenant_id = r.tenant_id and m.id = r.commitment_id
    where campaigns.in_escrow(m.state)) x
  group by x.tenant_id, x.campaign_id
) p
where p.tenant_id = g.tenant_id and p.campaign_id = g.campaign_id;
alter table campaigns.commitment force row level security;
alter table campaigns.refund force row level security;
alter table campaigns.share_release force row level security;
