"""Which actions and resources an operation on functions, schedules, logs and alarms is authorised on.

Source: Service Authorization Reference, the pages of AWS Lambda, Amazon EventBridge Scheduler, Amazon CloudWatch Logs
and Amazon CloudWatch. Who hands a service a role must be let pass it (`iam:PassRole`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

_LAMBDA = {"Invoke": "InvokeFunction", "InvokeAsync": "InvokeAsync"}
_ALL_FUNCTIONS = ("ListFunctions", "GetAccountSettings")
_FUNCTION_PART = 6  # of arn:aws:lambda:region:account:function:name
_ALL_GROUPS = "log-group::log-stream:"  # as CloudWatch Logs asks for what concerns all groups
_OF_STREAMS = ("CreateLogStream", "DeleteLogStream", "PutLogEvents", "GetLogEvents")
_OF_ALARMS = ("PutMetricAlarm", "DeleteAlarms", "SetAlarmState", "TagResource", "UntagResource", "ListTagsForResource")

Found = Iterator[tuple[str, str | None]]


def of_function(operation: str, asked: Mapping[str, Any]) -> Found:
    """Yield (action, what follows the account in the ARN), None for what concerns all functions."""
    named = str(asked.get("FunctionName") or asked.get("Resource") or "")
    name = named.split(":")[_FUNCTION_PART] if named.startswith("arn:") else named.partition(":")[0]
    resource = f"function:{name}" if name and operation not in _ALL_FUNCTIONS else None
    yield _LAMBDA.get(operation, operation), resource
    if operation == "CreateFunction" and asked.get("Tags"):
        yield "TagResource", resource


def of_schedule(operation: str, asked: Mapping[str, Any]) -> Found:
    """Yield (action, what follows the account in the ARN), None for what concerns all of them."""
    group, name = asked.get("GroupName") or "default", asked.get("Name")
    if asked.get("ResourceArn"):
        yield operation, str(asked["ResourceArn"]).split(":", 5)[-1]
    elif "ScheduleGroup" in operation:
        yield operation, f"schedule-group/{name}" if name else None
        if operation == "CreateScheduleGroup" and asked.get("Tags"):
            yield "TagResource", f"schedule-group/{name}"
    else:
        yield operation, f"schedule/{group}/{name}" if name else None


def passed_role(service: str, asked: Mapping[str, Any]) -> str | None:
    """Return the ARN of the role that a request hands to a service, None when it hands it none."""
    role = asked.get("Role") if service == "lambda" else (asked.get("Target") or {}).get("RoleArn")
    return str(role) if role else None


def of_log(operation: str, asked: Mapping[str, Any]) -> Found:
    """Yield (action, what follows the account in the ARN)."""
    group, stream = asked.get("logGroupName"), asked.get("logStreamName")
    if asked.get("resourceArn"):
        yield operation, str(asked["resourceArn"]).split(":", 5)[-1].removesuffix(":*")
    elif group and stream and operation in _OF_STREAMS:
        yield operation, f"log-group:{group}:log-stream:{stream}"
    else:
        yield operation, f"log-group:{group}" if group else _ALL_GROUPS
    if operation == "CreateLogGroup" and asked.get("tags"):
        yield "TagResource", f"log-group:{group}"


def of_alarm(operation: str, asked: Mapping[str, Any]) -> Found:
    """Yield (action, what follows the account in the ARN), None for metrics and for what concerns all alarms."""
    if asked.get("ResourceARN"):
        yield operation, str(asked["ResourceARN"]).split(":", 5)[-1]
        return
    names = [asked["AlarmName"]] if asked.get("AlarmName") else asked.get("AlarmNames") or []
    yield from ((operation, f"alarm:{name}") for name in names if operation in _OF_ALARMS)
    if operation not in _OF_ALARMS:
        yield operation, None
    if operation == "PutMetricAlarm" and asked.get("Tags"):
        yield "TagResource", f"alarm:{asked['AlarmName']}"
