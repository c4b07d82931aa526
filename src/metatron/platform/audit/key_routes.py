"""The audit keys, for anybody: what proofs are checked against."""

from base64 import urlsafe_b64encode

from starlette.requests import Request
from starlette.responses import Response

from metatron.kernel.http.access import public
from metatron.kernel.http.routing import Router
from metatron.platform.audit.keys import AuditKey, published_keys
from metatron.platform.audit.schemas import AuditKeyItem, AuditKeys

router = Router(tags=["audit"])


@router.get("/public/audit-keys")
@public()
async def list_audit_keys(request: Request, response: Response) -> AuditKeys:
    """List the keys that sign or have signed the log's checkpoints, the newest first.

    A key set (RFC 7517, RFC 8037) with a fingerprint for each key: the SHA-256 of its 32 bytes.
    The first key signs now; the others stay for what they have signed.
    """
    response.headers["cache-control"] = "public, max-age=300"
    found = published_keys(request.app.state.settings.data_dir)
    return AuditKeys(keys=[_item(key) for key in found])


def _item(key: AuditKey) -> AuditKeyItem:
    return AuditKeyItem(
        kty="OKP",
        crv="Ed25519",
        alg="EdDSA",
        use="sig",
        kid=key.key_id,
        x=urlsafe_b64encode(key.public).rstrip(b"=").decode(),
        fingerprint=key.fingerprint,
        began_at=key.began_at,
    )
