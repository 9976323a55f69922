"""The variables of a function's environment: those that Lambda sets, and which it does not let anybody set.

Source: Lambda developer guide, "Working with Lambda environment variables", and its quotas.
"""

from collections.abc import Mapping
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException

from provisioner.sandbox.policy.roles import SESSIONS

_LANG = {"LANG": "en_US.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": ":UTC"}
_NEVER_OURS = (
    "_X_AMZN_TRACE_ID", "AWS_ACCESS_KEY", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
)  # fmt: skip
_MOST = 4096  # octets
_REFUSED = (
    "Lambda was unable to configure your environment variables because the environment variables you have provided"
)


def environment(function: Any, log_group: str, log_stream: str, endpoint: str) -> dict[str, str]:
    """Return what a function finds in its environment: its own variables last."""
    return {**_reserved(function, log_group, log_stream), **_of_the_sandbox(endpoint), **function.environment_vars}


def check(spec: Mapping[str, Any]) -> None:
    """Raise Lambda's refusal of variables that are its own, or too much."""
    wanted: dict[str, str] = (spec.get("Environment") or {}).get("Variables") or {}
    if taken := sorted({*_reserved(None, "", ""), *_NEVER_OURS} & wanted.keys()):
        raise InvalidParameterValueException(
            f"{_REFUSED} contains reserved keys that are currently not supported for modification. Reserved keys used "
            f"in this request: {', '.join(taken)}"
        )
    if sum(len(f"{name}{value}".encode()) for name, value in wanted.items()) > _MOST:
        raise InvalidParameterValueException(f"{_REFUSED} exceeded the 4KB limit.")


def _reserved(function: Any, log_group: str, log_stream: str) -> dict[str, str]:
    """Return the variables that are Lambda's alone; without a function, with empty values."""
    values = {
        "_HANDLER": function and function.handler,
        "AWS_ACCESS_KEY_ID": function and SESSIONS.key_of(function.role),
        "AWS_DEFAULT_REGION": function and function.region,
        "AWS_EXECUTION_ENV": function and f"AWS_Lambda_{function.run_time}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": function and function.memory_size,
        "AWS_LAMBDA_FUNCTION_NAME": function and function.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": function and function.version,
        "AWS_LAMBDA_LOG_GROUP_NAME": log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "AWS_REGION": function and function.region,
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_SESSION_TOKEN": "sandbox",
    }
    return {name: str(value or "") for name, value in values.items()}


def _of_the_sandbox(endpoint: str) -> dict[str, str]:
    return {**_LANG, "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": endpoint}
