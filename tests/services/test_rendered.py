"""What is shipped for servers is read by the programs it is for, or by their own definitions.

Kubernetes' definitions (`kubernetes_1_31.json`) are those of its API, strict: a member that is not
known, or of another type, is a fault.
"""

import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from metatron.services import HTTP_SERVICES, SERVICES, WORKER
from tests.services.apart import ROOT, bare

DEPLOY = ROOT / "deploy"
TEMPLATES = sorted((DEPLOY / "helm" / "metatron" / "templates").glob("*.yaml"))
KUBECTL, SYSTEMD, PROMTOOL = map(shutil.which, ("kubectl", "systemd-analyze", "promtool"))
WITH_KUBECTL = pytest.mark.skipif(KUBECTL is None, reason="kubectl renders the chart")
WITH_SYSTEMD = pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze reads the units")
WITH_PROMTOOL = pytest.mark.skipif(PROMTOOL is None, reason="promtool (package prometheus)")
RELEASE = "shop"
_KNOWN = json.loads((Path(__file__).parent / "kubernetes_1_31.json").read_text())


@cache
def _of_kind(kind: str) -> Any:
    start = {"$ref": f"#/$defs/{_KNOWN['kinds'][kind]}", "$defs": _KNOWN["$defs"]}
    return jsonschema_rs.validator_for(start)


def _faults(thing: dict[str, Any]) -> list[str]:
    found = _of_kind(thing["kind"]).iter_errors(thing)
    name = f"{thing['kind']} {thing['metadata']['name']}"
    return [f"{name}: {each.instance_path}: {each.message}" for each in found]


