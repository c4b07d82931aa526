"""Questions of conformance that one body, one query or one address asks: is it taken?

Where Amazon's texts say something, the local AMC does as they say; a real AMC's answers are held
against its.
"""

from collections.abc import Mapping
from typing import Any

from metatron.apps.amc.amazon.probing import QUERY

COUNTED = "SELECT campaign, COUNT(*) AS n FROM dsp_impressions"
_RANKED = "SELECT campaign, RANK() OVER (ORDER BY COUNT(*)) AS r FROM dsp_impressions"
_NAMED = {"sqlQuery": f"{QUERY} WHERE campaign = CUSTOM_PARAMETER('p')"}

WORKFLOWS: Mapping[str, dict[str, Any]] = {
    "id_with_dots": {"workflowId": "conformance.a-b_c.1"},
    "id_with_blank": {"workflowId": "conformance a"},
    "id_with_colon": {"workflowId": "conformance:a"},
    "id_of_256": {"workflowId": "c" * 256},
    "id_of_257": {"workflowId": "c" * 257},
    "sql_of_two_lines": {"sqlQuery": f"{QUERY}\nWHERE campaign = 'a'"},
    "sql_with_tab": {"sqlQuery": f"{QUERY}\tWHERE campaign = 'a'"},
    "sql_that_is_empty": {"sqlQuery": ""},
    "parameter_of_array": {
        "inputParameters": [
            {"name": "p", "dataType": {"type": "ARRAY", "elementDataType": "STRING"}}
        ]
    },
    "parameter_of_unknown_type": {"inputParameters": [{"name": "p", "dataType": "TEXT"}]},
    "parameter_with_digit_first": {"inputParameters": [{"name": "1p", "dataType": "STRING"}]},
    "parameters_101": {
        "inputParameters": [{"name": f"p{n}", "dataType": "STRING"} for n in range(101)]
    },
    "remove_values": {"privacyFilteringBehavior": "REMOVE_VALUES"},
    "unknown_filtering": {"privacyFilteringBehavior": "KEEP"},
    "discriminator_column": {"filteredMetricsDiscriminatorColumn": "lost"},
    "reason_column": {"filteredReasonColumn": "why"},
    "separator_of_bar": {"outputFormat": {"separatorCharacter": "|"}},
    "separator_of_two_signs": {"outputFormat": {"separatorCharacter": "||"}},
}
"""Is a workflow with this taken?"""

RUNS: Mapping[str, dict[str, Any]] = {
    "window_all": {"timeWindowType": "ALL"},
    "window_most_recent_day": {"timeWindowType": "MOST_RECENT_DAY"},
    "window_most_recent_week": {"timeWindowType": "MOST_RECENT_WEEK"},
    "window_current_month": {"timeWindowType": "CURRENT_MONTH"},
    "window_previous_month": {"timeWindowType": "PREVIOUS_MONTH"},
    "window_unknown": {"timeWindowType": "YESTERDAY"},
    "window_of_a_date": {"timeWindowStart": "2026-09-01"},
    "window_backwards": {"timeWindowEnd": "2026-08-01T00:00:00"},
    "zone": {"timeWindowTimeZone": "Europe/Berlin"},
    "zone_unknown": {"timeWindowTimeZone": "Mars/Base"},
    "timeout_of_899": {"workflowExecutionTimeoutSeconds": 899},
    "timeout_of_86401": {"workflowExecutionTimeoutSeconds": 86_401},
    "ignore_data_gaps": {"ignoreDataGaps": True},
    "synthetic_data": {"requireSyntheticData": True},
    "no_controls_over_people": {"disableAggregationControls": True},
    "value_of_undeclared": {"parameterValues": {"p": "a"}},
    "value_that_lacks": {
        "workflow": _NAMED | {"inputParameters": [{"name": "p", "dataType": "STRING"}]}
    },
    "both_workflow_and_id": {"workflowId": "conformance"},
}
"""Is a dry run with this taken, whatever becomes of it?"""

QUERIES: Mapping[str, str] = {
    "select_star": "SELECT * FROM dsp_impressions",
    "right_join": (
        "SELECT COUNT(*) AS n FROM dsp_clicks a RIGHT JOIN dsp_views b ON a.user_id = b.user_id"
    ),
    "no_aggregation": "SELECT campaign FROM dsp_impressions",
    "very_high_in_output": "SELECT user_id, COUNT(*) AS n FROM dsp_impressions GROUP BY user_id",
    "literal_on_high": f"{QUERY} WHERE postal_code = '10115'",
    "literal_on_internal": "SELECT COUNT(*) AS n FROM conversions_all WHERE marketplace_id = 1",
    "similar_to_part": f"{QUERY} WHERE campaign SIMILAR TO 'a'",
    "similar_to_never": f"{QUERY} WHERE campaign SIMILAR TO '(?!)a'",
    "semicolon": f"{QUERY};",
    "comment": f"{QUERY} /* a remark */",
    "group_by_ordinal": f"{COUNTED} GROUP BY 1",
    "rank_in_having": f"{_RANKED} GROUP BY campaign HAVING r < 3",
    "values_with_columns": (
        "WITH v (a) AS (VALUES ('x'), ('y')) SELECT COUNT(*) AS n"
        " FROM dsp_impressions i JOIN v ON i.campaign = v.a"
    ),
    "extended_window": (
        "SELECT COUNT(*) AS n FROM TABLE(EXTEND_TIME_WINDOW('dsp_impressions', 'P28D', 'P0D')) t"
    ),
    "getdate": "SELECT COUNT(*) AS n, GETDATE() AS t FROM dsp_impressions",
    "unknown_function": "SELECT NO_SUCH(COUNT(*)) AS n FROM dsp_impressions",
    "unknown_column": f"{QUERY} WHERE no_such = 1",
    "twin_for_audiences": "SELECT COUNT(*) AS n FROM dsp_impressions_for_audiences",
    "money_undivided": "SELECT campaign, SUM(total_cost) AS c FROM dsp_impressions GROUP BY 1",
}
"""Does a dry run of this succeed?"""

READS: Mapping[str, tuple[str, dict[str, str]]] = {
    "runs_without_bound": ("/workflowExecutions", {}),
    "runs_since": ("/workflowExecutions", {"minCreationTime": "2026-01-01T00:00:00"}),
    "page_of_100": ("/workflows", {"limit": "100"}),
    "page_of_101": ("/workflows", {"limit": "101"}),
    "page_of_0": ("/workflows", {"limit": "0"}),
    "token_made_up": ("/workflows", {"nextToken": "made-up"}),
    "data_sources": ("/dataSources", {}),
    "data_source": ("/dataSources/dsp_impressions", {}),
    "data_source_unknown": ("/dataSources/no_such", {}),
    "workflow_unknown": ("/workflows/no-such", {}),
    "run_unknown": ("/workflowExecutions/00000000-0000-0000-0000-000000000000", {}),
    "schedules": ("/schedules", {}),
}
"""Is this answered?"""
