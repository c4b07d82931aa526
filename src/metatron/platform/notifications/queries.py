"""The delivery log."""

from metatron.kernel.database.direct import BOUND

MESSAGES = (
    BOUND
    + """
select json_build_object('items', coalesce(json_agg(r.item order by r.id desc), '[]'))::text
from bound, lateral (
  select m.id, json_build_object(
    'id', m.id, 'recipient_id', m.recipient_id, 'template', m.template,
    'template_version', m.template_version, 'locale', m.locale, 'state', m.state,
    'created_at', m.created_at, 'sent_at', m.sent_at, 'attempts', coalesce(a.attempts, 0),
    'last_outcome', a.outcome, 'last_smtp_code', a.smtp_code) item
  from notifications.message m
  left join lateral (
    select count(*) over () attempts, d.outcome, d.smtp_code
    from notifications.delivery_attempt d
    where d.tenant_id = m.tenant_id and d.message_id = m.id
    order by d.attempted_at desc, d.id desc limit 1) a on true
  where m.tenant_id = bound.t::uuid
    and ($2::uuid is null or m.id < $2) and ($3::text is null or m.state = $3)
  order by m.id desc limit $4) r
"""
)
"""Arguments: id to go on before, state, limit."""