def _rendered(folder: Path, **changes: Any) -> list[dict[str, Any]]:
    values = yaml.safe_load((DEPLOY / "helm" / "metatron" / "values.yaml").read_text())
    given = {
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "given"},
        "Values": values | changes, "Release": {"Name": RELEASE},
    }  # fmt: skip
    source = folder / "given.json"
    source.write_text(json.dumps(given))
    found: list[dict[str, Any]] = []
    for template in TEMPLATES:
        done = subprocess.run(
            [str(KUBECTL), "annotate", "--local", "-f", str(source), "rendered=yes",
             "-o", f"go-template-file={template}"],
            env=bare() | {"HOME": str(folder)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "<no value>" not in done.stdout, template.name
        found += [each for each in yaml.safe_load_all(done.stdout) if each]
    return found


@pytest.fixture
def chart(tmp_path: Path) -> list[dict[str, Any]]:
    return _rendered(tmp_path)


def _pods(chart: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        each["metadata"]["name"]: each["spec"]["template"]
        for each in chart
        if each["kind"] in {"Deployment", "Job"}
    }


@WITH_KUBECTL
def test_the_chart_is_what_kubernetes_knows(chart: list[dict[str, Any]]) -> None:
    assert [fault for each in chart for fault in _faults(each)] == []
    names = [(each["kind"], each["metadata"]["name"]) for each in chart]
    assert len(names) == len(set(names))
    made = {name for kind, name in names if kind == "Deployment"}
    assert made == {f"{RELEASE}-{each.name}" for each in SERVICES} | {f"{RELEASE}-proxy"}


@WITH_KUBECTL
def test_a_misspelt_member_would_be_found(chart: list[dict[str, Any]]) -> None:
    spec = next(each for each in chart if each["kind"] == "Deployment")["spec"]
    spec["template"]["spec"]["containers"][0]["readinesProbe"] = {"periodSeconds": 5}
    spec["minReadySeconds"] = "soon"
    assert len([fault for each in chart for fault in _faults(each)]) == 2


@WITH_KUBECTL
def test_what_the_chart_points_at_is_there(chart: list[dict[str, Any]]) -> None:
    pods = _pods(chart)
    labels = [pod["metadata"]["labels"] for pod in pods.values() if "metadata" in pod]
    for each in chart:
        spec = each.get("spec", {})
        if each["kind"] == "HorizontalPodAutoscaler":
            assert spec["scaleTargetRef"]["name"] in pods
            assert 2 <= spec["minReplicas"] < spec["maxReplicas"]
        wanted = spec.get("podSelector", spec.get("selector", {}))
        wanted = wanted.get("matchLabels", wanted)
        if wanted:
            assert any(wanted.items() <= label.items() for label in labels), each["metadata"]
    for name, pod in pods.items():
        volumes = {volume["name"] for volume in pod["spec"]["volumes"]}
        for container in (*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"]):
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes, name
            ports = {port["name"] for port in container.get("ports", ())}
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                asked = container.get(probe, {})
                way = asked.get("httpGet", asked.get("tcpSocket"))
                assert way is None or way["port"] in ports, name
    migrate = pods[f"{RELEASE}-migrate"]["spec"]
    assert migrate["containers"][0]["args"] == ["migrate", "--all"]


@WITH_KUBECTL
def test_each_service_is_scaled_by_its_own_values(tmp_path: Path) -> None:
    values = yaml.safe_load((DEPLOY / "helm" / "metatron" / "values.yaml").read_text())
    services = values["services"]
    services["amc"] |= {"replicas": 3, "maxReplicas": 40}
    chart = _rendered(tmp_path, services=services)
    bounds = {
        each["metadata"]["name"]: (each["spec"]["minReplicas"], each["spec"]["maxReplicas"])
        for each in chart
        if each["kind"] == "HorizontalPodAutoscaler"
    }
    assert bounds[f"{RELEASE}-amc"] == (3, 40)
    assert bounds[f"{RELEASE}-core"] == (2, 10)


@WITH_KUBECTL
def test_only_auths_pods_mount_the_private_keys(chart: list[dict[str, Any]]) -> None:
    with_keys = [name for name, pod in _pods(chart).items() if "signing-keys" in json.dumps(pod)]
    assert with_keys == [f"{RELEASE}-auth"]


@WITH_SYSTEMD
def test_systemd_reads_every_unit(tmp_path: Path) -> None:
    """In a folder of its own: what they start has to be there, whatever it is."""
    program = tmp_path / "python"
    program.symlink_to(sys.executable)
    units = tmp_path / "units"
    units.mkdir()
    for path in (DEPLOY / "systemd").rglob("*"):
        if path.is_file() and path.suffix != ".example":
            copy = units / path.relative_to(DEPLOY / "systemd")
            copy.parent.mkdir(exist_ok=True)
            said = path.read_text()
            for place in ("/opt/metatron", "/opt/metatron-green"):
                said = said.replace(f"{place}/.venv/bin/python", str(program))
            copy.write_text(said.replace("/usr/sbin/nginx", str(program)))
    names = ["metatron-nginx.service", "metatron-release@green.service"]
    for colour in ("metatron", "metatron-green"):
        names += [f"{colour}@{each.name}.service" for each in HTTP_SERVICES]
        names += [f"{colour}-{WORKER}.service", f"{colour}.target"]
    done = _verified(units, names)
    assert (done.returncode, done.stderr) == (0, "")
    broken = units / "metatron-nginx.service"
    broken.write_text(broken.read_text().replace("Restart=always", "Restrat=always"))
    assert "Restrat" in _verified(units, names).stderr


def _verified(units: Path, names: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(SYSTEMD), "verify", "--man=no", *(str(units / name) for name in names)],
        env=bare(), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@WITH_PROMTOOL
@pytest.mark.parametrize(
    "asked", [("rules", "rules.yaml"), ("config", "--syntax-only", "prometheus.yaml")]
)
def test_prometheus_takes_its_files(asked: tuple[str, ...]) -> None:
    *what, name = asked
    path = DEPLOY / "monitoring" / name
    done = subprocess.run(
        [str(PROMTOOL), "check", *what, str(path)],
        env=bare(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
