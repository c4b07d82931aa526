"""What the gateway keeps about people: that somebody's token came with an application's key."""

from metatron.kernel.personal_data import PersonalData

PERSONAL_DATA = (
    PersonalData(
        name="api_calls",
        title="Calls of the API in your name through an application",
        fate="pseudonymised",
        tables=("gateway.api_call_batch",),
        why="That the application called stays for ninety days, without who it was for",
        at_home=True,
        select="""
select b.id, b.last_at, array(select b.method[k.n] || ' ' || b.route[k.n] || ' ' || b.status[k.n]
                              from unnest(b.user_id) with ordinality k(user_id, n)
                              where k.user_id = :user_id order by k.n) as calls
from gateway.api_call_batch b
where b.tenant_id = :tenant_id and :user_id = any(b.user_id) and b.id > :after
order by b.id limit :most
""",
        erase=(
            """update gateway.api_call_batch set user_id = array_replace(user_id, :user_id, null)
            where tenant_id = :tenant_id and :user_id = any(user_id)""",
        ),
    ),
)
