"""The fixed, versioned message of every step, and how those concerned are told.

A step that tells somebody and has no template stops the program at import.
"""

import re
from collections.abc import Iterator
from typing import Any

from metatron.apps.campaigns.machine.rest import FACTS
from metatron.apps.campaigns.machine.transitions import STEPS, Machine, Step
from metatron.apps.campaigns.wording import catalogue
from metatron.platform.notifications.interface import MailTemplate, register_templates

TELL = "campaigns.tell"
PLACES = frozenset(
    {
        "title", "reference", "units", "amount", "reason", "outcome", "accept_by",
        "inspection_ends", "notice_what", "notice_why", "new_date", "worst_case", "answer_by",
        "consent_until", "link", *(f"rest_{fact}" for fact in FACTS),
    }
)  # fmt: skip
_PLACE = re.compile(r"\{([a-z_]+)\}")


def template_name(
    machine: Machine,
    step: Step,
    audience: str,
    *,
    is_taken_later: bool = False,
    has_shares: bool = False,
) -> str:
    """Return the name under which a step's message is registered.

    Where members' money is not taken at once (`is_taken_later`) some steps have another text, and
    where shares of it are released before the delivery (`has_shares`) the facts say so.
    """
    variants = variants_of(machine, step) if audience == "member" else ()
    if is_taken_later and "later" in variants:
        audience = "later"
    elif has_shares and "shares" in variants:
        audience = "shares"
    return f"campaigns.{machine}.{step.name}.{audience}"


def is_for_members(template: str) -> bool:
    """Tell whether a mail's template is a step's message to members, all of them about money."""
    module, *_, audience = template.split(".")
    return module == "campaigns" and audience in {"member", "later", "shares"}


def variants_of(machine: Machine, step: Step) -> tuple[str, ...]:
    """Return which other messages to members a step has."""
    if "member" not in step.tells:
        return ()
    words = catalogue("messages")
    usual = words["member"].get(machine, {}).get(step.name, {})
    later = ("later",) if step.name in words["later"][machine] else ()
    return (*later, *(("shares",) if usual.get("facts") == "after" else ()))


def templates() -> Iterator[MailTemplate]:
    """Yield the template of every step and audience of the table.

    Raises:
        LookupError: a step tells an audience for which there is no text.
    """
    seen: set[str] = set()
    for machine, steps in STEPS.items():
        for step in steps:
            for audience in (*step.tells, *variants_of(machine, step)):
                name = template_name(machine, step, audience)
                if name not in seen:
                    seen.add(name)
                    yield _template(machine, step, audience)


def _template(machine: Machine, step: Step, audience: str) -> MailTemplate:
    words = catalogue("messages")
    told = "member" if audience == "shares" else audience
    found: dict[str, str] | None = words[told].get(machine, {}).get(step.name)
    if found is None:
        raise LookupError(f"words/messages has no text for {machine}.{step.name} to {audience}")
    subject, text = found["subject"], found["text"]
    if audience in {"member", "later"}:
        text = f"{text}\n\n{words['facts'][found['facts']]}"
    if audience == "shares":
        text = f"{text}\n\n{words['facts']['after_shares']}"
    if audience in {"organiser", "reviewer"}:
        text = f"{text}\n\n{{link}}"
    return MailTemplate(
        name=template_name(machine, step, audience),
        version=words["version"],
        subject=_for_engine(subject),
        text=_for_engine(text) + "\n",
        keeps_text=True,
    )


def _for_engine(text: str) -> str:
    unknown = set(_PLACE.findall(text)) - PLACES
    if unknown:
        raise LookupError(f"unknown places in a message: {sorted(unknown)}")
    return _PLACE.sub(r"{{ \1 }}", text)


def text_of(template: MailTemplate) -> dict[str, Any]:
    """Return what the doctrine test reads of a template."""
    return {"name": template.name, "subject": template.subject, "text": template.text}


register_templates(*templates())
