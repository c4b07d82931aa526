"""Who is told of an alert, and with which words: operators by mail, addresses by webhook."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.health.alert_rules import FIGURES
from metatron.platform.health.channels import tell_channels
from metatron.platform.health.events import AlertFired, AlertResolved
from metatron.platform.notifications.interface import MailTemplate, register_templates
from metatron.platform.tenancy.interface import mail_operators

PLACE = "/console/alerts"
register_templates(
    MailTemplate(
        name="health.alert_fired",
        version=1,
        subject="Alert: {{ title }} at {{ value }}",
        text=(
            "{{ title }} has been at or over {{ threshold }} for {{ seconds }} seconds; it is at"
            " {{ value }}.\n\nThe console shows how it goes on:\n{{ link }}\n"
        ),
    ),
    MailTemplate(
        name="health.alert_resolved",
        version=1,
        subject="Over: {{ title }}",
        text="The alert about {{ title }} is over.\n\n{{ link }}\n",
    ),
)


async def tell_fired(
    session: AsyncSession,
    context: Context,
    *,
    alert_id: UUID,
    rule: str,
    value: float,
    threshold: float,
    for_seconds: int,
    tenant_id: UUID | None,
    tenant_name: str | None,
    now: datetime,
) -> None:
    """Tell that an alert fires; figures in the unit of the rule's figure."""
    figure, title = FIGURES[rule], title_of(rule, tenant_name)
    words = {
        "title": title,
        "value": written(value, figure.unit),
        "threshold": written(threshold, figure.unit),
        "seconds": str(for_seconds),
    }
    await mail_operators(
        session, context, "status:read", tenant_id=tenant_id, template="health.alert_fired",
        path=PLACE, variables=words,
    )  # fmt: skip
    message = {
        "type": AlertFired.name, "alert_id": str(alert_id), "rule": rule, "title": title,
        "tenant_id": None if tenant_id is None else str(tenant_id), "value": value,
        "threshold": threshold, "unit": figure.unit, "at": now.isoformat(),
    }  # fmt: skip
    await tell_channels(session, context, message)


async def tell_resolved(
    session: AsyncSession,
    context: Context,
    *,
    alert_id: UUID,
    rule: str,
    tenant_id: UUID | None,
    tenant_name: str | None,
    now: datetime,
) -> None:
    """Tell that an alert is over."""
    title = title_of(rule, tenant_name)
    await mail_operators(
        session, context, "status:read", tenant_id=tenant_id, template="health.alert_resolved",
        path=PLACE, variables={"title": title},
    )  # fmt: skip
    message = {
        "type": AlertResolved.name, "alert_id": str(alert_id), "rule": rule, "title": title,
        "tenant_id": None if tenant_id is None else str(tenant_id), "at": now.isoformat(),
    }  # fmt: skip
    await tell_channels(session, context, message)


def title_of(rule_name: str, tenant_name: str | None) -> str:
    """Return what an alert is called, with the tenant it is about."""
    title = FIGURES[rule_name].title
    return title if tenant_name is None else f"{title}: {tenant_name}"


def written(value: float, unit: str) -> str:
    """Return a figure and its unit in words."""
    if unit == "percent":
        return f"{value:.1f} %"
    if unit == "seconds":
        return f"{value / 60:.0f} minutes"
    return f"{value:.0f}" if unit == "count" else f"{value:.0f} ms"
