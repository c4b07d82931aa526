"""Bodies made from the OpenAPI document: valid in form, with ids of somebody's choosing."""

from collections.abc import Callable, Iterator
from typing import Any

from tests.support.people import new_email

Ids = Callable[[str], str]
TEXTS = {
    "currency": "EUR", "time_zone": "Europe/Berlin", "picture_url": "/pictures/a.png",
    "terms_version": "3", "payment_method": "pm_ok", "preset": "gold", "accent": "#113355",
    "on_accent": "#ffffff", "slug": "sample", "return_to": "/campaigns", "audience": "ledger",
    "scopes": "campaigns:read", "permissions": "campaigns:read", "ip_allow_list": "10.0.0.0/8",
    "country": "NO", "seen_on": "2026-01-02",
    "expires_at": "2026-12-24T00:00:00Z",
}  # fmt: skip
WHOLE = {
    "refund_commitment": {"whole": True, "reason_code": "admin_manual", "reason": "A reason."},
    "refund_many": {
        "reason_code": "admin_manual", "reason": "A reason.", "expected_count": 1,
        "expected_amount_minor": 1,
    },
    "pay_another_way": {"destination": "acct_sample", "evidence": "A letter."},
    "record_provider_charge": {
        "kind": "provider_fee", "amount_minor": 5, "reference": "fee_sample",
    },
    "correct_provider_charge": {"right_minor": 3, "reason": "A sample."},
    "state_supplier_verification": {"verdict": "verified", "basis": "A sample."},
    "state_review_opinion": {"role": "gate", "verdict": "accept", "reason": "Looked."},
    "resolve_issue": {"outcome": "release", "resolution": "Looked."},
    "take_transition": {"name": "cancel", "reason": "A sample."},
    "edit_settings": {"inspection_days": 3},
    "change_workflow": {"name": "Sample"},
    "save_amc_mapping": {"brands": []},
    "change_amc_instance": {"active": True, "brands": ["Sample"], "time_zone": "Europe/Berlin"},
    "fill_amc_parameters": {"parameters": []},
    "change_schedule": {
        "name": "Sample", "instance_id": "", "workflow_id": "", "destination_ids": "",
    },
    "run_schedule_once_more": {"at": "2030-01-01T00:00:00Z"},
    "make_collection": {
        "name": "Sample", "workflow_id": "", "instance_ids": "",
        "destination_ids": "",
        "segments": {"unit": "once", "from": "2026-09-01", "to": "2026-10-01"},
    },
    "change_collection": {"name": "Sample", "destination_ids": ""},
    "change_board": {"name": "Sample"},
    "share_board_snapshot": {"expires_at": "2026-12-24T00:00:00Z", "instance_id": ""},
    "make_destination": {"name": "Sample", "kind": "folder", "settings": {"folder": "sample"}},
    "change_destination": {"name": "Sample"},
    "create_workflow": {"name": "Sample", "sql": "SELECT 1"},
    "patch_module": {"is_enabled": True},
    "save_saved_view": {"list_name": "campaigns", "name": "Sample", "search": {"q": "sample"}},
    "add_webhook": {"url": "https://hooks.example.com/sample", "events": ["*"]},
    "change_webhook": {"description": "Sample"},
    "rotate_webhook_secret": {"overlap_seconds": 60},
    "post_maintenance": {"note": "A larger disk"},
    "post_impersonate": {"tenant_id": "", "reason": "A reason of some length.", "minutes": 5},
}  # fmt: skip
"""Bodies that a schema alone does not lead to, by operation."""


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation of the whole document."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def body_of(document: dict[str, Any], operation: dict[str, Any], ids: Ids) -> Any:
    """A JSON body for the operation, None if it takes none; `ids` answers for a field's name."""
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema is None:
        return None
    made = sample(document, schema, operation["operationId"], ids)
    whole = WHOLE.get(operation["operationId"])
    if whole is None:
        return made
    return {key: made[key] if value == "" else value for key, value in whole.items()}


def uuid_fields(document: dict[str, Any], operation: dict[str, Any]) -> set[str]:
    """The names of a body's fields that are ids."""
    seen: set[str] = set()

    def note(name: str) -> str:
        seen.add(name)
        return "00000000-0000-7000-8000-000000000000"

    body_of(document, operation, note)
    return seen


def sample(document: dict[str, Any], schema: dict[str, Any], name: str, ids: Ids) -> Any:
    """A value of a schema; `name` is the field's."""
    if "$ref" in schema:
        target = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return sample(document, target, name, ids)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            best = [each for each in schema[choice] if each.get("type") != "null"]
            return sample(document, best[0], name, ids)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    match schema.get("type"):
        case "object":
            return {
                key: sample(document, each, key, ids)
                for key, each in schema.get("properties", {}).items()
            }
        case "array":
            return [sample(document, schema.get("items", {}), name, ids)]
        case "integer" | "number":
            return int(schema.get("minimum", 1))
        case "boolean":
            return True
    return _text(schema, name, ids)


def _text(schema: dict[str, Any], name: str, ids: Ids) -> str:
    if schema.get("format") == "uuid":
        return ids(name)
    if name in TEXTS:
        return TEXTS[name]
    if schema.get("format") == "email" or name == "email":
        return new_email("sample")
    if schema.get("format") == "date-time":
        return "2042-01-01T00:00:00Z"
    return "sample sample sample"[: schema.get("maxLength", 20)]
