"""The web application. `create_app()` expects the database to be chosen (`remit.db.engines.use`) by its starter."""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections.abc import Awaitable, Callable
from types import ModuleType

import structlog
from fastapi import Depends, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response

import remit
import remit.wiring
from remit.kit.ids import new_id
from remit.llm.gateway import call
from remit.llm.handling import warming
from remit.web import errors, health, hosts, pages, security, sessions
from remit.web.api import records as api_records
from remit.web.api import routes as api
from remit.web.assets import Assets
from remit.web.nav import Menu
from remit.web.scim import everything as scim_everything
from remit.web.scim import groups as scim_groups
from remit.web.scim import routes as scim
from remit.web.scim.problems import ScimProblem
from remit.web.scim.problems import answer as scim_answer

log = structlog.get_logger(__name__)
SLOW_SECONDS = 0.5

Next = Callable[[Request], Awaitable[Response]]


def page_modules() -> list[ModuleType]:
    """Every module of `remit.web.pages`, by name."""
    names = sorted(found.name for found in pkgutil.iter_modules(pages.__path__))
    return [importlib.import_module(f"{pages.__name__}.{name}") for name in names]


def page_entry(request: Request) -> None:
    """Dependency of every page: find who is looking, before any check that needs to know."""
    sessions.find_viewer(request)


def create_server() -> FastAPI:
    """As `create_app`, for a process of its own: after its first page it loads what the first paste would wait for."""
    app = create_app()
    app.state.first_page = warming.warm
    return app


def create_app() -> FastAPI:
    """The application with every page, the API, limits, headers and translations of errors."""
    app = FastAPI(
        title="Remit",
        version=remit.__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        redirect_slashes=False,
    )
    app.state.assets = Assets()
    app.state.first_page = None
    modules = page_modules()
    app.state.menu = Menu(module.NAV for module in modules if hasattr(module, "NAV"))
    app.include_router(health.router)
    app.add_route("/static/{digest}/{name:path}", _static, methods=["GET"])
    app.add_route("/favicon.ico", _favicon, methods=["GET"])
    for module in modules:
        app.include_router(
            module.router,
            include_in_schema=False,
            dependencies=[Depends(page_entry), Depends(security.check_request)],
        )
    app.include_router(api.router)
    app.include_router(api_records.router)
    app.include_router(scim.router)
    app.include_router(scim_groups.router)
    app.include_router(scim_everything.router)
    app.add_exception_handler(ScimProblem, scim_answer)
    errors.install(app)
    app.middleware("http")(_told)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    app.state.uploads = tuple(_uploads(modules))
    app.add_middleware(security.Limits, uploads=app.state.uploads)
    app.add_middleware(hosts.Hosts)
    app.add_middleware(security.SecurityHeaders)
    call.warm()
    return app


def _uploads(modules: list[ModuleType]) -> list[str]:
    """Paths that take files: a page module names them in `UPLOADS`."""
    return [path for module in modules for path in getattr(module, "UPLOADS", ())]


def _after_first_page(request: Request, response: Response) -> None:
    then, state = request.app.state.first_page, request.app.state
    if then is not None and response.headers.get("content-type", "").startswith("text/html"):
        state.first_page = None
        then()


async def _static(request: Request) -> Response:
    parameters = request.path_params
    assets: Assets = request.app.state.assets
    return assets.serve(request, parameters["digest"], parameters["name"])


async def _favicon(request: Request) -> Response:
    assets: Assets = request.app.state.assets
    address = assets.address("remit.svg")
    return assets.serve(request, *address.removeprefix("/static/").split("/", 1))


async def _stranger_with_files(request: Request) -> bool:
    """Whether files come from somebody not signed in: a page's own check comes only after its form was taken in whole."""
    if request.method in security.SAFE or not request.url.path.startswith(request.app.state.uploads):
        return False
    if await run_in_threadpool(sessions.find_viewer, request) is not None:
        return False
    await security.drain(request.receive)
    return True


async def _told(request: Request, call_next: Next) -> Response:
    """Give each request an id, renew its cookie, and log what was slow or failed (never what it said)."""
    request.state.request_id = str(new_id())
    started = time.perf_counter()
    if await _stranger_with_files(request):
        return errors.to_sign_in(request)
    response = await call_next(request)
    seconds = time.perf_counter() - started
    refresh = getattr(request.state, "refresh_cookie", None)
    if refresh is not None and "set-cookie" not in response.headers:
        sessions.set_cookie(request, response, *refresh)
    _after_first_page(request, response)
    response.headers["X-Request-Id"] = request.state.request_id
    if seconds > SLOW_SECONDS or response.status_code >= 500:
        log.warning(
            "slow request" if response.status_code < 500 else "failed request",
            method=request.method,
            path=request.url.path,
            status=response.status_code,
            seconds=round(seconds, 3),
            request_id=request.state.request_id,
        )
    return response
