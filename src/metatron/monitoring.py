"""Prometheus' and Grafana's files, made from the program's own metrics and services.

`metatron services monitoring --write` writes them below `deploy/monitoring`; without `--write` it
compares. A metric without a panel, or a panel without a metric, is a failing test.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY

from metatron.kernel.telemetry import metrics
from metatron.platform.health.routes import GAUGES
from metatron.services import SERVICES

FOLDER = Path(__file__).parents[2] / "deploy" / "monitoring"
_MADE = "# Made by `python -m metatron services monitoring --write`; do not edit.\n"
_WINDOW = "5m"
_REQUESTS = "metatron_http_request_seconds"
_COUNT = f"sum by (service) (rate({_REQUESTS}_count[{_WINDOW}]))"
_FAILED = f'sum by (service) (rate({_REQUESTS}_count{{status=~"5.."}}[{_WINDOW}]))'


def catalogue() -> dict[str, str]:
    """Return the program's own metrics: name of the family -> what it tells."""
    assert "observe_request" in vars(metrics), "importing it registers the metrics"
    found = {
        family.name: family.documentation
        for family in REGISTRY.collect()
        if family.name.startswith("metatron_")
    }
    found |= {name: told for name, told, _ in GAUGES}
    return found | {"metatron_ready": "Whether requests can be served"}


@dataclass(frozen=True, slots=True)
class Panel:
    """One graph: `expression` is PromQL, `unit` one of Grafana's."""

    title: str
    metric: str
    expression: str
    unit: str = "short"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One rule: it fires after `minutes` in which `expression` gives anything."""

    name: str
    metric: str
    expression: str
    minutes: int
    severity: str
    summary: str


def _quantile(share: float) -> str:
    buckets = f"sum by (service, le) (rate({_REQUESTS}_bucket[{_WINDOW}]))"
    return f"histogram_quantile({share}, {buckets})"


PANELS = (
    Panel("Ready", "metatron_ready", "min by (service, instance) (metatron_ready)", "bool_yes_no"),
    Panel("Requests a second", _REQUESTS, _COUNT, "reqps"),
    Panel("Share of 5xx", _REQUESTS, f"{_FAILED} / {_COUNT}", "percentunit"),
    Panel("Time to answer, median", _REQUESTS, _quantile(0.5), "s"),
    Panel("Time to answer, 95th percentile", _REQUESTS, _quantile(0.95), "s"),
    Panel("Time to answer, 99th percentile", _REQUESTS, _quantile(0.99), "s"),
    Panel(
        "Slowest routes, 95th percentile",
        _REQUESTS,
        "topk(10, histogram_quantile(0.95,"
        f" sum by (service, route, le) (rate({_REQUESTS}_bucket[{_WINDOW}]))))",
        "s",
    ),
    Panel(
        "Jobs a second",
        "metatron_jobs",
        f"sum by (outcome) (rate(metatron_jobs_total[{_WINDOW}]))",
        "ops",
    ),
    Panel("Waiting in the outbox", "metatron_outbox_due", "max(metatron_outbox_due)"),
    Panel("Waiting in the queue", "metatron_queue_waiting", "max(metatron_queue_waiting)"),
    Panel(
        "Age of the oldest due job",
        "metatron_queue_oldest_seconds",
        "max(metatron_queue_oldest_seconds)",
        "s",
    ),
    Panel("Events not in Redis yet", "metatron_stream_behind", "max(metatron_stream_behind)"),
    Panel("Dead letters", "metatron_dead_letters", "max(metatron_dead_letters)"),
    Panel(
        "One trivial statement",
        "metatron_database_milliseconds",
        "max by (service) (metatron_database_milliseconds)",
        "ms",
    ),
    Panel(
        "Calls of deprecated routes",
        "metatron_deprecated_calls",
        f"sum by (route) (rate(metatron_deprecated_calls_total[{_WINDOW}]))",
        "reqps",
    ),
    Panel(
        "Calls missing in the log of calls",
        "metatron_api_log_forgotten",
        f"sum by (service) (rate(metatron_api_log_forgotten_total[{_WINDOW}]))",
        "reqps",
    ),
)
ALARMS = (
    Alarm(
        "MetatronServiceDown", "metatron_ready", 'up{job="metatron"} == 0', 1, "page",
        "{{ $labels.service }} does not answer Prometheus",
    ),
    Alarm(
        "MetatronNotReady", "metatron_ready", "metatron_ready == 0", 2, "page",
        "{{ $labels.service }} cannot serve requests",
    ),
    Alarm(
        "MetatronErrors", _REQUESTS, f"{_FAILED} / {_COUNT} > 0.05", 2, "page",
        "more than 5 % of {{ $labels.service }}'s answers are a 5xx",
    ),
    Alarm(
        "MetatronErrorBudget", _REQUESTS,
        f'sum(rate({_REQUESTS}_count{{status=~"5.."}}[1h]))'
        f" / sum(rate({_REQUESTS}_count[1h])) > 0.0144",
        5, "page", "at this rate the month's error budget of 0.1 % is used up in two days",
    ),
    Alarm(
        "MetatronSlow", _REQUESTS, f"{_quantile(0.95)} > 2", 2, "ticket",
        "{{ $labels.service }} takes more than 2 s for one answer in twenty",
    ),
    Alarm(
        "MetatronQueueLate", "metatron_queue_oldest_seconds",
        "max(metatron_queue_oldest_seconds) > 300", 5, "page", "due work waits for five minutes",
    ),
    Alarm(
        "MetatronDeadLetters", "metatron_dead_letters",
        "max(metatron_dead_letters) > 0", 15, "ticket", "jobs failed for good; see the console",
    ),
    Alarm(
        "MetatronDatabaseSlow", "metatron_database_milliseconds",
        "max(metatron_database_milliseconds) > 1000", 1, "page",
        "one trivial statement takes more than a second",
    ),
)  # fmt: skip


_SCRAPING = """\
# Each service is asked for its own, with the admin API key.
global: {scrape_interval: 10s, evaluation_interval: 10s}
rule_files: [rules.yaml]
scrape_configs:
  - job_name: metatron
    metrics_path: /metrics
    authorization: {credentials_file: /etc/metatron/admin-key}
    static_configs:
