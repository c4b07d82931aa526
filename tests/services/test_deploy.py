"""What is shipped for servers agrees with the program: every service, port, metric and file."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from metatron.monitoring import ALARMS, PANELS, catalogue, files, stale
from metatron.services import AUTH, HTTP_SERVICES, SERVICES, WORKER
from tests.services.apart import ROOT, bare, nginx, shipped_site
from tests.services.releasing import servers

DEPLOY = ROOT / "deploy"
DOCKER = DEPLOY / "docker"
GREEN = "metatron-green"
UNITS = ("metatron@.service", "metatron-worker.service", f"{GREEN}@.service",
         f"{GREEN}-worker.service")  # fmt: skip
_METRIC = re.compile(r"metatron_[a-z_]+")
_SUFFIX = re.compile(r"_(bucket|count|sum|total)$")


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def test_every_script_is_one_bash_reads() -> None:
    for path in (DEPLOY / "nginx" / "switch", DOCKER / "new-secrets", DOCKER / "prepare"):
        assert path.stat().st_mode & 0o111 or path.name == "prepare", f"chmod +x {path}"
        done = subprocess.run(["bash", "-n", str(path)], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


def test_nginx_takes_the_shipped_configuration_of_both_colours(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    home = shipped_site(tmp_path, 8443, {each.name: each.port for each in HTTP_SERVICES})
    for colour in ("blue", "green"):
        (home / "site" / "active.conf").unlink()
        (home / "site" / "active.conf").symlink_to(f"{colour}.conf")
        done = subprocess.run(
            nginx(home, "-t"), env=bare(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert "[warn]" not in done.stderr
        said = (DEPLOY / "nginx" / "site" / f"{colour}.conf").read_text()
        assert set(re.findall(r"^upstream (\w+) ", said, re.MULTILINE)) == {
            each.name for each in HTTP_SERVICES
        }


def test_the_switch_leaves_traffic_where_it_is_when_the_other_colour_is_not_ready(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o755)
    home = shipped_site(tmp_path, 8443, {each.name: each.port for each in HTTP_SERVICES})
    green = home / "site" / "green.conf"
    green.write_text(re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:9", green.read_text()))
    done = subprocess.run(
        [str(home / "switch"), "green"], env=bare(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "is not ready" in done.stderr
    assert str((home / "site" / "active.conf").readlink()) == "blue.conf"


def test_the_units_start_every_service_and_only_auth_sees_the_keys() -> None:
    folder = DEPLOY / "systemd"
    target = (folder / "metatron.target").read_text()
    for each in SERVICES:
        unit = "metatron-worker.service" if each.name == WORKER else f"metatron@{each.name}.service"
        assert unit in target
    for name in UNITS:
        said = (folder / name).read_text()
        assert "InaccessiblePaths=-/var/lib/metatron-auth" in said
        assert "NoNewPrivileges=yes" in said
        assert "SIGNING_KEY" not in said
    keys = [folder / f"{name}@auth.service.d" / "keys.conf" for name in ("metatron", GREEN)]
    assert keys[0].read_text() == keys[1].read_text()
    target = (folder / f"{GREEN}.target").read_text()
    for each in SERVICES:
        unit = f"{GREEN}-worker.service" if each.name == WORKER else f"{GREEN}@{each.name}.service"
        assert unit in target


def test_the_green_units_are_the_blue_ones_elsewhere() -> None:
    folder = DEPLOY / "systemd"
    for name in UNITS[:2]:
        green = (folder / name.replace("metatron", GREEN)).read_text()
        again = green.replace("EnvironmentFile=/etc/metatron/green.env\n", "")
        again = again.replace(GREEN, "metatron").replace(", green,", "").replace(", green", "")
        assert again == (folder / name).read_text()
    offset = (folder / "green.env.example").read_text()
    blue, green = (servers(DEPLOY / "nginx", colour) for colour in ("blue", "green"))
    for each in HTTP_SERVICES:
        assert blue[each.name] == [f"127.0.0.1:{each.port}"]
        assert green[each.name] == [f"127.0.0.1:{each.port + 100}"]
    assert "METATRON_PORT_OFFSET=100\n" in offset
    assert f"METATRON_AUTH_URL=http://{green[AUTH][0]}\n" in offset


def test_compose_runs_every_service_and_gives_the_keys_to_auth_alone() -> None:
    told = _read(DOCKER / "compose.yaml")["services"]
    for each in SERVICES:
        service = told[each.name]
        command = ["work", "--apart"] if each.name == WORKER else ["serve", each.name]
        assert service["command"] == command
        assert str(each.port) in service["healthcheck"]["test"][-1]
        assert service["environment"]["METATRON_SETTINGS"] == f"/settings/{each.name}.env"
        assert "METATRON_SIGNING_KEY_DIR" not in service["environment"]
        assert ("keys:/keys" in service["volumes"]) == (each.name == AUTH)
        own = [v for v in service["volumes"] if isinstance(v, dict)]
        assert [v["volume"]["subpath"] for v in own] == [each.name]
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
    for service in told.values():
        for mounted in service["volumes"]:
            if isinstance(mounted, str) and mounted.startswith("."):
                place = (DOCKER / mounted.split(":")[0]).resolve()
                assert place.exists() or place.name == "certificate", mounted


def test_the_image_runs_as_nobody_special_and_takes_only_pinned_packages() -> None:
    said = (DOCKER / "Dockerfile").read_text()
    assert re.findall(r"^USER (.+)$", said, re.MULTILINE) == ["10001:10001"]
    assert said.count("\nFROM ") == 3
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", said, re.MULTILINE):
        for name in source.split():
            assert (ROOT / name).exists(), name
            assert f"!{name}" in (ROOT / ".dockerignore").read_text()
    assert {str(each.port) for each in SERVICES} <= set(
        re.findall(r"^EXPOSE (.+)$", said, re.MULTILINE)[0].split()
    )


def test_the_image_starts_with_the_services_own_settings(tmp_path: Path) -> None:
    fake = tmp_path / "python"
    fake.write_text('#!/bin/sh\necho "$METATRON_DATABASE_URL|$*"\n')
    fake.chmod(0o755)
    own = tmp_path / "core.env"
    own.write_text("METATRON_DATABASE_URL=postgresql://a:b=@/c?host=d e\n")
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "METATRON_SETTINGS": str(own)}
    start = [str(DOCKER / "start"), "serve", "core"]
    told = subprocess.run(start, env=environment, capture_output=True, text=True, check=True)
    assert told.stdout == "postgresql://a:b=@/c?host=d e|-m metatron serve core\n"
    gone = environment | {"METATRON_SETTINGS": str(tmp_path / "none")}
    refused = subprocess.run(start, env=gone, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "cannot be read" in refused.stderr


def test_monitoring_is_made_of_the_programs_own_metrics() -> None:
    assert stale() == [], "mend: python -m metatron services monitoring --write"
    known = catalogue()
    for item in (*PANELS, *ALARMS):
        assert item.metric in known, item
        named = {_SUFFIX.sub("", name) for name in _METRIC.findall(item.expression)}
        assert named <= {_SUFFIX.sub("", name) for name in known}, item
    assert {panel.metric for panel in PANELS} == set(known), "each metric has a panel"


def test_monitoring_asks_every_service() -> None:
    told = yaml.safe_load(files()["prometheus.yaml"])
    targets = told["scrape_configs"][0]["static_configs"]
    assert {(each["targets"][0], each["labels"]["service"]) for each in targets} == {
        (f"127.0.0.1:{each.port}", each.name) for each in SERVICES
    }
    rules = yaml.safe_load(files()["rules.yaml"])["groups"][0]["rules"]
    assert [rule["alert"] for rule in rules] == [alarm.name for alarm in ALARMS]
    board = json.loads(files()["grafana-board.json"])
    assert len({panel["id"] for panel in board["panels"]}) == len(PANELS)


@pytest.mark.parametrize("workflow", sorted((ROOT / ".github" / "workflows").glob("*.yaml")))
def test_workflows_run_the_same_scripts_as_everybody(workflow: Path) -> None:
    told = _read(workflow)
    said = workflow.read_text()
    # One of every night runs what takes too long for a push, by a script of ours as well.
    wanted = ("bin/check", "bin/test") if "push" in told["on"] else ("bin/bench",)
    for script in wanted:
        assert script in said
    for job in told["jobs"].values():
        assert job["timeout-minutes"] <= 60
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step)
    assert told["permissions"] == {"contents": "read"}


def test_the_chart_knows_every_service_and_gives_the_keys_to_auth_alone() -> None:
    chart = DEPLOY / "helm" / "metatron"
    values = _read(chart / "values.yaml")
    ports = {name: each["port"] for name, each in values["services"].items()}
    assert ports | {WORKER: values["worker"]["port"]} == {each.name: each.port for each in SERVICES}
    templates = {path.name: path.read_text() for path in (chart / "templates").glob("*.yaml")}
    for name, said in templates.items():
        actions = re.findall(r"\{\{-? (.*?) -?\}\}", said)
        words = {action.split()[0] for action in actions if action[0] not in "$.:/"}
        assert words <= {"range", "end", "if", "printf"}, f"{name}: only the language's own"
    # Whatever names the keys stands between the question whether this is auth and its end.
    outside = re.sub(r'\{\{- if eq \$name "auth" \}\}.*?\{\{- end \}\}', "",
                     "".join(templates.values()), flags=re.DOTALL)  # fmt: skip
    assert "/keys" in templates["services.yaml"]
    assert "keys" not in outside
    for kind in ("HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy"):
        assert f"kind: {kind}" in templates["services.yaml"]
    for probe in ("startupProbe", "livenessProbe", "readinessProbe", "runAsNonRoot: true"):
        assert probe in templates["services.yaml"]
        assert probe in templates["worker.yaml"]
