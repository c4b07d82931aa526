-- What making.sql asks for: draws of a seed, and the world. Divided by semicolons at the ends of lines.
create macro draw(k, id) as
    hash(k, cast(id as bigint), getvariable('seed')) / 18446744073709551616.0;
create macro day_one() as cast(getvariable('day_one') as timestamp);
create macro days() as getvariable('days');
create macro price_of(asin) as list_extract(getvariable('prices'), asin + 1);
create macro promoted(source, n) as
    list_extract(case when source = 'dsp' then getvariable('dsp_asins') else getvariable('sp_asins') end, n + 1);
create macro flight_start(n) as
    day_one() + to_days(cast(list_extract(getvariable('dsp_first'), n + 1) as integer));
create macro flight_days(n) as list_extract(getvariable('dsp_days'), n + 1);
