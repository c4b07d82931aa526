"""Lists of requests."""

from metatron.kernel.database.direct import BOUND

REQUESTS = f"""{BOUND} select coalesce(json_agg(r.item order by r.id desc), '[]')::text
from bound, lateral (
  select q.id, json_build_object(
    'id', q.id, 'kind', q.kind, 'user_id', q.user_id, 'requested_by', q.requested_by,
    'requested_at', q.requested_at, 'due_at', q.due_at, 'state', q.state,
    'obstacles', q.obstacles, 'file_id', q.file_id, 'link_expires_at', q.link_expires_at,
    'ended_at', q.ended_at, 'is_own', q.user_id = $4::uuid,
    'steps', coalesce((select json_agg(json_build_object(
        'name', s.name, 'title', s.title, 'fate', s.fate, 'why', s.why, 'years', s.years,
        'count', s.count) order by s.name)
      from personal_data.step s where s.tenant_id = q.tenant_id and s.request_id = q.id), '[]')
  ) item
  from personal_data.request q
  where q.tenant_id = bound.t::uuid and q.kind = $2 and ($3::uuid is null or q.id < $3)
    and ($5::boolean or q.user_id = $4::uuid)
  order by q.id desc limit $6) r"""
"""Arguments: kind, id to go on before, who asks, whether others' are shown, limit."""
