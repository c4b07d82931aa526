"""Lists and details by the direct door: one statement that binds the tenant and answers JSON."""

from functools import lru_cache

from metatron.apps.campaigns.edge.step_guards import STEP_FACTS
from metatron.apps.campaigns.machine.transitions import WITHDRAWABLE
from metatron.apps.campaigns.money.gathered import HELD_UNITS, TOTALS
from metatron.kernel.database.direct import BOUND
from metatron.kernel.http.sorting import behind, order_of, read_sort
from metatron.kernel.paging import Kind

CAMPAIGN = (
    """
  select c.id, c.product_id, c.reference, c.slug, c.title, c.summary,
    json_build_object('sku', c.sku, 'name', c.product_name,
      'description', c.product_description) product,
    c.picture_url, c.goal_units, c.goal_amount_minor, c.unit_price_minor, c.tiers,
    c.final_unit_price_minor, c.milestones, c.released_bp, c.inspection_extended_at,
    c.min_accept_units, c.oversub_rule, c.lottery_seed,
    c.accepted_units, c.consent_until, c.units_allocated, c.allocated_at, c.funding_mode,
    c.extended_at, c.free_withdrawal_until, c.currency,
    c.min_units, c.max_units,
    c.cap_units, c.opens_at, c.deadline_at, c.time_zone, c.delivery_strategy,
    (select json_build_object('id', p.id, 'name', p.name, 'address', p.address)
     from campaigns.consolidation_point p
     where p.tenant_id = c.tenant_id and p.id = c.consolidation_point_id) consolidation_point,
    c.supplier_id, c.supplier_name, c.supplier_unit_price_minor, c.supplier_window_days,
    c.terms_version, c.terms_hash, c.state, c.outcome, c.visibility, c.accept_by,
    c.inspection_ends_at, c.release_held_at, c.version, c.created_at,
    """
    + TOTALS
    + """ totals,
    """
    + STEP_FACTS
    + """
  from campaigns.campaign c
"""
)

CAMPAIGN_BY_ID = (
    BOUND
    + " select row_to_json(r)::text from bound, lateral ("
    + CAMPAIGN
    + " where c.tenant_id = bound.t::uuid and c.id = $2 limit 1) r"
)

SORTS: dict[str, tuple[str, Kind]] = {
    "created_at": ("c.created_at", "timestamptz"),
    "deadline_at": ("coalesce(c.deadline_at, 'infinity')", "timestamptz"),
    "title": ("lower(coalesce(c.title, ''))", "text"),
    "state": ("c.state", "text"),
}
_CURSOR = "json_build_array({columns})"
_FROM = "\n  from campaigns.campaign c"
_FILTER = """
  where c.tenant_id = bound.t::uuid
    and ($2::text is null or c.state = $2)
    and ($3::text is null or concat_ws(' ', c.title, c.reference, c.sku, c.product_name)
         ilike '%' || replace(replace(replace($3, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%')
"""


@lru_cache(maxsize=200)
def campaign_page(sort: str) -> tuple[str, tuple[Kind, ...]]:
    """Return the statement of one page, a row of JSON each, sorted by several keys, then the id.

    $4 is the limit; from $5 on the cursor's values as text, all null at first: of the types that
    are returned too.

    Raises:
        InvalidInput: an order that the list does not know.
    """
    sorts = read_sort(sort, SORTS)
    columns = (*sorts, ("c.id", "uuid", sorts[-1][2]))
    last = [f"${at + 5}::text::{kind}" for at, (_, kind, _) in enumerate(columns)]
    texts = ", ".join(f"({column})::text" for column, _, _ in columns)
    # Cut first: otherwise what is shown is worked out for every row before they are sorted.
    cut = (
        f"\n  from (select c.*{_FROM}{_FILTER} and ($5::text is null or {behind(columns, last)})"
        f" order by {order_of(columns)} limit $4) c"
    )
    shown = f", {_CURSOR.replace('{columns}', texts)} as cursor_{cut}"
    statement = "".join(
        (
            BOUND,
            " select row_to_json(r)::text from bound, lateral (",
            CAMPAIGN.replace(_FROM, shown),
            ") r",
        )
    )
    return statement, tuple(kind for _, kind, _ in columns)


