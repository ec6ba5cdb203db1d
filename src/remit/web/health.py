"""Is everything there: /healthz for supervisors and load balancers. Says nothing about content."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import exc, text
from starlette.responses import JSONResponse

import remit
from remit.db import engines
from remit.db.location import Role

router = APIRouter()

# A worker that serves holds a connection with this name; it is gone the moment its process is.
_WORKER = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE 'remit worker%'"""


def parts() -> dict[str, str]:
    """State of the database and of the workers: ok, down or unknown."""
    try:
        with engines.engine(Role.READER).connect() as connection:
            workers = connection.execute(text(_WORKER)).scalar_one()
    except exc.SQLAlchemyError:
        return {"database": "down", "worker": "unknown"}
    return {"database": "ok", "worker": "ok" if workers else "down"}


@router.get("/healthz", include_in_schema=False)
def healthz() -> JSONResponse:
    """200 when the database answers and a worker is connected, else 503; the parts say which is missing."""
    found = parts()
    good = set(found.values()) == {"ok"}
    status = "ok" if good else "degraded"
    return JSONResponse({"status": status, "version": remit.__version__, **found}, 200 if good else 503)
