"""What the list of admin API keys selects; the text of a key is nowhere."""

from metatron.platform.tenancy.admin_pages import GRANT_WITHIN
from metatron.platform.tenancy.pages import paged

_KEY = """k.id, k.name, k.prefix, k.kind, k.created_at, k.expires_at, k.version,
case when k.revoked_at is not null then 'revoked' when k.expires_at <= now() then 'expired'
  else 'active' end as state,
(select u.display_name from identity.pub_user u where u.id = k.created_by) as created_by,
(select json_agg(json_build_object('scope', g.scope, 'subject_ids', g.subject_ids,
    'resource', g.resource, 'action', g.action) order by g.id)
  from tenancy.admin_key_grant g where g.key_id = k.id) as grants"""
KEYS = paged(
    _KEY,
    f"""tenancy.admin_key k where ($6::bool or not exists (
          select from tenancy.admin_key_grant g where g.key_id = k.id and not ({GRANT_WITHIN})))""",
    ("k.created_at", "k.id"),
    ("timestamptz", "uuid"),
    descends=True,
)
"""Arguments after the page's: scope (3). Within a scope: those whose every grant is."""
