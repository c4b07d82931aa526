"""Traces by OpenTelemetry: only with METATRON_OTLP_ENDPOINT set and the extra `telemetry`.

Spans hold methods, route templates, statuses and names of jobs: never a path, a query, a header, a
body or the text of an error, for any of them may hold a secret or name a person.
"""

import asyncio
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from metatron.kernel.settings import Settings
from metatron.kernel.telemetry.trace_parent import read_with

log = structlog.get_logger(__name__)
EXPORT_SECONDS = 3
CARRIED = frozenset({b"traceparent", b"tracestate"})


class Tracing:
    """A process's tracer and the exporter behind it."""

    def __init__(self, provider: Any) -> None:
        """Take an SDK provider; use `open_tracing` instead."""
        self._provider = provider
        self._tracer = provider.get_tracer("metatron")
        trace = importlib.import_module("opentelemetry.trace")
        self._kinds = trace.SpanKind
        self._error = trace.Status(trace.StatusCode.ERROR)
        self._format = importlib.import_module(
            "opentelemetry.trace.propagation.tracecontext"
        ).TraceContextTextMapPropagator()
        read_with(self.current)

    def current(self) -> str:
        """Return the present span as a `traceparent`, or nothing outside of one."""
        carrier: dict[str, str] = {}
        self._format.inject(carrier)
        return carrier.get("traceparent", "")

    @contextmanager
    def span(self, name: str, kind: str, carrier: dict[str, str]) -> Iterator[Any]:
        """Run a block in a span below the caller's; an error marks it, its text stays out.

        Args:
            name: of the span; for a request it is replaced once its route is known.
            kind: SERVER or CONSUMER.
            carrier: `traceparent` and `tracestate` of the caller, if any.
        """
        with self._tracer.start_as_current_span(
            name,
            context=self._format.extract(carrier),
            kind=self._kinds[kind],
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield span
            except BaseException:
                span.set_status(self._error)
                raise

    def mark_failed(self, span: Any) -> None:
        """Mark a span whose work ended in an error of ours."""
        span.set_status(self._error)

    @contextmanager
    def job(self, handler: str, trace: str | None) -> Iterator[Any]:
        """Run one job in a span below the request that asked for it."""
        carrier = {"traceparent": trace} if trace else {}
        with self.span(f"job {handler}", "CONSUMER", carrier) as span:
            span.set_attribute("metatron.handler", handler)
            yield span

    async def close(self) -> None:
        """Send what is left; a collector that is away costs a few seconds at most."""
        read_with(None)
        await asyncio.to_thread(self._provider.shutdown)


def open_tracing(settings: Settings, process: str) -> Tracing | None:
    """Return what exports to the endpoint, or None when tracing is off."""
    if not settings.otlp_endpoint:
        return None
    try:
        sdk = importlib.import_module("opentelemetry.sdk.trace")
        batch = importlib.import_module("opentelemetry.sdk.trace.export")
        resources = importlib.import_module("opentelemetry.sdk.resources")
        otlp = importlib.import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ImportError:
        log.warning("traces_off", remedy="install metatron[telemetry]")
        return None
    resource = resources.Resource.create({"service.name": f"metatron-{process}"})
    provider = sdk.TracerProvider(resource=resource)
    address = f"{settings.otlp_endpoint.rstrip('/')}/v1/traces"
    exporter = otlp.OTLPSpanExporter(endpoint=address, timeout=EXPORT_SECONDS)
    provider.add_span_processor(batch.BatchSpanProcessor(exporter))
    return Tracing(provider)


class Traces:
    """One server span a request, named by method and route, a child of the caller's span."""

    def __init__(self, app: ASGIApp, tracing: Tracing) -> None:
        """Wrap the application."""
        self._app = app
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Trace one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        carrier = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in scope["headers"]
            if name in CARRIED
        }
        with self._tracing.span(scope["method"], "SERVER", carrier) as span:

            async def watch(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= 500:
                        self._tracing.mark_failed(span)
                await send(message)

            await self._app(scope, receive, watch)
            template = getattr(scope.get("route"), "path", "unmatched")
            span.update_name(f"{scope['method']} {template}")
            span.set_attribute("http.request.method", scope["method"])
            span.set_attribute("http.route", template)
