"""The settings that may be changed while the installation runs: those that are read at each use."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, Literal

from metatron.kernel.settings import CARD_LIMITS, TIER_LIMITS, Settings, is_out_of_order

Value = int | float | str | None
Kind = Literal["integer", "number", "text"]
_DEFAULTS: Mapping[str, Mapping[str, Mapping[str, Value]]] = {
    "tier_limits": TIER_LIMITS, "card_limits": CARD_LIMITS,
}  # fmt: skip
_CARDS = (
    ("response", "Response time", "ms", 60_000),
    ("services", "Services healthy", "percent", 100),
    ("memory", "Memory", "percent", 100),
    ("cpu", "Processor", "percent", 100),
    ("storage", "Storage", "percent", 100),
    ("errors", "Errors in 24 hours", "", 1_000_000),
)


@dataclass(frozen=True, slots=True)
class Changeable:
    """One such setting; bounds are of numbers in `unit`, of a text its length.

    A name of three parts lies in a dictionary of the settings.
    """

    name: str
    title: str
    kind: Kind
    unit: str
    least: float
    most: float
    hint: str
    may_be_unbounded: bool = False

    def read(self, settings: Settings) -> Value:
        """Return the value in force in this process."""
        head, *way = self.name.split(".")
        value: Any = getattr(settings, head)
        if not way:
            return value  # type: ignore[no-any-return]
        group, limit = way
        found: Value = {**_DEFAULTS[head][group], **value.get(group, {})}[limit]
        return found

    def write(self, settings: Settings, value: Value) -> None:
        """Put a value in force in this process."""
        head, *way = self.name.split(".")
        if not way:
            setattr(settings, head, value)
            return
        group, limit = way
        known: Any = getattr(settings, head)
        setattr(settings, head, known | {group: known.get(group, {}) | {limit: value}})

    def fault(self, value: Value) -> str | None:
        """Say what is wrong with a value, None when nothing is."""
        if value is None:
            return None if self.may_be_unbounded else "Give a value."
        if self.kind == "text":
            return _text_fault(self, value)
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole and not (self.kind == "number" and isinstance(value, float)):
            return "Give a whole number." if self.kind == "integer" else "Give a number."
        assert isinstance(value, (int, float)), "numbers only from here on"
        if not self.least <= value <= self.most:
            return f"Between {self.least:g} and {self.most:,.0f}."
        return None


def _text_fault(setting: Changeable, value: Value) -> str | None:
    if not isinstance(value, str) or not setting.least <= len(value) <= setting.most:
        return f"A text of {setting.least:g} to {setting.most:g} letters."
    address = parseaddr(value)[1]
    if any(sign < " " for sign in value) or "@" not in address.strip("@"):
        return "Give a name and an address, such as Metatron <metatron@example.com>."
    return None


def _of_tier(tier: str, limit: str, title: str, unit: str, most: float) -> Changeable:
    hint = "Tenants of this tier, unless one has a limit of its own."
    return Changeable(
        f"tier_limits.{tier}.{limit}", f"{title}, {tier}", "integer", unit, 1, most, hint,
        may_be_unbounded=True,
    )  # fmt: skip


def _of_card(card: str, title: str, unit: str, most: float, colour: str) -> Changeable:
    way = "Below it" if card == "services" else "From it on"
    hint = f"{way} the card on the dashboard is {colour}; red goes before amber."
    return Changeable(
        f"card_limits.{card}.{colour}", f"{title}, {colour}", "number", unit, 0, most, hint
    )


CHANGEABLE = (
    Changeable(
        "mail_from", "Sender of mails", "text", "", 3, 200,
        "As the head of every mail shows it; the next mail has it.",
    ),
    Changeable(
        "alert_mails_a_day", "Mails of alerts a day", "integer", "mails", 0, 100_000,
        "Of each organisation's alerts on results; what is over it is not sent, and said to be so.",
    ),
    Changeable(
        "organisations_a_day", "Organisations one person makes a day", "integer", "organisations",
        1, 100_000, "Within 24 hours; one more is refused with 429. Operators have no bound.",
    ),
    Changeable(
        "organisations_owned", "Organisations one person owns", "integer", "organisations",
        1, 100_000, "Whoever owns as many makes no more; what they have stays.",
    ),
    Changeable(
        "max_body_bytes", "Largest request", "integer", "bytes", 65_536, 67_108_864,
        "Bodies over it are refused with 413; uploads of files have bounds of their own.",
    ),
    Changeable(
        "body_seconds", "Time for a body to arrive", "number", "seconds", 1, 120,
        "A body of which nothing more comes for so long is refused with 408.",
    ),
    *(
        _of_tier(tier, limit, title, unit, most)
        for tier in ("free", "basic", "pro")
        for limit, title, unit, most in (
            ("users", "Members", "people", 1_000_000.0),
            ("storage_gb", "Storage", "GB", 100_000.0),
        )
    ),
    *(_of_card(*card, colour) for card in _CARDS for colour in ("amber", "red")),
)  # fmt: skip
BY_NAME = {setting.name: setting for setting in CHANGEABLE}


def started_with(settings: Settings) -> dict[str, Value]:
    """Return the values of all changeable settings as they are now, to go back to."""
    return {setting.name: setting.read(settings) for setting in CHANGEABLE}


def what_fits(chosen: Mapping[str, Value]) -> dict[str, Value]:
    """Return what this program knows and takes of it."""
    return {
        name: value
        for name, value in chosen.items()
        if name in BY_NAME and BY_NAME[name].fault(value) is None
    }


def out_of_order(values: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the names of the limits of cards that would turn red before amber."""
    found: list[str] = []
    for card in CARD_LIMITS:
        names = tuple(f"card_limits.{card}.{colour}" for colour in ("amber", "red"))
        amber, red = (values[name] for name in names)
        assert isinstance(amber, (int, float)), "each was found to be a number"
        assert isinstance(red, (int, float)), "each was found to be a number"
        if is_out_of_order(card, amber=amber, red=red):
            found += names
    return tuple(found)


def put_in_force(
    settings: Settings, started: Mapping[str, Value], chosen: Mapping[str, Value]
) -> None:
    """Let what was chosen hold in this process, and for all else what it was started with.

    What this program does not know, or no longer takes, is left out: another release chose it, or
    it does not go with what the process was started with since.
    """
    values = {**started, **what_fits(chosen)}
    values |= {name: started[name] for name in out_of_order(values)}
    for setting in CHANGEABLE:
        setting.write(settings, values[setting.name])
