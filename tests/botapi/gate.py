"""The HTTP side: addresses, the three ways to send parameters, and connections cut short."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from tests.botapi.api import Api, Call, Violation
from tests.botapi.errors import ApiError, bad
from tests.botapi.faults import BAD_GATEWAY_PAGE
from tests.botapi.parameters import Parameters, Upload

_MAX_BODY = 64 * 1024 * 1024
_REASONS = {421: "Misdirected Request", 429: "Too Many Requests"}


class Gate:
    """Takes requests for one bot."""

    def __init__(self, api: Api, token: str) -> None:
        self._api = api
        self._token = token
        self._runner: web.AppRunner | None = None

    async def open(self) -> int:
        """Listen on a free port of the loopback interface and return it."""
        application = web.Application(client_max_size=_MAX_BODY)
        application.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port: int = self._runner.addresses[0][1]
        return port

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        parts = request.match_info["path"].split("/")
        is_file = parts[0] == "file" and len(parts) > 2
        owner = parts[is_file]
        if not owner.startswith("bot") or (len(parts) != 2 and not is_file):
            return _response(404, ApiError(404, "Not Found").body())
        try:
            self._check(owner.removeprefix("bot"))
            if is_file:
                return self._download("/".join(parts[2:]))
            return await self._call(request, parts[1])
        except ApiError as error:
            return _response(error.code, error.body())

    def _check(self, token: str) -> None:
        if token == self._token:
            return
        self._api.violations.append(Violation("", {}, "Unauthorized"))
        number, separator, _ = token.partition(":")
        if token.startswith("0") or len(token) > 80 or not separator or not number.isdecimal():
            raise ApiError(401, "Unauthorized: invalid token specified")
        raise ApiError(401, "Unauthorized")

    def _download(self, path: str) -> web.Response:
        for document in self._api.state.files.values():
            if document.path == path:
                return web.Response(body=document.data, content_type="application/octet-stream")
        raise ApiError(404, "Not Found")

    async def _call(self, request: web.Request, method: str) -> web.StreamResponse:
        api, faults = self._api, self._api.faults
        try:
            parameters = await _parameters(request)
        except ConnectionError:
            return web.Response()
        call = api.begin(method, parameters)
        if faults.latency:
            await asyncio.sleep(faults.latency)
        if faults.strikes("drop_before", call.method):
            api.end(call, "dropped")
            return _cut(request)
        if faults.strikes("bad_gateway", call.method):
            api.end(call, "bad_gateway")
            return self._bad_gateway()
        api.updates.connection = request.transport
        try:
            result, description = await api.answer(call, parameters)
        except ApiError as error:
            return self._refused(request, call, error)
        body = {"ok": True, "result": result}
        if description:
            body["description"] = description
        if faults.strikes("drop_after", call.method):
            api.end(call, "lost", result)
            return _cut(request)
        api.end(call, "ok", result)
        return _response(200, body)

    def _refused(self, request: web.Request, call: Call, error: ApiError) -> web.Response:
        if self._api.faults.strikes("drop_after", call.method):
            self._api.end(call, "lost", error=error.description)
            return _cut(request)
        self._api.end(call, "refused", error=error.description)
        return _response(error.code, error.body())

    def _bad_gateway(self) -> web.Response:
        if self._api.faults.html_errors:
            return web.Response(status=502, text=BAD_GATEWAY_PAGE, content_type="text/html")
        body = {"ok": False, "error_code": 502, "description": "Bad Gateway"}
        return _response(502, body)


def _response(status: int, body: dict[str, Any]) -> web.Response:
    headers = {}
    if "retry_after" in body.get("parameters", {}):
        headers["Retry-After"] = str(body["parameters"]["retry_after"])
    return web.json_response(body, status=status, reason=_REASONS.get(status), headers=headers)


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _parameters(request: web.Request) -> Parameters:
    values = dict(request.query)
    uploads: dict[str, Upload] = {}
    kind = request.content_type
    if kind == "application/json":
        given = await _json(request)
        values |= {name: _as_text(value) for name, value in given.items() if value is not None}
    elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                data = value.file.read()
                value.file.close()
                uploads[name] = Upload(value.filename, value.content_type, data)
            elif isinstance(value, str):
                values[name] = value
    return Parameters(values, uploads)


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        given = json.loads(await request.read() or b"{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise bad("can't parse request as JSON")
    return given


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value)
