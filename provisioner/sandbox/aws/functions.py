"""Lambda as the sandbox serves it: moto's, which runs each function from its zip instead of in Docker.

Source: Lambda developer guide, "Understanding Lambda function invocation", "Asynchronous invocation", "Reserved
concurrency", "Sending Lambda function logs to CloudWatch Logs"; API reference, Invoke and FunctionConfiguration.
"""

import base64
import io
import threading
import uuid
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.awslambda import urls
from moto.awslambda.exceptions import InvalidParameterValueException
from moto.awslambda.models import LambdaBackend, LambdaFunction, lambda_backends
from moto.core.exceptions import JsonRESTError

from provisioner.sandbox.aws.function_environment import check, environment
from provisioner.sandbox.aws.function_logs import keep
from provisioner.sandbox.aws.metrics import count
from provisioner.sandbox.http.pages import PageRequest
from provisioner.sandbox.lambdas.process import Ending, Invocation
from provisioner.sandbox.lambdas.runner import Runner
from provisioner.sandbox.messaging.dead_letters import send_as

_RETRIES = 2  # of an event, where nothing else was configured
_TAIL = 4096  # octets of the log that an invocation may ask for

_runner: list[Runner] = []  # the one of this process, as moto's state is


class TooManyRequests(JsonRESTError):
    """The function runs as often as it may at once."""

    code = 429

    def __init__(self) -> None:
        super().__init__("TooManyRequestsException", "Rate Exceeded.")


class Function(LambdaFunction):
    """A function that runs in a process of its own. `running` counts those of now."""

    running: int
    dead_letter_config: dict[str, Any]
    logging_config: dict[str, Any]

    def prepare(self, spec: Mapping[str, Any]) -> None:
        """Take from what was asked what moto leaves out."""
        self.running, self.guard = 0, threading.Lock()
        self.dead_letter_config = dict(spec.get("DeadLetterConfig") or {})
        self.logging_config = _logging(self.function_name, spec.get("LoggingConfig") or {})

    def get_configuration(self, on_create: bool = False) -> dict[str, Any]:
        """Describe the function."""
        described: dict[str, Any] = super().get_configuration(on_create)
        target = {"DeadLetterConfig": self.dead_letter_config} if self.dead_letter_config.get("TargetArn") else {}
        return {**described, **target, "LoggingConfig": self.logging_config}

    def update_configuration(self, config_updates: dict[str, Any]) -> dict[str, Any]:
        """Change the configuration, also what moto does not change."""
        check(config_updates)
        super().update_configuration(config_updates)
        if "DeadLetterConfig" in config_updates:
            self.dead_letter_config = dict(config_updates["DeadLetterConfig"])
        if "LoggingConfig" in config_updates:
            self.logging_config = _logging(self.function_name, config_updates["LoggingConfig"])
        if "TracingConfig" in config_updates:
            self.tracing_config = config_updates["TracingConfig"]
        if "EphemeralStorage" in config_updates:
            self.ephemeral_storage = config_updates["EphemeralStorage"]["Size"]
        return self.get_configuration()

    def update_function_code(self, updated_spec: dict[str, Any]) -> dict[str, Any]:
        """Put other code in the place of what there is."""
        _check_zip(updated_spec)
        return super().update_function_code(updated_spec)

    def invoke(self, body: Any, request_headers: Any, response_headers: Any) -> str | bytes:
        """Answer an Invoke: with the result, or at once for an event, which is run behind the answer."""
        event = body.decode() if isinstance(body, bytes) else body or "{}"
        kind = request_headers.get("X-Amz-Invocation-Type", "RequestResponse")
        if kind == "DryRun":
            return ""
        if kind == "Event":
            threading.Thread(target=self.run_event, args=(event,), name="sandbox-event", daemon=True).start()
            return ""
        ending = self.run(event)
        response_headers["X-Amz-Executed-Version"] = str(self.version)
        tail = "\n".join(ending.lines).encode()[-_TAIL:]
        response_headers["x-amz-log-result"] = base64.b64encode(tail).decode()
        if ending.failed:
            response_headers["x-amz-function-error"] = "Unhandled"
        return ending.payload.encode()

    def run_event(self, event: str) -> Ending | None:
        """Run the function for an event, again when it fails; in the end the event goes to the dead letters.

        Returns the last ending, None when the function may not run at all. AWS waits minutes between the tries.
        """
        ending: Ending | None = None
        for _ in range(1 + self._retries()):
            try:
                ending = self.run(event)
            except TooManyRequests:
                ending = None
                continue
            if not ending.failed:
                return ending
        self._give_up(event)
        return ending

    def run(self, event: str) -> Ending:
        """Run the function once; raises `TooManyRequests` where it runs often enough at this moment."""
        with self.guard:
            if self.reserved_concurrency is not None and self.running >= int(self.reserved_concurrency):
                count(self.region, "Throttles", self.function_name)
                raise TooManyRequests
            self.running += 1
        try:
            asked = self._invocation(event)
            ending = _runner[-1].run(asked, self.run_time or "")
        finally:
            with self.guard:
                self.running -= 1
        ending = keep(asked, ending, self.role, self.region)
        count(self.region, "Invocations", self.function_name)
        count(self.region, "Errors", self.function_name, float(ending.failed))
        count(self.region, "Duration", self.function_name, ending.seconds * 1000, "Milliseconds")
        return ending

    def _invocation(self, event: str) -> Invocation:
        group, version = self.logging_config["LogGroup"], str(self.version)
        stream = f"{datetime.now(UTC):%Y/%m/%d}/[{version}]{uuid.uuid4().hex}"
        runner = _runner[-1]
        return Invocation(
            name=self.function_name,
            version=version,
            arn=self.function_arn,
            handler=self.handler or "",
            event=event,
            request_id=str(uuid.uuid4()),
            timeout=float(self.timeout),
            memory=int(self.memory_size),
            log_group=group,
            log_stream=stream,
            task=runner.unpacked(self.code_bytes, self.code_digest.removeprefix("sha256:")),
            environment=environment(self, group, stream, runner.endpoint),
        )

    def _retries(self) -> int:
        configured = self.event_invoke_config[-1].config if self.event_invoke_config else {}
        return int(configured.get("MaximumRetryAttempts", _RETRIES))

    def _give_up(self, event: str) -> None:
        configured = self.event_invoke_config[-1].config if self.event_invoke_config else {}
        destination = configured.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        for target in filter(None, (self.dead_letter_config.get("TargetArn"), destination)):
            send_as(self.role, target, event, self.region)


