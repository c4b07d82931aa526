"""What is wrong with a setting, in a line: which, why, and how one that holds looks."""

import json
import re
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError

from metatron.kernel.settings import Settings

_EXAMPLES = {
    "files_s3_bucket": "metatron-files",
    "files_s3_endpoint": "https://s3.example.com",
    "files_s3_prefix": "suite",
    "tier_limits": '{"free": {"users": 10}}',
    "card_limits": '{"cpu": {"amber": 60, "red": 80}}',
    "amazon_api_urls": '{"eu": "https://advertising-api-eu.amazon.com"}',
    "amazon_consent_urls": '{"eu": "https://eu.account.amazon.com/ap/oa"}',
    "amazon_token_urls": '{"eu": "https://api.amazon.co.uk/auth/o2/token"}',
}
_FIELD = re.compile(r'for field "(\w+)"')


def complaints(error: ValueError) -> list[str]:
    """Return a line for each setting that an error of `Settings()` is about; none for others.

    What was given is repeated where a number or a yes was expected, else it might be a secret.
    """
    if isinstance(error, SettingsError):
        found = _FIELD.search(str(error))
        return [_line(found[1], "it is no JSON")] if found else []
    if not isinstance(error, ValidationError) or error.title != Settings.__name__:
        return []
    return [_told(each) for each in error.errors(include_url=False)]


def _told(problem: Any) -> str:
    said = " ".join(str(problem["msg"]).removeprefix("Value error, ").split())
    if not problem["loc"]:
        return f"cause: {said}; remedy: set what is missing, or take the rest away"
    name = str(problem["loc"][0])
    said = said[:1].lower() + said[1:]
    known = Settings.model_fields.get(name)
    if known is not None and known.annotation in {int, float, bool}:
        said = f"{str(problem['input'])[:80]!r}: {said}"
    return _line(name, said)


def _line(name: str, said: str) -> str:
    variable = f"METATRON_{name.upper()}"
    example = _example(name)
    remedy = f"for example {variable}={example}" if example else f"set {variable} anew"
    return f"cause: {variable}: {said}; remedy: {remedy}"


def _example(name: str) -> str:
    if name in _EXAMPLES:
        return f"'{_EXAMPLES[name]}'" if _EXAMPLES[name].startswith("{") else _EXAMPLES[name]
    usual = Settings.model_fields[name].default if name in Settings.model_fields else None
    if isinstance(usual, dict):
        return f"'{json.dumps(dict(list(usual.items())[:1]))}'"
    if isinstance(usual, bool):
        return str(usual).lower()
    return str(usual) if isinstance(usual, int | float | str) and usual != "" else ""