def cursor_of(column: str, row_id: str) -> str:
    """Return the SQL of a row's cursor: its sort key and its id."""
    return _CURSOR.replace("{columns}", f"{column}::text, {row_id}")


CAMPAIGN_COUNT = (
    BOUND
    + " select count(*)::int from bound, lateral (select from campaigns.campaign c"
    + _FILTER
    + " limit $4::int) r"
)
"""$4 is where counting stops; null counts to the end."""

COMMITMENTS_OF_CAMPAIGN = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select m.id, m.reference, m.member_id, m.units, m.amount_minor, m.units_allocated,
    m.final_amount_minor, m.currency, m.state, m.refund_reason, m.linked_as,
    m.placed_at, m.version, """
    + cursor_of("m.placed_at", "m.id")
    + """ as cursor_
  from campaigns.commitment m
  where m.tenant_id = bound.t::uuid and m.campaign_id = $2 and ($3::text is null or m.state = $3)
    and ($4::text is null or (m.placed_at, m.id) > ($4::text::timestamptz, $5::uuid))
  order by m.placed_at, m.id limit $6) r"""
)

_NOW = """now() + coalesce((select make_interval(secs => k.offset_seconds)
    from kernel.tenant_clock k where k.tenant_id = bound.t::uuid), interval '0')"""
OWN_COMMITMENTS = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select m.id, m.reference, m.campaign_id, c.title campaign_title, c.funding_mode, m.units,
    m.unit_price_minor, m.amount_minor, m.currency, m.state, m.units_allocated,
    m.final_unit_price_minor,
    m.final_amount_minor, (select json_build_object('units', n.units_proposed,
       'unit_price_minor', n.unit_price_minor, 'amount_minor', n.amount_minor,
       'back_minor', n.back_minor, 'answer', n.answer, 'answer_by', c.consent_until)
     from campaigns.consent n
     where n.tenant_id = m.tenant_id and n.commitment_id = m.id) consent,
    (select x.confirmed_at from campaigns.receipt x
     where x.tenant_id = m.tenant_id and x.commitment_id = m.id) received_at,
    m.placed_at, m.version,
    (m.state in ("""
    + ", ".join(f"'{state}'" for state in sorted(WITHDRAWABLE))
    + """) and c.state in ('live', 'paused')
      and c.deadline_at > """
    + _NOW
    + """) can_withdraw, '[]'::json moves, '[]'::json history, """
    + cursor_of("m.placed_at", "m.id")
    + """ as cursor_
  from campaigns.commitment m
  join campaigns.campaign c on c.tenant_id = m.tenant_id and c.id = m.campaign_id
  where m.tenant_id = bound.t::uuid and m.member_id = $2 and ($3::text is null or m.state = $3)
    and ($4::text is null or (m.placed_at, m.id) < ($4::text::timestamptz, $5::uuid))
  order by m.placed_at desc, m.id desc limit $6) r"""
)

