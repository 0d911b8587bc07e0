"""Methods around files."""

from __future__ import annotations

from tests.botapi.errors import ApiError, bad
from tests.botapi.messages import Sending, caption
from tests.botapi.model import Document
from tests.botapi.parameters import Json, Parameters, Upload
from tests.botapi.registry import Context, method

MAX_DOWNLOAD = 20 * 1024 * 1024
MAX_UPLOAD = 50 * 1024 * 1024


@method("getFile")
def get_file(context: Context, p: Parameters) -> Json:
    """Say where a file can be downloaded."""
    if not p.text("file_id"):
        raise bad("file_id not specified")
    document = context.state.files.get(p.text("file_id"))
    if document is None:
        raise bad("invalid file_id")
    if len(document.data) > MAX_DOWNLOAD:
        raise bad("file is too big", expected=True)
    return {
        "file_id": document.file_id,
        "file_unique_id": document.unique_id,
        "file_size": len(document.data),
        "file_path": document.path,
    }


@method("sendDocument")
def send_document(context: Context, p: Parameters) -> Json:
    """Send a file."""
    given = _given(context, p)
    text = caption(context, p)
    sending = Sending(context, p)
    document = context.state.store(given) if isinstance(given, Upload) else given
    message = sending.send(text)
    message.document = document
    return message.json()


def _given(context: Context, p: Parameters) -> Upload | Document:
    name = p.text("document").removeprefix("attach://")
    upload = p.files.get("document") or p.files.get(name)
    if upload is None:
        if not name:
            raise bad("There is no document in the request")
        known = context.state.files.get(name)
        if known is None:
            raise bad("Wrong file identifier/HTTP URL specified")
        return known
    if not upload.data:
        raise bad("file must be non-empty")
    if len(upload.data) > MAX_UPLOAD:
        raise ApiError(413, "Request Entity Too Large")
    return upload
