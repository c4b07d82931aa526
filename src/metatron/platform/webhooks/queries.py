"""Lists of webhooks and of what was sent to them; secrets are in none."""

from metatron.kernel.database.direct import BOUND
from metatron.platform.tenancy.interface import paged

FIELDS = """e.id, e.url, e.description, e.events, e.is_on, e.off_reason, e.failing_since,
  e.old_secret_until, e.answerable_id, e.created_at, e.updated_at, e.version"""
ENDPOINTS = paged(
    FIELDS,
    "webhooks.endpoint e where e.tenant_id = bound.t::uuid",
    ("e.id",),
    ("uuid",),
)
ENDPOINT = f"""{BOUND} select to_json(r)::text from bound, lateral (
  select {FIELDS} from webhooks.endpoint e
  where e.tenant_id = bound.t::uuid and e.id = $2 limit 1) r"""
DELIVERIES = paged(
    """d.id, d.event_id, d.type, d.state, d.reason, d.attempts, d.next_attempt_at, d.created_at,
       d.ended_at,
       (select coalesce(json_agg(json_build_object('attempted_at', a.attempted_at,
          'duration_ms', a.duration_ms, 'status', a.status, 'error', a.error,
          'excerpt', a.excerpt) order by a.id desc), '[]')
        from (select * from webhooks.attempt t
              where t.tenant_id = d.tenant_id and t.delivery_id = d.id
              order by t.id desc limit 20) a) as attempts_made""",
    """webhooks.delivery d
       where d.tenant_id = bound.t::uuid and d.endpoint_id = $6::uuid
         and ($7::text is null or d.state = $7)""",
    ("d.id",),
    ("uuid",),
    descends=True,
)
"""Besides a page's arguments: endpoint, state."""
