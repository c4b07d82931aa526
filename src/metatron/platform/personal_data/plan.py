"""What the process's modules keep about people, in the sequence in which it is erased."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.module import Module
from metatron.kernel.personal_data import Obstacle, Person, PersonalData


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of data of one module."""

    module: str
    kind: PersonalData

    @property
    def name(self) -> str:
        """Return a name that no other kind has."""
        return f"{self.module}.{self.kind.name}"


_modules: tuple[Module, ...] = ()


def prepare(modules: Sequence[Module]) -> None:
    """Take note of the process's modules; called when it starts."""
    global _modules
    _modules = tuple(modules)


def parts() -> list[Part]:
    """Return every kind: the applications' first, people and their membership last."""
    return [
        Part(module.name, kind) for module in reversed(_modules) for kind in module.personal_data
    ]


async def obstacles(session: AsyncSession, context: Context, person: Person) -> list[Obstacle]:
    """Return all that stands in the way of erasing a person now."""
    found: list[Obstacle] = []
    for module in _modules:
        if module.obstacles is not None:
            found += await module.obstacles(session, context, person)
    return found
