"""Bodies of the supply room. Amounts are minor units."""

from typing import Literal

from metatron.apps.campaigns.edge.schemas import Body, Count


class AcceptBody(Body):
    """How many units the supplier accepts; all that is held when left out."""

    units: Count | None = None


class ConsentBody(Body):
    """A member's answer to the part that the supplier accepted."""

    answer: Literal["agree", "leave"]
