"""The emulated AWS: moto's server mode in this process, with this sandbox's Route 53 and SES v2 in place of moto's."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from flask import Flask
from moto.core.base_backend import BackendDict
from moto.core.utils import convert_to_flask_response
from moto.moto_server.werkzeug_app import (
    HTTP_METHODS,
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import BaseWSGIServer, make_server

from provisioner.sandbox import clock
from provisioner.sandbox.aws import cloudwatch, functions, iam, regions, route53, s3, schedules
from provisioner.sandbox.aws.iam import IamApi
from provisioner.sandbox.aws.permissions.gate import Gate
from provisioner.sandbox.aws.route53 import Route53Api
from provisioner.sandbox.aws.schedules import Schedules
from provisioner.sandbox.http.bodies import WholeBodies
from provisioner.sandbox.http.calls import identify
from provisioner.sandbox.http.errors import refuse
from provisioner.sandbox.http.outages import Outages
from provisioner.sandbox.http.pages import Page, PageRequest, Pages
from provisioner.sandbox.http.signing_time import SigningTime
from provisioner.sandbox.http.throttle import Calls, Throttle
from provisioner.sandbox.knobs.board import Board
from provisioner.sandbox.messaging import queues, topics
from provisioner.sandbox.messaging.queue_api import SqsApi
from provisioner.sandbox.messaging.topic_api import SnsApi
from provisioner.sandbox.ses import store
from provisioner.sandbox.ses.api import SesApi
from provisioner.sandbox.settings import SandboxSettings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

OWN_APIS = {"iam": IamApi, "route53": Route53Api, "sesv2": SesApi, "sns": SnsApi, "sqs": SqsApi}
IN_TURN = ("iam", "route53", "s3", "sesv2")  # SQS lets clients wait; the others have locks of their own, or need none
SERVICES = (cloudwatch, functions, iam, queues, s3, schedules, topics)  # that need no settings
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to find what listens on all addresses
BACKLOG = 128  # hundreds of domains are provisioned at once
POLL_SECONDS = 0.05  # how long `stop` waits at most

log = logging.getLogger(__name__)


class AwsServer:
    """An AWS endpoint on loopback: every service of moto on one port, and JSON pages under `/_sandbox/`."""

    def __init__(self, settings: SandboxSettings, pages: Mapping[str, Page], board: Board | None = None) -> None:
        self._settings, self._calls, self._board = settings, Calls(), board or Board(settings.dns)
        self._clock = clock.Clock()
        self._pages = {
            "calls": self._call_page,
            "clock": Schedules(self._clock).page,
            "functions": functions.page,
            **pages,
        }
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Forget all emulated state and listen; raises OSError when the port is taken.

        moto keeps its state per process, so there can be only one server at a time.
        """
        gate = Gate(_faults_are_errors(_Dispatcher(_create_app)), self._settings.operator or ())
        outages = Outages(gate)
        counted = Throttle(outages, self._settings.throttle, self._calls)
        timed = SigningTime(counted, lambda: self._board.clock_skew)
        app = WholeBodies(Pages(timed, {**self._pages, "denied": gate.page, "outages": outages.page}))
        self._server = _listen(self._settings.host, self._settings.aws_port, app, lambda: self._board.clock_skew)
        BackendDict.reset()
        regions.register()
        route53.register(self._settings)
        store.register(self._settings, self._board)
        for service in SERVICES:
            service.register()
        functions.start(f"http://{reachable(self._settings.host)}:{self.port}")
        clock.start(self._clock)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(POLL_SECONDS,), name="sandbox-aws", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Close the port, wait for the thread, and leave moto as it was."""
        if self._server and self._thread:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = self._thread = None
            functions.stop()
            clock.stop()
            BackendDict.reset()
            route53.unregister()
            store.unregister()
            for service in SERVICES:
                service.unregister()

    @property
    def port(self) -> int:
        """The port that is listened on; valid after `start`."""
        if self._server is None:
            raise RuntimeError("the server was not started")
        return self._server.port

    def _call_page(self, request: PageRequest) -> Any:
        if request.method == "DELETE":
            self._calls.reset()
        return self._calls.report()


def reachable(host: str) -> str:
    """Return where to find on this machine what listens there."""
    name = EVERYWHERE.get(host, host)
    return f"[{name}]" if ":" in name else name


def _listen(host: str, port: int, app: "WSGIApplication", skew: Callable[[], float]) -> BaseWSGIServer:
    """Bind first: werkzeug itself would end the program when the port is taken, instead of raising OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=BACKLOG) as listening:
        return make_server(host, port, app, threaded=True, request_handler=_dated(skew), fd=listening.fileno())


def _dated(skew: Callable[[], float]) -> type[MotoRequestHandler]:
    """Return what handles requests and dates the answers by a clock so many seconds ahead of the machine's."""

    class Handler(_Handler):
        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(time.time() + skew() if timestamp is None else timestamp)

    return Handler


class _Dispatcher(DomainDispatcherApplication):
    """moto's choice of the service that a request is for, made once for each host name: it reads a directory for it."""

    def __init__(self, create_app: Callable[[Any], Flask]) -> None:
        super().__init__(create_app)
        self._chosen = lru_cache(super().get_backend_for_host)

    def get_backend_for_host(self, host: str | None) -> Any:
        return self._chosen(host)


class _Handler(MotoRequestHandler):
    wbufsize = 1 << 16  # headers and body leave together: in two pieces, Go's SDK can lose the second, and asks again
    disable_nagle_algorithm = True  # the end of a long body does not wait for the client's word

    def handle_expect_100(self) -> bool:
        """Let a client that waits for `100 Continue` go on at once, not when it has waited long enough."""
        goes_on = super().handle_expect_100()
        self.wfile.flush()
        del self.headers["Expect"]  # werkzeug would say it again
        return goes_on

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ARG002 - werkzeug's signature
        log.debug(message, *args)


@cache
def _create_app(service: Any) -> Flask:
    """Return what answers for a service, the same for each server: it holds routes, and the state is moto's."""
    app = create_backend_app(service)
    if service in OWN_APIS:
        view = convert_to_flask_response(OWN_APIS[service].dispatch)
        app.add_url_rule("/<path:anything>", "anything", methods=HTTP_METHODS)  # also the paths that moto has not
        app.view_functions = dict.fromkeys([*app.view_functions, "anything"], view)
    if service in IN_TURN:
        lock = threading.Lock()
        app.view_functions = {name: _one_at_a_time(view, lock) for name, view in app.view_functions.items()}
    return app


def _one_at_a_time(view: Callable[..., Any], lock: threading.Lock) -> Callable[..., Any]:
    """Serialise the requests of one service: batches and conditions are atomic, and moto does not lock."""

    def locked(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return view(*args, **kwargs)

    return locked


def _faults_are_errors(app: "WSGIApplication") -> "WSGIApplication":
    """Answer what moto does not know, or chokes on, with an error that SDKs report at once: a 500 would be retried."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        call = identify(environ)
        try:
            return app(environ, start_response)
        except NotImplementedError:
            code, message = "NotImplemented", f"The sandbox does not know {call.service} {call.operation}"
        except Exception as error:
            log.error("%s %s failed: %r", call.service, call.operation, error)
            log.debug("traceback", exc_info=True)
            code, message = "InternalFailure", f"The sandbox failed at {call.service} {call.operation}"
        return refuse(call.service, 400, code, message, start_response)

    return answer
