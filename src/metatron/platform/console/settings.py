"""What this process was configured with: every typed setting, where it comes from, no secret."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from metatron.kernel.settings import Settings

HIDDEN = frozenset({"admin_key_hash"})
"""Not typed as secrets, yet nobody's business."""
UNBOUNDED = "without bound"


def listed_settings(settings: Settings, environment: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return each setting with its value as text, its source and whether it is a secret.

    The source is "environment" when its variable is set, "program" when whoever started the
    process gave another value than the default, else "default". A secret shows only whether it
    is set: `value` is null.
    """
    return [_shown(settings, name, environment) for name in sorted(type(settings).model_fields)]


def _shown(settings: Settings, name: str, environment: Mapping[str, str]) -> dict[str, Any]:
    value = getattr(settings, name)
    field = type(settings).model_fields[name]
    prefix = str(type(settings).model_config.get("env_prefix", ""))
    variable = f"{prefix}{name}".upper()
    is_default = value == field.get_default(call_default_factory=True)
    source = "default" if is_default else "program"
    if variable in {key.upper() for key in environment}:
        source = "environment"
    is_secret = isinstance(value, SecretStr) or name in HIDDEN or "Secret" in str(field.annotation)
    return {
        "name": name,
        "variable": variable,
        "value": None if is_secret else _written(value),
        "is_secret": is_secret,
        "is_set": _is_set(value),
        "source": source,
    }


def _is_set(value: Any) -> bool:
    plain = value.get_secret_value() if isinstance(value, SecretStr) else value
    return plain not in (None, "", ())


def _written(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, dict):
        parts = [
            f"{key} ({_written(part)})" if isinstance(part, dict) else f"{key} {_written(part)}"
            for key, part in value.items()
        ]
        return ", ".join(part.replace("None", UNBOUNDED) for part in parts)
    if isinstance(value, (tuple, list)):
        return ", ".join(str(part) for part in value)
    return value.as_posix() if isinstance(value, Path) else str(value)
