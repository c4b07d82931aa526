"""Signed links to result files: whoever has one may read the file until it ends."""

import hashlib
import hmac
import re
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, Response

from metatron.apps.amc.twin import chaos
from metatron.apps.amc.twin.desk import Desk, OpenDesk, under_faults
from metatron.apps.amc.twin.documenting import FILES
from metatron.apps.amc.twin.refusals import Refusal

RESULTS = "results"
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}", re.ASCII)
_ID = re.compile(r"[0-9a-f-]{36}", re.ASCII)
router = APIRouter(prefix="/files", tags=["results"])


def signed(desk: Desk, execution_id: str, name: str, until: float) -> str:
    """Return the address of a file, good until `until` (seconds since 1970)."""
    ends = f"{until:.0f}"
    query = urlencode({"expires": ends, "signature": _sign(desk, execution_id, name, ends)})
    return f"{desk.settings.public_url}/files/{execution_id}/{name}?{query}"


@router.get(
    "/{execution_id}/{name}",
    response_class=FileResponse,
    response_model=None,
    responses=FILES,
    dependencies=[under_faults("download")],
)
async def download(
    desk: OpenDesk,
    execution_id: str,
    name: str,
    expires: Annotated[str, Query(pattern=r"^\d{1,12}$")],
    signature: Annotated[str, Query(pattern=r"^[0-9a-f]{64}$")],
) -> Response:
    """Send a result's file, also in ranges.

    Raises:
        Refusal: 403 for a wrong or old link, 404 when the file is gone.
    """
    right = _sign(desk, execution_id, name, expires)
    if not hmac.compare_digest(signature, right) or float(expires) < desk.store.now():
        raise Refusal(403, "The link is wrong or has expired.")
    if not _ID.fullmatch(execution_id) or not _NAME.fullmatch(name) or name.startswith("."):
        raise Refusal(404, "There is no such file.")
    path = desk.settings.data_dir / RESULTS / execution_id / name
    if not path.is_file():
        raise Refusal(404, "There is no such file.")
    media = "application/json" if path.suffix == ".json" else "text/csv; charset=utf-8"
    whole = FileResponse(path, media_type=media)
    if not chaos.draw(desk.store, "download", "truncated_file"):
        return whole
    # As much is promised as there is, and half of it is sent.
    whole.set_stat_headers(path.stat())
    return Response(path.read_bytes()[: path.stat().st_size // 2], headers=dict(whole.headers))


def _sign(desk: Desk, execution_id: str, name: str, ends: str) -> str:
    told = f"{execution_id}/{name}?{ends}".encode()
    return hmac.new(desk.settings.link_secret.encode(), told, hashlib.sha256).hexdigest()
