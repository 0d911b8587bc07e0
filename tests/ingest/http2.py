"""The smallest server that speaks HTTP/2: one answer to everything."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

import h2.config
import h2.connection
import h2.events

from tests.ingest.site import identity


class Http2Server:
    """Answers every request on 127.0.0.1 with *body*, in HTTP/2 only; robots.txt allows all."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.port = 0
        self.connections = 0
        self.requests = 0

    async def __aenter__(self) -> Self:
        tls = identity()
        tls.set_alpn_protocols(["h2"])
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        config = h2.config.H2Configuration(client_side=False)
        connection = h2.connection.H2Connection(config)
        connection.initiate_connection()
        writer.write(connection.data_to_send())
        while data := await reader.read(65_536):
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    self._answer(connection, event)
            writer.write(connection.data_to_send())
        writer.close()
        await writer.wait_closed()

    def _answer(
        self, connection: h2.connection.H2Connection, request: h2.events.RequestReceived
    ) -> None:
        self.requests += 1
        headers = dict(request.headers or [])
        body = b"" if headers[b":path"] == b"/robots.txt" else self.body
        assert request.stream_id is not None
        connection.send_headers(request.stream_id, [(":status", "200")])
        connection.send_data(request.stream_id, body, end_stream=True)
