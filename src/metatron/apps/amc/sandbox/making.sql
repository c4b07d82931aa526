-- Makes the users [$low, $high) and all they do. Every figure is drawn by a hash of what it is for:
-- the same seed makes the same rows, in whatever sequence the chunks are made.
-- Statements are divided by semicolons at the ends of lines.
create temp table person as
select
    u,
    -- Few are shown very much, most a little: a log-normal taste for being online.
    exp(0.9 * sqrt(-2 * ln(1 - draw('taste', u))) * cos(6.283185307 * draw('angle', u)) - 0.405) as taste,
    draw('price', u) as price_sense,
    cast(floor(pow(draw('brand', u), 1.3) * 4) as integer) as brand
from range($low, $high) people (u);
create temp table dsp as
with shown as (
    select u, brand, unnest(range(least(2000, cast(floor(-ln(1 - draw('dsp', u)) * 6.2 * taste) as bigint)))) as k
    from person
),
placed as (
    select
        u, u * 16384 + k as event,
        -- Most of what somebody sees is of the brand they once looked at.
        case when draw('liked', u * 16384 + k) < 0.72
            then cast(floor(pow(draw('which', u * 16384 + k % 3), 1.8) * 6) as integer) * 4 + brand
            else cast(floor(pow(draw('other', u * 16384 + k), 1.5) * 24) as integer)
        end as campaign
    from shown
)
select
    u, event, campaign,
    cast(floor(draw('creative', event) * 4) as integer) as creative,
    flight_start(campaign) + to_microseconds(cast(floor(draw('when', event) * flight_days(campaign) * 86400e6) as bigint)) as ts,
    draw('known', event) >= 0.07 as known,
    cast(200 + floor(draw('cost', event) * 900) as integer) as cost,
    draw('seen', event) < 0.62 as seen
from placed;
create temp table dsp_click as
select
    u, event + 4096 as event, event as impression, campaign, creative, known, cost,
    ts + to_microseconds(cast(2e6 + floor(draw('soon', event) * 58e6) as bigint)) as ts
from dsp
where draw('click', event) < 0.006 * (1 + creative);
create temp table sponsored_view as
with shown as (
    select u, brand, unnest(range(least(2000, cast(floor(-ln(1 - draw('sp', u)) * 3.6 * taste) as bigint)))) as k
    from person
)
select
    u, u * 16384 + 8192 + k as event,
    case when draw('splike', u * 16384 + k) < 0.8
        then cast(floor(pow(draw('spwhich', u * 16384 + k % 3), 1.6) * 4) as integer) * 4 + brand
        else cast(floor(draw('spother', u * 16384 + k) * 16) as integer)
    end as campaign,
    cast(floor(draw('spslot', u * 16384 + k) * 4) as integer) as creative,
    day_one() + to_microseconds(cast(floor(draw('spwhen', u * 16384 + k) * days() * 86400e6) as bigint)) as ts,
    draw('spknown', u * 16384 + k) >= 0.07 as known
from shown;
create temp table sponsored as
select u, event, campaign, creative, ts, known, false as click, 0 as cost from sponsored_view
union all
select
    u, event + 4096, campaign, creative,
    ts + to_microseconds(cast(1e6 + floor(draw('spsoon', event) * 30e6) as bigint)), known, true,
    cast(20 + floor(draw('spcost', event) * 180) as integer)
