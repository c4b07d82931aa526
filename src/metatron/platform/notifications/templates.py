"""Mail templates: fixed texts with named places, registered by the modules that send them."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST_SUBJECT = 200
LONGEST_TEXT = 100_000
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


@cache
def _engine() -> "ImmutableSandboxedEnvironment":
    # At the first mail: most processes render none, and compiling templates takes its time.
    from jinja2 import StrictUndefined  # noqa: PLC0415
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    return ImmutableSandboxedEnvironment(
        autoescape=False,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


@lru_cache(maxsize=1_000)
def _compiled(text: str) -> "Template":
    """Return a text of ours ready to be filled: compiling it takes longer than filling it."""
    return _engine().from_string(text)


@dataclass(frozen=True, slots=True)
class MailKind:
    """A sort of mail its readers may choose to get at once, once a day, or not at all.

    What moves money, tells a step, or concerns somebody's account is of no kind: it always comes.
    """

    name: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class MailTemplate:
    """A text a module sends; a changed text gets a new version.

    `keeps_text` keeps the rendered text after it was sent; leave it off for texts with a secret.
    `kind` names a `MailKind`; a template without one cannot be put off or switched off.
    """

    name: str
    version: int
    subject: str
    text: str
    locale: str = "en"
    keeps_text: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A template with its places filled."""

    template: MailTemplate
    subject: str
    text: str


_known: dict[tuple[str, str], MailTemplate] = {}
_kinds: dict[str, MailKind] = {}


def register_templates(*templates: MailTemplate) -> None:
    """Make templates known by name and locale; called when the owning module is imported."""
    for template in templates:
        known = _known.setdefault((template.name, template.locale), template)
        assert known == template, f"two mail templates are named {template.name}"


def register_kinds(*kinds: MailKind) -> None:
    """Make kinds known by name; called when the owning module is imported."""
    for kind in kinds:
        known = _kinds.setdefault(kind.name, kind)
        assert known == kind, f"two kinds of mail are named {kind.name}"


def known_kinds() -> list[MailKind]:
    """Return every kind there is a choice about, by title."""
    return sorted(_kinds.values(), key=lambda kind: kind.title)


def check_templates() -> None:
    """Compile all known templates; raises jinja2.TemplateSyntaxError for a broken one."""
    for template in _known.values():
        assert not template.kind or template.kind in _kinds, f"no kind of mail: {template.kind}"
        _compiled(template.subject)
        _compiled(template.text)


def render(name: str, locale: str, variables: dict[str, Any]) -> RenderedMail:
    """Fill the newest text of `name` in `locale`, in its language, or in English.

    Raises:
        jinja2.UndefinedError: a place has no value: a bug of the caller.
    """
    candidates = ((name, locale), (name, locale.split("-", maxsplit=1)[0]), (name, "en"))
    template = next((_known[key] for key in candidates if key in _known), None)
    assert template is not None, f"no mail template is named {name}"
    subject = _compiled(template.subject).render(variables)
    text = _compiled(template.text).render(variables)
    plain = _UNPRINTABLE.sub("", text)[:LONGEST_TEXT]
    return RenderedMail(template, one_line(subject)[:LONGEST_SUBJECT], plain)


def one_line(text: str) -> str:
    """Return `text` without control characters, so that it cannot start a header of its own."""
    return _CONTROL.sub(" ", text).strip()
