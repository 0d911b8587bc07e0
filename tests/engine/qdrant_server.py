"""Qdrant's local mode behind Qdrant's REST interface, on loopback, with faults on request.

It proves that what goes over the wire is what the interface takes, and what becomes of a server
that is slow, full or gone. How a real server searches is for COOPBOT_TEST_QDRANT_URL to show.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter
from qdrant_client import QdrantClient, models

KEY = "secret"
_GO_ON_SECONDS = 30  # a request that is held goes on by itself then


@dataclass
class StandIn:
    """One node; several may have the same *client*, as the nodes of a cluster do.

    `failing` tells of a method and a path with which HTTP status it is refused, 0 to hold it until
    `go_on`, None not to fail.
    """

    client: QdrantClient
    version: str = "1.20.0"
    failing: Callable[[str, str], int | None] = lambda _method, _path: None
    requests: list[str] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def answer(self, method: str, path: str, body: Any) -> Any:
        """Return the result of a request."""
        parts = path.strip("/").split("/")
        match method, *parts:
            case "GET", "collections":
                return self.client.get_collections()
            case "GET", "aliases":
                return self.client.get_aliases()
            case "POST", "collections", "aliases":
                actions = models.ChangeAliasesOperation(**body).actions
                return self.client.update_collection_aliases(actions)
            case "GET", "collections", name, "exists":
                return {"exists": self.client.collection_exists(name)}
            case "PUT", "collections", name:
                asked = models.CreateCollection(**body)
                return self.client.create_collection(
                    name, asked.vectors, sparse_vectors_config=asked.sparse_vectors
                )
            case "DELETE", "collections", name:
                return self.client.delete_collection(name)
            case "PUT", "collections", name, "index":
                return self.client.create_payload_index(name, **body)
            case "PUT", "collections", name, "points":
                return self.client.upsert(name, models.PointsList(**body).points)
            case "POST", "collections", name, "points", *rest:
                return self._points(name, "/".join(rest), body)
        raise LookupError(path)

    def _points(self, name: str, what: str, body: Any) -> Any:
        match what:
            case "query/batch":
                searches = models.QueryRequestBatch(**body).searches
                return self.client.query_batch_points(name, searches)
            case "scroll":
                asked = models.ScrollRequest(**body)
                points, page = self.client.scroll(
                    name,
                    asked.filter,
                    asked.limit or 10,
                    offset=asked.offset,
                    with_payload=True if asked.with_payload is None else asked.with_payload,
                    with_vectors=asked.with_vector or False,
                )
                return {"points": points, "next_page_offset": page}
            case "delete":
                chosen: Any = TypeAdapter(models.PointsSelector).validate_python(body)
                return self.client.delete(name, chosen)
            case "payload":
                change = models.SetPayload(**body)
                chosen = change.points or change.filter
                return self.client.set_payload(name, change.payload, chosen)
            case "":
                wanted = models.PointRequest(**body)
                return self.client.retrieve(
                    name, wanted.ids, wanted.with_payload or False, wanted.with_vector or False
                )
        raise LookupError(what)


@contextmanager
def serving(node: StandIn) -> Iterator[str]:
    """Let *node* answer on loopback; yield its address."""
    one_at_a_time = threading.Lock()  # local mode is not made for threads

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            node.requests.append(f"{self.command} {path}")
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status = node.failing(self.command, path)
            if status == 0:
                node.go_on.wait(_GO_ON_SECONDS)
            if status or self.headers.get("api-key") != KEY:
                return self._send(status or 401, {"status": {"error": "no"}})
            if path == "/":
                return self._send(200, {"title": "stand-in", "version": node.version})
            with one_at_a_time:
                result = node.answer(self.command, path, body)
            answer = TypeAdapter(Any).dump_python(result, mode="json")
            return self._send(200, {"result": answer, "status": "ok", "time": 0.0})

        do_POST = do_GET  # noqa: N815
        do_PUT = do_GET  # noqa: N815
        do_DELETE = do_GET  # noqa: N815

        def _send(self, status: int, content: object) -> None:
            told = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_arguments: object) -> None:
            """Keep quiet."""

        def handle(self) -> None:
            try:
                super().handle()
            except (BrokenPipeError, ConnectionResetError):
                node.requests.append("left")  # who asked did not wait for the answer

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    running.start()
    node.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield node.url
    finally:
        node.go_on.set()
        server.shutdown()
        server.server_close()
        running.join()