ISSUES_OF_CAMPAIGN = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select i.id, i.campaign_id, i.commitment_id, i.category, i.text, i.state, i.outcome,
    i.resolution, i.refund_minor, i.supplier_answer, i.supplier_answered_at,
    i.opened_at, i.resolved_at, i.version,
    m.reference commitment_reference, m.amount_minor, m.currency, """
    + cursor_of("i.opened_at", "i.id")
    + """ as cursor_
  from campaigns.issue i
  join campaigns.commitment m on m.tenant_id = i.tenant_id and m.id = i.commitment_id
  where i.tenant_id = bound.t::uuid and i.campaign_id = $2 and ($3::text is null or i.state = $3)
    and ($4::text is null or (i.opened_at, i.id) > ($4::text::timestamptz, $5::uuid))
  order by i.opened_at, i.id limit $6) r"""
)

_NOTICE = """n.id, n.campaign_id, n.kind, n.state, n.what, n.why, n.worst_case, n.new_date_at,
    n.answer_by, n.requested_at, n.given_at, n.version"""
_ITEMS = """ select json_build_object('items', coalesce(json_agg(r), '[]'))::text
from bound, lateral (select """
NOTICES_OF_CAMPAIGN = (
    BOUND
    + _ITEMS
    + _NOTICE
    + """ from campaigns.notice n
  where n.tenant_id = bound.t::uuid and n.campaign_id = $2
  order by n.requested_at desc, n.id desc limit 200) r"""
)
NOTICES_OF_COMMITMENT = (
    BOUND
    + """ select json_build_object('items', (select coalesce(json_agg(r), '[]') from (select """
    + _NOTICE
    + """, a.answer,
    (coalesce(a.answer, 'stay') = 'stay' and n.answer_by > """
    + _NOW
    + """
      and m.state in ('placed', 'authorising', 'authorised', 'held', 'allocated')) can_answer
  from campaigns.notice n
  left join campaigns.notice_answer a on a.tenant_id = n.tenant_id and a.notice_id = n.id
    and a.commitment_id = m.id
  where n.tenant_id = m.tenant_id and n.campaign_id = m.campaign_id
    and n.state = 'given' and n.given_at >= m.placed_at
  order by n.given_at desc, n.id desc limit 200) r))::text
from bound, lateral (select * from campaigns.commitment m
  where m.tenant_id = bound.t::uuid and m.id = $2 and m.member_id = $3 limit 1) m"""
)

CAMPAIGN_EXISTS = (
    BOUND
    + """ select true from bound, lateral (select from campaigns.campaign c
  where c.tenant_id = bound.t::uuid and c.id = $2 limit 1) r"""
)

HISTORY_OF_CAMPAIGN = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select t.at, t.name, t.from_state, t.to_state, t.reason, t.actor_kind, t.actor_id
  from campaigns.transition t
  where t.tenant_id = bound.t::uuid and t.subject_id = $2 order by t.ordinal) r"""
)

LOCKING = (
    BOUND
    + """ select json_build_object('state', r.state, 'has_commitments', exists (
    select from campaigns.commitment m where m.tenant_id = r.tenant_id and m.campaign_id = r.id
  ))::text
from bound, lateral (select c.tenant_id, c.id, c.state from campaigns.campaign c
  where c.tenant_id = bound.t::uuid and c.id = $2 limit 1) r"""
)

CONSOLIDATION_POINTS = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select p.id, p.name, p.address, p.archived_at, p.version from campaigns.consolidation_point p
  where p.tenant_id = bound.t::uuid order by p.name, p.id limit 500) r"""
)

SUPPLIED = (
    """
  select c.id, c.reference, c.title,
    json_build_object('sku', c.sku, 'name', c.product_name,
      'description', c.product_description) product,
    c.state, c.deadline_at, c.accept_by, c.accepted_units, c.min_accept_units, c.consent_until,
    c.delivery_strategy,
    (select json_build_object('id', p.id, 'name', p.name, 'address', p.address)
     from campaigns.consolidation_point p
     where p.tenant_id = c.tenant_id and p.id = c.consolidation_point_id) consolidation_point,
    c.supplier_unit_price_minor, c.currency,
    case when c.accept_by is not null then """
    + HELD_UNITS
    + """ end units,
    (select coalesce(json_agg(f), '[]') from (
      select e.id, e.kind, e.note, e.units, e.recorded_at from campaigns.fulfilment_event e
      where e.tenant_id = c.tenant_id and e.campaign_id = c.id
      order by e.recorded_at, e.id) f) fulfilment_events,
    c.version, """
    + STEP_FACTS
)
SUPPLIER_CAMPAIGNS = (
    BOUND
    + " select coalesce(json_agg(r), '[]')::text from bound, lateral ("
    + SUPPLIED
    + ", "
    + cursor_of("c.created_at", "c.id")
    + """ as cursor_
  from campaigns.campaign c
  where c.tenant_id = bound.t::uuid and c.supplier_id = $2 and c.visibility <> 'draft'
    and ($3::uuid is null or c.id = $3)
    and ($4::text is null or (c.created_at, c.id) < ($4::text::timestamptz, $5::uuid))
  order by c.created_at desc, c.id desc limit $6) r"""
)
