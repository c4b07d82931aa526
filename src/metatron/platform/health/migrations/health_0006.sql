-- How fast the page felt to those who used it: readings counted by hour, route and step of the
-- measure. No person, organisation, address or single visit is in it.
create table health.web_vital (
  hour timestamptz not null,
  route text not null,
  metric text not null check (metric in ('LCP', 'INP', 'CLS', 'TTFB')),
  -- The step's upper end; readings above the last one are counted as infinite.
  up_to double precision not null,
  readings bigint not null check (readings > 0),
  primary key (hour, route, metric, up_to)
);
grant select, insert, update, delete on health.web_vital to metatron_system;
