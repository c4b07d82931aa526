"""Traces by OpenTelemetry: only with METATRON_OTLP_ENDPOINT set and the extra `telemetry`."""

import importlib
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from metatron.kernel.settings import Settings

log = structlog.get_logger(__name__)


def open_tracer(settings: Settings, process: str) -> Any | None:
    """Return a tracer that exports to the endpoint, or None when tracing is off."""
    if not settings.otlp_endpoint:
        return None
    try:
        trace = importlib.import_module("opentelemetry.trace")
        sdk = importlib.import_module("opentelemetry.sdk.trace")
        batch = importlib.import_module("opentelemetry.sdk.trace.export")
        resources = importlib.import_module("opentelemetry.sdk.resources")
        otlp = importlib.import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ImportError:
        log.warning("traces_off", remedy="install metatron[telemetry]")
        return None
    resource = resources.Resource.create({"service.name": f"metatron-{process}"})
    provider = sdk.TracerProvider(resource=resource)
    exporter = otlp.OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint}/v1/traces")
    provider.add_span_processor(batch.BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return trace.get_tracer("metatron")


class Traces:
    """One server span a request, named by method and route, a child of the caller's span."""

    def __init__(self, app: ASGIApp, tracer: Any) -> None:
        """Wrap the application with a tracer from `open_tracer`."""
        self._app = app
        self._tracer = tracer
        self._propagate = importlib.import_module("opentelemetry.propagate")
        self._kind = importlib.import_module("opentelemetry.trace").SpanKind.SERVER

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Trace one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        carrier = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        parent = self._propagate.extract(carrier)
        with self._tracer.start_as_current_span(
            scope["method"], context=parent, kind=self._kind
        ) as span:

            async def watch(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                await send(message)

            await self._app(scope, receive, watch)
            template = getattr(scope.get("route"), "path", "unmatched")
            span.update_name(f"{scope['method']} {template}")
            span.set_attribute("http.route", template)
            request_id = scope.get("state", {}).get("request_id", "")
            span.set_attribute("metatron.request_id", request_id)
