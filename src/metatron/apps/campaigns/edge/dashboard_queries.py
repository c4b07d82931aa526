"""The figures of one campaign's dashboard, in one statement."""

from metatron.kernel.database.direct import BOUND

_STANDS = (
    "m.state in ('placed', 'authorising', 'authorised', 'held', 'allocated', 'released', 'settled')"
)
_OF_CAMPAIGN = (
    "from campaigns.commitment m where m.tenant_id = c.tenant_id and m.campaign_id = c.id"
)
_STAGES = (
    ("placed", "true"),
    ("held", "m.state in ('held', 'allocated', 'released', 'settled')"),
    ("allocated", "m.state in ('allocated', 'released', 'settled')"),
    ("settled", "m.state = 'settled'"),
    ("left", f"not ({_STANDS})"),
)
_SUMS = ", ".join(
    f"""json_build_object('stage', '{name}',
      'commitments', count(*) filter (where {condition}),
      'units', coalesce(sum(m.units) filter (where {condition}), 0),
      'amount_minor', coalesce(sum(m.amount_minor) filter (where {condition}), 0))"""
    for name, condition in _STAGES
)
_DAYS = (
    """select coalesce(json_agg(d order by d."on"), '[]') from (
    select (m.placed_at at time zone c.time_zone)::date "on", count(*) commitments,
      sum(m.units) units, sum(m.amount_minor) amount_minor,
      coalesce(sum(m.units) filter (where """
    + _STANDS
    + "), 0) kept_units "
    + _OF_CAMPAIGN
    + " group by 1 order by 1 limit 400) d"
)
DASHBOARD = (
    BOUND
    + """, clock as materialized (select bound.t, now() + coalesce((
    select make_interval(secs => k.offset_seconds) from kernel.tenant_clock k
    where k.tenant_id = bound.t::uuid), interval '0') instant from bound)
  select r.item::text from clock, lateral (select json_build_object(
    'state', c.state, 'currency', c.currency, 'time_zone', c.time_zone,
    'goal_units', c.goal_units, 'deadline_at', c.deadline_at, 'read_at', clock.instant,
    'first_on', (coalesce(c.opens_at, c.created_at) at time zone c.time_zone)::date,
    'today_on', (clock.instant at time zone c.time_zone)::date,
    'stages', (select json_build_array("""
    + _SUMS
    + ") "
    + _OF_CAMPAIGN
    + "), 'days', ("
    + _DAYS
    + """)) item
  from campaigns.campaign c where c.tenant_id = clock.t::uuid and c.id = $2) r"""
)
"""Argument: the campaign. Days are those of the campaign's time zone, 400 at most."""