"""


def _rules() -> str:
    rules = (
        f"      - alert: {alarm.name}\n"
        f"        expr: {json.dumps(alarm.expression)}\n"
        f"        for: {alarm.minutes}m\n"
        f"        labels: {{severity: {alarm.severity}}}\n"
        f"        annotations: {{summary: {json.dumps(alarm.summary)}}}\n"
        for alarm in ALARMS
    )
    return f"{_MADE}groups:\n  - name: metatron\n    rules:\n{''.join(rules)}"


def _scrapes() -> str:
    targets = (
        f'      - {{targets: ["127.0.0.1:{each.port}"], labels: {{service: {each.name}}}}}\n'
        for each in SERVICES
    )
    return f"{_MADE}{_SCRAPING}{''.join(targets)}"


def _board() -> str:
    told = catalogue()
    panels: list[dict[str, Any]] = []
    for number, panel in enumerate(PANELS):
        panels.append(
            {
                "id": number + 1,
                "type": "timeseries",
                "title": panel.title,
                "description": told[panel.metric],
                "datasource": {"type": "prometheus", "uid": "${source}"},
                "gridPos": {"h": 8, "w": 12, "x": 12 * (number % 2), "y": 8 * (number // 2)},
                "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
                "targets": [{"refId": "A", "expr": panel.expression}],
            }
        )
    board = {
        "uid": "metatron",
        "title": "Metatron",
        "tags": ["metatron"],
        "schemaVersion": 39,
        "refresh": "10s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {
            "list": [{"name": "source", "type": "datasource", "query": "prometheus"}],
        },
        "panels": panels,
    }
    return json.dumps(board, indent=2) + "\n"


def files() -> dict[str, str]:
    """Return the files of `deploy/monitoring` by their names."""
    return {"prometheus.yaml": _scrapes(), "rules.yaml": _rules(), "grafana-board.json": _board()}


def stale() -> list[str]:
    """Return the names of files that are not what the program says."""
    return [
        name
        for name, said in files().items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text() != said
    ]
