"""Lists of updates, questions and told messages by the direct door."""

from metatron.kernel.database.direct import BOUND

_CURSOR = "json_build_array({column}::text, {id})"


_PAGE = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select {columns}, {cursor} as cursor_ from {source} where {condition}
    and ($4::text is null or ({column}, {id}) < ($4::text::timestamptz, $5::uuid))
  order by {column} desc, {id} desc limit $6) r"""
)


def _page(columns: str, source: str, condition: str, column: str, row_id: str) -> str:
    """Return one page, the newest first. $2 whose, $3 filter, $4 and $5 cursor, $6 limit."""
    statement = _PAGE.replace("{cursor}", _CURSOR)
    places = {"columns": columns, "source": source, "condition": condition, "column": column}
    for name, value in (places | {"id": row_id}).items():
        statement = statement.replace("{" + name + "}", value)
    return statement


QUESTIONS = _page(
    "q.id, q.campaign_id, q.text, q.asked_at, q.state, q.answer, q.answered_at, q.version",
    "campaigns.question q",
    "q.tenant_id = bound.t::uuid and q.campaign_id = $2 and ($3::text is null or q.state = $3)",
    "q.asked_at",
    "q.id",
)
UPDATES = _page(
    "u.id, u.campaign_id, u.title, u.text, u.published_at",
    "campaigns.public_update u",
    "u.tenant_id = bound.t::uuid and u.campaign_id = $2 and $3::text is null",
    "u.published_at",
    "u.id",
)
MESSAGES = _page(
    "s.sent_at, s.template, s.template_version, s.user_id, s.subject_id, s.ordinal, t.name step",
    "campaigns.message s join campaigns.transition t on t.tenant_id = s.tenant_id"
    " and t.subject_id = s.subject_id and t.ordinal = s.ordinal",
    "s.tenant_id = bound.t::uuid and t.campaign_id = $2 and ($3::text is null or s.template = $3)",
    "s.sent_at",
    "s.user_id",
)
