"""How many mails an organisation's alerts may send a day: the mail server is everybody's.

Days are counted in UTC by the database's own clock, which nobody's practice clock moves.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.runs.errors import AlertMailsSpent
from metatron.apps.amc.runs.site import site
from metatron.kernel.context import Context

_TAKE = text("""
insert into amc.alert_mail_count as c (tenant_id, counted_on, mails)
select :tenant_id, (now() at time zone 'utc')::date, 1 where :most > 0
on conflict (tenant_id) do update set counted_on = excluded.counted_on,
  mails = case when c.counted_on = excluded.counted_on then c.mails + 1 else 1 end
where c.counted_on <> excluded.counted_on or c.mails < :most
returning mails
""")
_SECONDS_LEFT = text("""
select ceil(extract(epoch from
  date_trunc('day', now() at time zone 'utc') + interval '1 day' - (now() at time zone 'utc')))
""")


async def take_one(session: AsyncSession, context: Context) -> bool:
    """Count a mail of today; False when there is none left."""
    counted = {"tenant_id": context.tenant_id, "most": site().mails_a_day()}
    return (await session.execute(_TAKE, counted)).first() is not None


async def spent(session: AsyncSession) -> AlertMailsSpent:
    """Return the refusal of more mails today."""
    most, seconds = site().mails_a_day(), (await session.execute(_SECONDS_LEFT)).scalar_one()
    return AlertMailsSpent(
        f"They send {most} mails a day at most, and begin anew at midnight UTC.",
        extra={"most_a_day": most},
        headers={"Retry-After": str(max(int(seconds), 1))},
    )
