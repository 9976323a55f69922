"""What IAM is asked about a request: the actions that it needs, each on an ARN.

Source: Service Authorization Reference, one page for each service. A service that is not here is not decided on.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moto.utilities.utils import get_partition

from provisioner.sandbox.aws.permissions import functions, keys, messaging, objects, users
from provisioner.sandbox.zones import ACCOUNT

ANYTHING = "*"  # what operations without a resource of their own are authorised on
PUBLIC = "sts:GetCallerIdentity"  # needs no permission (STS API reference)

_OF_THE_ACCOUNT = ("CreateHostedZone", "ListHostedZones", "ListHostedZonesByName")  # whatever is named besides
_KINDS = {"GetChange": "change", "GetReusableDelegationSet": "delegationset"}

Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Demand:
    """An action on a resource; `told` is the resource as AWS's refusal names it."""

    action: str
    resource: str
    told: str


@dataclass(frozen=True)
class Place:
    """Where a request is made."""

    region: str

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource in this region."""
        return f"arn:{get_partition(self.region)}:{service}:{self.region}:{ACCOUNT}:{resource}"

    def global_arn(self, service: str, resource: str, account: str = ACCOUNT) -> str:
        """Return the ARN of a resource that is in no region."""
        return f"arn:{get_partition(self.region)}:{service}::{account}:{resource}"


def demands(service: str, operation: str, asked: Parameters, place: Place) -> list[Demand] | None:
    """Return all that must be allowed; None for a service (in boto3's name) that is not known here."""
    find = _SERVICES.get(service)
    if find is None:
        return None
    found = [Demand(action, resource, told or resource) for action, resource, told in find(operation, asked, place)]
    return [demand for demand in found if demand.action != PUBLIC]


Found = Iterator[tuple[str, str, str | None]]


def _iam(operation: str, asked: Parameters, place: Place) -> Found:
    resource, told = users.resource_of(operation, asked, place.region)
    arn = place.global_arn("iam", resource) if resource else str(asked.get("PolicyArn") or ANYTHING)
    tagged = {"CreateUser": "TagUser", "CreateRole": "TagRole", "CreatePolicy": "TagPolicy"}.get(operation)
    actions = [operation, *_when(asked.get("Tags") and tagged, tagged or "")]
    yield from ((f"iam:{action}", arn, told) for action in actions)


def _route53(operation: str, asked: Parameters, place: Place) -> Found:
    name = str(asked.get("HostedZoneId") or asked.get("ResourceId") or asked.get("Id") or "")
    kind = _KINDS.get(operation) or asked.get("ResourceType", "hostedzone")
    whole = not name or operation in _OF_THE_ACCOUNT
    yield f"route53:{operation}", ANYTHING if whole else place.global_arn("route53", f"{kind}/{_last(name)}", ""), None


def _ses(operation: str, asked: Parameters, place: Place) -> Found:
    identity = asked.get("EmailIdentity") or asked.get("Domain")  # as version 2 of the API and version 1 call it
    named = {"identity": identity, "configuration-set": asked.get("ConfigurationSetName")}
    arns = [place.arn("ses", f"{kind}/{name}") for kind, name in named.items() if name]
    arns += [asked["ResourceArn"]] if asked.get("ResourceArn") else []
    actions = [operation, *_when(asked.get("Tags") and operation.startswith("Create"), "TagResource")]
    yield from ((f"ses:{action}", arn, None) for action in actions for arn in arns or [ANYTHING])


def _secretsmanager(operation: str, asked: Parameters, place: Place) -> Found:
    name = str(asked.get("SecretId") or asked.get("Name") or "")
    arn = name if name.startswith("arn:") else place.arn("secretsmanager", f"secret:{name}-AbCdEf")  # six of AWS's own
    actions = [operation, *_when(asked.get("Tags") and operation == "CreateSecret", "TagResource")]
    yield from ((f"secretsmanager:{action}", arn if name else ANYTHING, None) for action in actions)
    yield from ((f"kms:{action}", key, None) for action, key in keys.of_secret(operation, asked, place.region))


def _ssm(operation: str, asked: Parameters, place: Place) -> Found:
    named = [asked.get("Name"), asked.get("ResourceId"), *asked.get("Names", ())]
    arns = [place.arn("ssm", f"parameter/{name.removeprefix('/')}") for name in named if name]
    actions = [operation, *_when(asked.get("Tags") and operation == "PutParameter", "AddTagsToResource")]
    yield from ((f"ssm:{action}", arn, None) for action in actions for arn in arns or [ANYTHING])
    yield from ((f"kms:{action}", key, None) for action, key in keys.of_parameter(operation, asked, place.region))


def _kms(operation: str, asked: Parameters, place: Place) -> Found:
    named = str(asked.get("KeyId") or "")
    known = keys.arn_of(named, place.region) if named else ANYTHING
    yield f"kms:{operation}", known or place.arn("kms", f"key/{named}"), None


def _s3(operation: str, asked: Parameters, place: Place) -> Found:
    for action, resource in objects.needed(operation, asked):
        yield f"s3:{action}", f"arn:{get_partition(place.region)}:s3:::{resource}" if resource else ANYTHING, None


def _sqs(operation: str, asked: Parameters, place: Place) -> Found:
    for action, name in messaging.of_queue(operation, asked):
        yield f"sqs:{action}", place.arn("sqs", name) if name else ANYTHING, None


def _sns(operation: str, asked: Parameters, place: Place) -> Found:
    for action, name in messaging.of_topic(operation, asked):
        yield f"sns:{action}", place.arn("sns", name) if name else ANYTHING, None


def _of_functions(
    service: str, find: Callable[[str, Parameters], functions.Found]
) -> Callable[[str, Parameters, Place], Found]:
    def found(operation: str, asked: Parameters, place: Place) -> Found:
        for action, resource in find(operation, asked):
            yield f"{service}:{action}", place.arn(service, resource) if resource else ANYTHING, None
        role = functions.passed_role(service, asked) if service in ("lambda", "scheduler") else None
        yield from (("iam:PassRole", one, None) for one in [role] if one)

    return found


def _without_resources(service: str) -> Callable[[str, Parameters, Place], Found]:
    return lambda operation, _asked, _place: iter([(f"{service}:{operation}", ANYTHING, None)])


def _when(condition: object, action: str) -> list[str]:
    return [action] if condition else []


def _last(name: str) -> str:
    return name.rpartition("/")[2]


_SERVICES: Mapping[str, Callable[[str, Parameters, Place], Found]] = {
    "cloudwatch": _of_functions("cloudwatch", functions.of_alarm),
    "iam": _iam,
    "kms": _kms,
    "lambda": _of_functions("lambda", functions.of_function),
    "logs": _of_functions("logs", functions.of_log),
    "route53": _route53,
    "s3": _s3,
    "scheduler": _of_functions("scheduler", functions.of_schedule),
    "secretsmanager": _secretsmanager,
    "ses": _ses,
    "sesv2": _ses,
    "sns": _sns,
    "sqs": _sqs,
    "ssm": _ssm,
    **{name: _without_resources(name) for name in ("route53domains", "servicequotas", "sts")},
}
