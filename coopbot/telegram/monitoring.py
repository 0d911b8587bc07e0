"""What watches over the bot may ask it: /healthz in words, /metrics for Prometheus."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from coopbot.errors import SettingsError
from coopbot.library import Library
from coopbot.state.deliveries import Deliveries
from coopbot.state.visits import Visits
from coopbot.telegram.health import Health
from coopbot.telegram.measures import Measures

_PLAIN = "text/plain; charset=utf-8"
_WELL = "ok"


@asynccontextmanager
async def monitoring(where: str | None, health: Health, measures: Measures) -> AsyncIterator[None]:
    """Answer at *where* ("127.0.0.1:9464") until the block ends; nowhere when it is None.

    Raises SettingsError when the address cannot be had.
    """
    if where is None:
        yield
        return
    listening = _listen(where)
    server = HTTPServer(
        Application(
            [
                ("/healthz", _Healthz, {"health": health}),
                ("/metrics", _Metrics, {"measures": measures}),
            ],
            log_function=_unlogged,
        )
    )
    server.add_sockets([listening])
    try:
        yield
    finally:
        server.stop()
        await server.close_all_connections()


def _listen(where: str) -> socket.socket:
    """Return a socket that listens at *where*; raises SettingsError when it cannot."""
    host, _, port = where.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host.strip("[]"), int(port)), family=family)
    except OSError as error:
        reason = error.strerror
        raise SettingsError("monitoring_address", where=where, reason=reason) from error
    listening.setblocking(False)
    return listening


def _unlogged(_handler: RequestHandler) -> None:
    """Log nothing of a request: they come all the time."""


class _Healthz(RequestHandler):
    def initialize(self, health: Health) -> None:
        self._health = health

    def get(self) -> None:
        complaints = self._health.complaints()
        self.set_status(503 if complaints else 200)
        self.set_header("Content-Type", _PLAIN)
        self.finish("\n".join(complaints or [_WELL]) + "\n")


class _Metrics(RequestHandler):
    def initialize(self, measures: Measures) -> None:
        self._measures = measures

    def get(self) -> None:
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        self.finish(generate_latest(self._measures.registry))


class Holdings(Collector):
    """What the bot has, looked at when it is asked for: articles, messages waiting, visits."""

    def __init__(
        self, library: Library, deliveries: Deliveries, visits: Visits, health: Health
    ) -> None:
        self._library = library
        self._deliveries = deliveries
        self._visits = visits
        self._health = health

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges."""
        yield _gauge(
            "healthy", "1 when /healthz finds nothing wrong.", not self._health.complaints()
        )
        yield from self._of_index()
        messages = self._deliveries.waiting_messages()
        yield _gauge("outbox_messages", "Messages not known to have arrived.", messages.count)
        yield _gauge("outbox_oldest_seconds", "Since when the oldest waits.", messages.seconds)
        updates = self._deliveries.waiting_updates()
        yield _gauge("inbox_updates", "Updates not yet dealt with.", updates.count)
        visits = GaugeMetricFamily(
            "coopbot_crawl_addresses",
            "Addresses that sources named, by what became of them last.",
            labels=("outcome",),
        )
        for outcome, count in self._visits.counts().items():
            visits.add_metric([outcome], count)
        yield visits

    def _of_index(self) -> Iterator[GaugeMetricFamily]:
        generation = self._library.opened
        if generation is None:
            return
        manifest = generation.manifest
        age = self._library.now() - dt.datetime.fromisoformat(manifest.made)
        yield _gauge("articles", "Articles in the index that answers.", len(manifest.articles))
        yield _gauge("passages", "Passages in the index that answers.", manifest.passages)
        yield _gauge("index_age_seconds", "Since the index was made.", age.total_seconds())
        current = not self._library.is_of_other_code()
        yield _gauge("index_current", "1 when it was made by this version.", current)


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"coopbot_{name}", what, value=value)
