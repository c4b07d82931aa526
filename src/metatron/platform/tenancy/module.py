"""The manifest of tenancy."""

from pathlib import Path
from typing import Any

from metatron.kernel.events.jobs import Job
from metatron.kernel.module import Module
from metatron.platform.tenancy.announce import RECORD, record_event
from metatron.platform.tenancy.mail import SEND, send_queued_mail
from metatron.platform.tenancy.permissions import PERMISSIONS, ROLE_GRANTS
from metatron.platform.tenancy.rights import prepare


def start(runtime: Any) -> None:
    """Take note of the process's modules."""
    prepare(runtime.modules)


MODULE = Module(
    name="tenancy",
    title="Organisations",
    jobs=(Job(RECORD, record_event), Job(SEND, send_queued_mail)),
    permissions=PERMISSIONS,
    role_grants=ROLE_GRANTS,
    global_tables=(
        "tenancy.client_account",
        "tenancy.tenant",
        "tenancy.placement",
        "tenancy.operator",
        "tenancy.operator_grant",
        "tenancy.onboarding",
        "tenancy.onboarding_step",
        "tenancy.secret_digest",
    ),
    home_tables=(
        "tenancy.member",
        "tenancy.member_role",
        "tenancy.role",
        "tenancy.invitation",
        "tenancy.application",
        "tenancy.api_key",
        "tenancy.module_switch",
    ),
    migrations=Path(__file__).parent / "migrations",
    startup=(start,),
)
