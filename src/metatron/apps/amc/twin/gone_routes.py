"""The endpoints that each instance had of its own: Amazon took them back in August 2024."""

from fastapi import APIRouter

from metatron.apps.amc.twin.refusals import Refusal

router = APIRouter(include_in_schema=False)
_METHODS = ["GET", "POST", "PUT", "DELETE"]


@router.api_route("/prod/{rest:path}", methods=_METHODS)
@router.api_route("/workflows{rest:path}", methods=_METHODS)
@router.api_route("/workflowExecutions{rest:path}", methods=_METHODS)
@router.api_route("/schedules{rest:path}", methods=_METHODS)
@router.api_route("/dataSources{rest:path}", methods=_METHODS)
async def gone() -> None:
    """Refuse: who still calls here has to move."""
    raise Refusal(410, "Instance endpoints have gone: call /amc/reporting/{instanceId}.")
