"""From a presented API key to the tenant, application and rights it stands for."""

from datetime import datetime
from uuid import UUID

from metatron.kernel.database.database import Database
from metatron.platform.tenancy.errors import InvalidApiKey
from metatron.platform.tenancy.facts import KEY_ENDS_AT, TENANT, KeyFacts, tenant_facts
from metatron.platform.tenancy.key_format import check_format, digest_of
from metatron.platform.tenancy.key_usage import note_use
from metatron.platform.tenancy.rights import rights

_FIND = f"""
select {TENANT}, k.id as key_id, k.application_id, k.scopes, k.ip_allow_list,
  {KEY_ENDS_AT} as expires_at
from tenancy.secret_digest d
join tenancy.api_key k on k.tenant_id = d.tenant_id and k.id = d.subject_id
join tenancy.application a on a.tenant_id = k.tenant_id and a.id = k.application_id
join tenancy.tenant t on t.id = d.tenant_id
where d.digest = $1 and d.kind = 'api_key' and k.state = 'active' and a.state = 'active'
  and t.deleted_at is null
"""


async def resolve_api_key(database: Database, key: str, *, now: datetime) -> KeyFacts:
    """Return what a key stands for, in one statement; its use is noted.

    Raises:
        MissingApiKey: the text is empty.
        InvalidApiKeyFormat: wrong shape or checksum; nothing was looked up.
        InvalidApiKey: unknown, revoked or expired at `now`.
    """
    check_format(key)
    row = await database.look_ups.fetchrow(_FIND, digest_of(key))
    if row is None or row["expires_at"] <= now:
        raise InvalidApiKey
    facts = KeyFacts(
        key_id=UUID(str(row["key_id"])),
        tenant=tenant_facts(row),
        application_id=UUID(str(row["application_id"])),
        permissions=frozenset(row["scopes"]) & rights().permissions,
        expires_at=row["expires_at"],
        ip_allow_list=tuple(row["ip_allow_list"]),
    )
    note_use(facts.tenant.id, facts.key_id, now)
    return facts