from sponsored_view
where draw('spclick', event) < 0.012 * (1 + creative);
-- What people do afterwards: kind 0 orders, 1 looks at a product, 2 puts it into the cart.
create temp table done as
with clicked as (
    select u, event, campaign, ts, 'dsp' as source from dsp_click where known
    union all
    select u, event, campaign, ts, 'sp' from sponsored where known and click
),
caused as (
    select u, event, campaign, source, 0 as kind,
        ts + to_microseconds(cast(3600e6 * exp(1.6 + 1.7 * sqrt(-2 * ln(1 - draw('d1', event))) * cos(6.283185307 * draw('d2', event))) as bigint)) as ts,
        ts as cause_at
    from clicked join person using (u)
    where draw('buys', event) < 0.22 * (1.3 - price_sense)
    union all
    select u, event, campaign, 'dsp', 0,
        ts + to_microseconds(cast(3600e6 * exp(2.6 + 1.5 * sqrt(-2 * ln(1 - draw('d3', event))) * cos(6.283185307 * draw('d4', event))) as bigint)), ts
    from dsp where known and seen and draw('viewbuys', event) < 0.0025
    union all
    select u, event, campaign, source, 1, ts + to_microseconds(cast(5e6 + draw('look', event) * 90e6 as bigint)), ts
    from clicked where draw('looks', event) < 0.8
    union all
    select u, event, campaign, source, 2, ts + to_microseconds(cast(120e6 + draw('cart', event) * 900e6 as bigint)), ts
    from clicked where draw('carts', event) < 0.3
),
meant as (
    select u, event * 8 + kind as conversion, kind, ts, event as cause,
        case when draw('halo', event * 8 + kind) < 0.8 then promoted(source, campaign)
            else cast(floor(draw('halo2', event * 8 + kind) * 12) as integer) * 4 + campaign % 4
        end as asin
    from caused
    where ts - cause_at <= interval 28 days
    union all
    select u, (u * 16384 + k) * 8 + 4, 0,
        day_one() - interval 400 days + to_microseconds(cast(floor(draw('own', u * 16384 + k) * (days() + 400) * 86400e6) as bigint)), null,
        cast(floor(draw('owna', u * 16384 + k) * 12) as integer) * 4
            + case when draw('ownb', u * 16384 + k) < 0.7 then brand else cast(floor(draw('ownc', u * 16384 + k) * 4) as integer) end
    from (select u, brand, unnest(range(cast(floor(-ln(1 - draw('orders', u)) * 0.45) as bigint))) as k from person)
)
select
    u, conversion, kind, ts, cause, asin, asin % 4 as brand,
    case when kind = 0 then 1 + cast(floor(draw('units', conversion) * 1.25) as integer) else 0 end as units,
    price_of(asin) as price,
    -- Nobody knows somebody whose events are not resolved.
    kind = 0 and coalesce(
        ts - lag(case when kind = 0 then ts end ignore nulls) over (partition by u, asin % 4 order by ts, conversion)
            > interval 365 days, true) as new_to_brand
from meant
where ts < day_one() + to_days(days());
create temp table touch as
select u, brand, event, source, campaign, creative, ts, cost, click from (
    select u, campaign % 4 as brand, event, 'dsp' as source, campaign, creative, ts, cost, false as click from dsp where known
    union all
    select u, campaign % 4, event, 'dsp', campaign, creative, ts, cost, true from dsp_click where known
    union all
    select u, campaign % 4, event, 'sp', campaign, creative, ts, cost, true from sponsored where known and click
);
create temp table exposed as
select conversion
from done asof join (
    select u, ts from dsp where known union all select u, ts from sponsored where known
) seen on done.u = seen.u and done.ts >= seen.ts
where done.ts - seen.ts <= interval 28 days;
-- The last click of 14 days gets the credit, else the last view.
create temp table credited as
select done.*, t.event, t.source, t.campaign, t.creative, t.cost, t.ts as touched_at, true as click
from done asof join (select * from touch where click) t on done.u = t.u and done.brand = t.brand and done.ts >= t.ts
where done.ts - t.ts <= interval 14 days
union all
select done.*, t.event, t.source, t.campaign, t.creative, t.cost, t.ts, false
from done asof join (select * from touch where not click) t on done.u = t.u and done.brand = t.brand and done.ts >= t.ts
where done.ts - t.ts <= interval 14 days
    and not exists (
        select 1 from touch c where c.click and c.u = done.u and c.brand = done.brand
            and c.ts <= done.ts and done.ts - c.ts <= interval 14 days
    );
-- The truths, found another way: by looking at all touches of each order.
create temp table truth_order as
select
    d.conversion, any_value(d.u) as u, any_value(d.ts) as ts, any_value(d.brand) as brand,
    any_value(d.new_to_brand) as new_to_brand, any_value(d.cause) as cause,
    coalesce(arg_max(t.event, t.ts) filter (t.click), arg_max(t.event, t.ts)) as credited_event,
    coalesce(arg_max(t.source, t.ts) filter (t.click), arg_max(t.source, t.ts)) as credited_source,
    coalesce(arg_max(t.campaign, t.ts) filter (t.click), arg_max(t.campaign, t.ts)) as credited_campaign,
    coalesce(bool_or(t.click), false) as by_click,
    count(t.event) as touches
from done d left join touch t
    on d.u = t.u and d.brand = t.brand and t.ts <= d.ts and d.ts - t.ts <= interval 14 days
where d.kind = 0
group by d.conversion;
create temp table truth_touch as
select u, source, campaign, count(*) filter (not click) as impressions, count(*) filter (click) as clicks,
    min(ts) as first_at, max(ts) as last_at
from (
    select u, 'dsp' as source, campaign, ts, false as click from dsp where known
    union all select u, 'dsp', campaign, ts, true from dsp_click where known
    union all select u, 'sp', campaign, ts, click from sponsored where known
)
group by all;