class FunctionStore(LambdaBackend):
    """Lambda of one region."""

    _url_module = urls  # moto looks beside its own class otherwise

    def create_function(self, spec: dict[str, Any]) -> LambdaFunction:
        """Make a function of our kind."""
        check(spec)
        _check_zip(spec["Code"])
        made = super().create_function(spec)
        made.__class__ = Function  # type: ignore[type-abstract]  # moto leaves an abstract method of its base open
        made.prepare(spec)  # type: ignore[attr-defined]  # it is a Function now
        return made

    def put_function_event_invoke_config(self, function_name: str, config: dict[str, Any]) -> dict[str, Any]:
        """Configure how events are run, in the place of what was configured."""
        self.get_function(function_name).event_invoke_config.clear()
        return super().put_function_event_invoke_config(function_name, config)


def start(endpoint: str) -> None:
    """Let functions run, with AWS at this URL."""
    _runner.append(Runner(endpoint))


def stop() -> None:
    """End the functions that run."""
    while _runner:
        _runner.pop().stop()


def page(request: PageRequest) -> Any:
    """Tell which functions run; DELETE ends them first, at whatever they are."""
    found = [one for runner in _runner for one in runner.processes.running()]
    if request.method == "DELETE":
        for runner in _runner:
            runner.processes.kill()
    return {"running": found}


def function(arn: str) -> Function | None:
    """Return the function that an ARN (with or without a qualifier) or a name in it stands for."""
    parts = arn.split(":")
    if len(parts) < len(["arn", "aws", "lambda", "region", "account", "function", "name"]):
        return None
    backend: LambdaBackend = lambda_backends[parts[4]][parts[3]]
    try:
        found = backend.get_function(parts[6], parts[7] if len(parts) > 7 else None)  # noqa: PLR2004 reason: as above
    except JsonRESTError:
        return None
    return found if isinstance(found, Function) else None


def register() -> None:
    """Make moto create Lambda backends of this kind from now on; call after moto was reset."""
    lambda_backends.backend = FunctionStore


def unregister() -> None:
    """Give moto back its own Lambda."""
    lambda_backends.backend = LambdaBackend


def _check_zip(code: Mapping[str, Any]) -> None:
    """Raise Lambda's refusal of an upload that is no zip."""
    if "ZipFile" in code and not zipfile.is_zipfile(io.BytesIO(base64.b64decode(code["ZipFile"]))):
        raise InvalidParameterValueException(
            "Could not unzip uploaded file. Please check your file, then try to upload again."
        )


def _logging(name: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    return {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}", **{k: v for k, v in asked.items() if v}}
