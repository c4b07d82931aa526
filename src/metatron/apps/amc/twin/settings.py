"""What the local AMC needs to run. Durations are seconds."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter, ValidationError

MOST_OVERLAPPING = 50


@dataclass(frozen=True, slots=True)
class Unproven:
    """What Amazon's texts leave open or say in two ways; each can be set to either side.

    `most_ad_hoc_characters` bounds the SQL of executions without a workflow; an undeclared
    CUSTOM_PARAMETER is refused at once or fails with the run.
    """

    most_ad_hoc_characters: int | None = None
    takes_user_count_column: bool = True
    cancelled_by: frozenset[str] = frozenset({"PUT", "DELETE"})
    refuses_undeclared_parameters: bool = False

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the sides from a JSON object; raises `ValueError`, naming what is wrong."""
        try:
            return TypeAdapter(cls).validate_json(text, extra="forbid")
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "the whole"
            raise ValueError(f"{where}: {first['msg']}") from error


@dataclass(frozen=True, slots=True)
class TwinSettings:
    """Where it keeps its books, how the outside reaches it, and Amazon's figures.

    `chaos_key` opens the switches; `client_id` and `client_secret` are those of the one client
    that is registered at the first start, for `redirect_uris`.
    """

    data_dir: Path
    public_url: str
    chaos_key: str
    link_secret: str
    client_id: str = "amzn1.application-oa2-client.local"
    client_secret: str = ""
    redirect_uris: tuple[str, ...] = ()
    code_seconds: float = 300.0
    access_seconds: float = 3_600.0
    link_seconds: float = 600.0
    execution_seconds: float = 86_400.0
    run_seconds: float = 900.0
    """No run takes longer, whatever it asks for: this machine's places are few."""
    per_instance: int = 10
    per_account: int = 200
    most_overlapping: int = MOST_OVERLAPPING
    workers: int = 2
    unproven: Unproven = Unproven()
