"""The events an organisation can be told of, and which of them a webhook wants.

Names are those of the modules' events without their version. What they mean is said where they are
declared: the first line of an event's docstring.
"""

import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import metatron
from metatron.kernel.errors import FieldError, InvalidInput
from metatron.kernel.events.event import Event

EVERYTHING = "*"
TEST = "webhooks.test"
"""The type of a test: it can be chosen by nobody, it is asked for."""
OF_THE_PLATFORM = frozenset({"backups", "console", "health", "identity"})
"""Modules that announce to operators, or of people whatever their organisations."""
FOR_OPERATORS = frozenset({
    "gateway.admin_key_refused", "tenancy.account_deleted", "tenancy.account_saved",
    "tenancy.admin_key_created", "tenancy.admin_key_revoked", "tenancy.onboarding_changed",
    "tenancy.operator_changed",
})  # fmt: skip
OF_PEOPLE_HERE = frozenset({"identity.user_updated"})
"""What a person changes while they are in the organisation."""
_VERSION = re.compile(r"\.v\d+$")
_ABOUT_IDS = re.compile(r"[;.]? ?(the aggregate is|`aggregate_id` is|actor and aggregate)[^;.]*")


@dataclass(frozen=True, slots=True)
class Published:
    """A name that can be chosen, and what it tells."""

    name: str
    module: str
    description: str
    of: tuple[str, ...] = ()
    """The events it stands for, where it is another name for them."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A short name that other systems know; `when` are values the payload must have."""

    name: str
    description: str
    of: tuple[str, ...]
    when: Mapping[str, Any] = field(default_factory=dict)


ALIASES = (
    Alias(
        "settings.updated",
        "Settings of the organisation or of a module changed.",
        ("tenancy.settings_updated", "campaigns.settings_changed", "approvals.settings_changed"),
    ),
    Alias("user.created", "A person joined the organisation.", ("tenancy.member_added",)),
    Alias(
        "user.updated",
        "A person's name or roles changed.",
        ("identity.user_updated", "tenancy.member_roles_changed"),
    ),
    Alias(
        "report.ready",
        "A run of the marketing cloud has its result.",
        ("amc.run_moved",),
        {"to_state": "succeeded"},
    ),
)
_ALIASES = {alias.name: alias for alias in ALIASES}


@cache
def published() -> tuple[Published, ...]:
    """Return all that can be chosen by name, aliases first."""
    aliases = [
        Published(each.name, each.name.partition(".")[0], each.description, each.of)
        for each in ALIASES
    ]
    events = {name_of(each.name): each for each in _declared()}
    events = {name: each for name, each in events.items() if _is_of_organisations(name)}
    return (
        *aliases,
        *(
            Published(name, name.partition(".")[0], _plain(events[name].__doc__ or ""))
            for name in sorted(events)
        ),
    )


def _is_of_organisations(name: str) -> bool:
    if name in OF_PEOPLE_HERE:
        return True
    return name.partition(".")[0] not in OF_THE_PLATFORM and name not in FOR_OPERATORS


def _declared() -> Iterator[type[Event]]:
    """Yield the events of all modules, those included that this process has not loaded yet."""
    root = Path(metatron.__file__).parent
    for file in sorted([*root.glob("platform/**/events.py"), *root.glob("apps/**/events.py")]):
        place = ".".join(("metatron", *file.relative_to(root).with_suffix("").parts))
        found = vars(importlib.import_module(place)).values()
        for each in found:
            is_event = isinstance(each, type) and issubclass(each, Event)
            if is_event and getattr(each, "name", None):
                yield each


def _plain(docstring: str) -> str:
    """Return what an event means without what its ids are."""
    said = _ABOUT_IDS.sub("", docstring.partition("\n")[0]).replace("`", "").strip(" ;.")
    return f"{said}."


def name_of(event: str) -> str:
    """Return an event's name without its version."""
    return _VERSION.sub("", event)


def checked_events(wanted: Iterable[str]) -> list[str]:
    """Return what is wanted, sorted and each once.

    Raises:
        InvalidInput: nothing, or a name that nothing is published under.
    """
    chosen = sorted(set(wanted))
    known = {each.name for each in published()}
    modules = {f"{each.module}.*" for each in published() if not each.of}
    wrong = [each for each in chosen if each not in known | modules | {EVERYTHING}]
    if wrong:
        hint = "Choose from GET /webhooks/events, or give * or a module's name with .* behind it."
        errors = tuple(FieldError("body.events", "unknown_event", f"{w}: {hint}") for w in wrong)
        raise InvalidInput(hint, errors=errors[:50])
    if not chosen:
        raise InvalidInput.field("body.events", "no_event", "Choose at least one event.")
    return chosen


def wanting(wanted: Iterable[str]) -> Callable[[str], bool]:
    """Return what tells by an event's name whether it may be wanted."""
    plain = set(wanted)
    names = plain | {name for each in plain & set(_ALIASES) for name in _ALIASES[each].of}

    def wants(event: str) -> bool:
        name = name_of(event)
        return EVERYTHING in plain or name in names or f"{name.partition('.')[0]}.*" in plain

    return wants


def type_for(wanted: Iterable[str], event: str, payload: Mapping[str, Any]) -> str | None:
    """Return under which name a webhook is told of an event, None for one it does not want.

    Its own name goes before an alias.
    """
    name, plain = name_of(event), set(wanted)
    if plain & {EVERYTHING, name, f"{name.partition('.')[0]}.*"}:
        return name
    for alias in ALIASES:
        fits = all(payload.get(key) == value for key, value in alias.when.items())
        if alias.name in plain and name in alias.of and fits:
            return alias.name
    return None
