-- What of a chunk is kept: one query a file, divided by semicolons at the ends of lines. `_user` is
-- the person's number, null where the event is not resolved.
-- person
select u as _user, cast(brand as utinyint) as brand from person order by u;
-- dsp
select case when known then u end as _user, event, cast(campaign as utinyint) as campaign, cast(creative as utinyint) as creative, ts, cost, seen from dsp order by event;
-- dsp_click
select case when known then u end as _user, event, impression, cast(campaign as utinyint) as campaign, cast(creative as utinyint) as creative, ts, cost from dsp_click order by event;
-- sponsored
select case when known then u end as _user, event, cast(campaign as utinyint) as campaign, cast(creative as utinyint) as creative, ts, click, cost from sponsored order by event // 16384, ts, event;
-- conversion
select u as _user, conversion, cast(kind as utinyint) as kind, ts, cast(asin as utinyint) as asin, cast(units as utinyint) as units, price, new_to_brand, conversion in (select conversion from exposed) as exposed from done order by u, ts, conversion;
-- credited
select u as _user, conversion, cast(kind as utinyint) as kind, ts, cast(asin as utinyint) as asin, cast(units as utinyint) as units, price, new_to_brand, event, source = 'sp' as sponsored, cast(campaign as utinyint) as campaign, cast(creative as utinyint) as creative, cost, touched_at, click from credited order by u, ts, conversion;
-- truth_order
select * from truth_order order by u, ts, conversion;
-- truth_touch
select * from truth_touch order by u, source, campaign;
