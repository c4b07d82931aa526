"""What each route of AMC shows of clients. A new one is entered here, or `test_grants` fails."""

from typing import Any

WINDOW = {"kind": "rolling", "days": 7}
WEEKLY = {"kind": "after_data", "unit": "week"}
SCHEDULE = {"name": "x", "workflow_id": "", "instance_id": "", "window": WINDOW, "kind": WEEKLY}
ALERT = {
    "name": "x", "schedule_id": "", "condition": {"op": ">", "value": 0},
    "channels": [{"kind": "mail", "to": "a@example.com"}],
}  # fmt: skip
CLIENT: dict[str, Any] = {
    "show_amc_instance": None,
    "favour_amc_instance": None,
    "forget_amc_instance": None,
    "show_amc_mapping": None,
    "save_amc_mapping": None,
    "fill_amc_parameters": None,
    "ask_run": {"instance_id": "", "workflow_id": "", "window": WINDOW},
    "show_run": None,
    "cancel_run": None,
    "ask_run_again": None,
    "save_run_as_workflow": None,
    "compare_runs": None,
    "read_rows": None,
    "read_statistics": None,
    "pivot_result": None,
    "export_result": None,
    "set_alert": ALERT,
    "try_alert": None,
    "change_alert": {"name": "x"},
    "remove_alert": None,
    "preview_schedule": {"kind": WEEKLY, "window": WINDOW, "instance_id": ""},
    "make_schedule": SCHEDULE,
    "show_schedule": None,
    "change_schedule": {"name": "x"},
    "remove_schedule": None,
    "pause_schedule": None,
    "resume_schedule": None,
    "take_over_schedule": None,
    "try_schedule": None,
    "run_schedule_once_more": None,
    "list_firings": None,
    "show_fit_of_schedule": None,
    "export_schedule": None,
    "take_back_schedule": None,
    "make_collection": None,
    "show_collection": None,
    "change_collection": {"name": "x"},
    "archive_collection": None,
    "pause_collection": None,
    "resume_collection": None,
    "retry_segments": None,
    "list_segments": None,
    "read_collection_rows": None,
    "export_collection_rows": None,
    "make_board": None,
    "show_board": None,
    "change_board": {"name": "x"},
    "remove_board": None,
    "read_board_figures": None,
    "share_board_snapshot": None,
    "list_board_snapshots": None,
    "revoke_board_snapshot": None,
    "deliver_run": None,
    "retry_delivery": None,
}
"""Routes that name a client, or what belongs to one, by an id: 404. A body of one's own where the
sample would not do; empty texts in it are ids."""
LISTS = {
    "list_amc_instances", "list_runs", "show_amc_home", "list_schedules", "list_alerts",
    "list_collections", "list_boards", "list_deliveries",
}  # fmt: skip
"""Routes that list what belongs to clients: what is nobody's business is not in them."""
MANAGERS = {
    "connect_amazon", "complete_amazon_sign_in", "reconnect_amazon", "sync_amazon_connection",
    "disconnect_amazon", "change_amc_instance", "show_amc_grants", "save_amc_grants",
    "make_destination", "change_destination", "remove_destination", "test_destination",
}  # fmt: skip
"""Routes of those who set up clients, whom no grant concerns: 403 for everybody else."""
NO_CLIENT = {
    "list_amc_connections",
    "show_amc_schema", "check_query", "format_query", "complete_query",
    "list_workflows", "create_workflow", "show_workflow", "change_workflow", "archive_workflow",
    "unarchive_workflow",
    "mark_workflow", "unmark_workflow", "list_workflow_folders", "list_workflow_tags",
    "detect_parameters", "list_workflow_versions", "show_workflow_version",
    "compare_workflow_versions", "restore_workflow_version", "fork_workflow",
    "list_parameter_sets", "save_parameter_set", "delete_parameter_set",
    "list_amc_asins", "list_amc_campaigns", "list_amc_brands", "show_amc_brand",
    "import_amc_asins", "import_amc_campaigns", "list_amc_imports", "show_amc_import",
    "list_guides", "show_guide", "note_guide_progress", "use_guide",
    "preview_window", "list_destinations", "show_destination", "fetch_amc_asins",
    "fetch_amc_campaigns",
}  # fmt: skip
"""Routes that know of no client: the library, the language, guides, the catalogue."""
