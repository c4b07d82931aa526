"""Refusals that depend on which side of an open question the local AMC is set to."""

import re

from metatron.apps.amc.twin.refusals import Refusal
from metatron.apps.amc.twin.settings import Unproven
from metatron.apps.amc.twin.shapes import WorkflowBody

_PARAMETER = re.compile(r"CUSTOM_PARAMETER\s*\(\s*'([^']*)'\s*\)", re.IGNORECASE)


def refuse_workflow(rules: Unproven, body: WorkflowBody) -> None:
    """Refuse a workflow as a stricter Amazon would.

    Raises:
        Refusal: 400 for a field it does not know, or a parameter that is not declared.
    """
    if body.distinct_user_count_column is not None and not rules.takes_user_count_column:
        raise Refusal(400, "Unrecognized field: distinctUserCountColumn.")
    if rules.refuses_undeclared_parameters:
        declared = {each.name for each in body.input_parameters}
        undeclared = sorted(set(_PARAMETER.findall(body.sql_query)) - declared)
        if undeclared:
            raise Refusal(400, f"Parameters are not declared: {', '.join(undeclared)}.")


def refuse_ad_hoc(rules: Unproven, body: WorkflowBody) -> None:
    """Refuse a query that runs without a workflow as a stricter Amazon would.

    Raises:
        Refusal: 400 when it is too long, and as `refuse_workflow`.
    """
    most = rules.most_ad_hoc_characters
    if most is not None and len(body.sql_query) > most:
        raise Refusal(400, f"sqlQuery is longer than {most} characters.")
    refuse_workflow(rules, body)


def refuse_method(rules: Unproven, method: str) -> None:
    """Refuse the way of cancelling that Amazon turns out not to know.

    Raises:
        Refusal: 405.
    """
    if method not in rules.cancelled_by:
        raise Refusal(405, f"{method} is not supported here.")
