"""Every public method of what talks to AWS, with an example of each argument."""

import inspect
import typing
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from functools import partial
from types import SimpleNamespace, UnionType
from typing import Any, Union

from provisioner.adapters.aws.account import AwsAccount
from provisioner.adapters.aws.account_users import AwsAccountUsers
from provisioner.adapters.aws.cloudwatch import CloudWatchMetrics
from provisioner.adapters.aws.iam import IamSmtpUsers
from provisioner.adapters.aws.iam_facts import AwsIamFacts
from provisioner.adapters.aws.inventory import AwsInventory
from provisioner.adapters.aws.registrar import Route53Registrar
from provisioner.adapters.aws.route53 import Route53Zones
from provisioner.adapters.aws.sending import SesSending
from provisioner.adapters.aws.sending_settings import SesSendingSettings
from provisioner.adapters.aws.ses import SesIdentities
from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.aws.states.bucket import S3Buckets
from provisioner.adapters.aws.states.objects import StateObjects
from provisioner.adapters.aws.suppression import SesSuppressionList
from provisioner.adapters.aws.topics import SnsTopics
from provisioner.adapters.aws.user_access import IamUserAccess
from provisioner.adapters.aws.vaults.secretsmanager import SecretsManager
from provisioner.adapters.aws.vaults.ssm import ParameterStore
from provisioner.adapters.aws.vaults.vault import SecretEntry
from provisioner.core.account.production import ProductionRequest
from provisioner.core.account.suppression import Reason
from provisioner.core.credentials.kms_key import KmsKey
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.mail_domain.records import Record
from provisioner.core.states.bucket import BucketSettings
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError

DOMAIN, REGION = DomainName.parse("example.com"), Region.parse("us-east-1")
CALLER = SimpleNamespace(caller=lambda: SimpleNamespace(account="123456789012", arn="arn:aws:iam::123456789012:root"))
ADAPTERS: tuple[Callable[[AwsSession], Any], ...] = (
    AwsAccount,
    AwsAccountUsers,
    AwsIamFacts,
    CloudWatchMetrics,
    IamSmtpUsers,
    IamUserAccess,
    lambda session: AwsInventory(session.client),
    Route53Registrar,
    Route53Zones,
    lambda session: SesIdentities(session, typing.cast("AwsAccount", CALLER)),
    SesSending,
    SesSendingSettings,
    SnsTopics,
    SesSuppressionList,
    S3Buckets,
    lambda session: StateObjects(session, "example-states", "us-east-1", str),
    partial(SecretsManager, key=KmsKey("alias/mail")),
    partial(ParameterStore, key=KmsKey("alias/mail")),
)
TEXTS: Mapping[str, str] = {
    "account": "123456789012",
    "arn": "arn:aws:sns:us-east-1:123456789012:example",
    "bucket": "example-states",
    "key_id": "AKIAIOSFODNN7EXAMPLE",
    "region": "us-east-1",
}
OF_A_TYPE: Mapping[Any, Any] = {
    str: "example.com",
    bool: False,
    date: date(2026, 1, 1),
    datetime: datetime(2026, 1, 1, tzinfo=UTC),
    DomainName: DOMAIN,
    HostedZone: HostedZone("Z1", "com", (), {}),
    ProductionRequest: ProductionRequest("https://example.com/", (), "Receipts."),
    Reason: Reason.BOUNCE,
    Region: REGION,
    Record: Record("example.com", "TXT", 300, ("a",), ('"a"',)),
    SmtpUser: SmtpUser(DOMAIN, None),
    SecretEntry: SecretEntry("{}", {}),
    BucketSettings: BucketSettings(versioned=False, encrypted=False, private=False, policy=None, rules=()),
}


def calls(adapter: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield each call under its name: each method, with each value of an enumeration where it takes one.

    KeyError for a type of an argument that has no example here yet.
    """
    names = [name for name in dir(adapter) if not name.startswith("_") and inspect.isroutine(getattr(adapter, name))]
    cached = [name for name in dir(adapter) if hasattr(getattr(adapter, name), "cache_info")]
    for name in {*names, *cached}:
        method = inspect.unwrap(getattr(adapter, name))
        for given in arguments(adapter, method):
            yield f"{type(adapter).__name__}.{name}{given}", partial(_call, method, given)


def arguments(adapter: Any, method: Callable[..., Any]) -> Iterator[dict[str, Any]]:
    """Yield examples of a method's arguments by name."""
    hints, signature = typing.get_type_hints(method), inspect.signature(method)
    wanted = [p for p in signature.parameters.values() if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    listed = next((hints[p.name] for p in wanted if _is_enumeration(hints[p.name])), None)
    for value in listed or (None,):
        yield {p.name: value if hints[p.name] is listed else _example(adapter, p.name, hints[p.name]) for p in wanted}


def _call(method: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    bound = inspect.signature(method).bind_partial()
    bound.arguments.update(given)
    return method(*bound.args, **bound.kwargs)


def outcome(call: Callable[[], Any]) -> str:
    """Make a call, and return what went wrong in a way that no user should see."""
    try:
        found = call()
        list(found) if isinstance(found, Iterator) else found
    except ProvisionerError:
        return ""
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what the tests are about
        return repr(error)
    return ""


def _is_enumeration(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Enum)


def _example(adapter: Any, name: str, hint: Any) -> Any:
    if name == "name" and hasattr(adapter, "scheme"):  # of a secret, as its service has it
        return adapter.name(OF_A_TYPE[SmtpUser])
    return TEXTS[name] if hint is str and name in TEXTS else _of_a_type(hint)


def _of_a_type(hint: Any) -> Any:
    """Return an example of a type; of a collection, one with one example in it."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, UnionType):
        return _of_a_type(inner[0])
    if origin is Mapping:
        return {_of_a_type(inner[0]): _of_a_type(inner[1])}
    if origin in (Sequence, Collection, Iterable, tuple):
        return (_of_a_type(inner[0]),)
    return OF_A_TYPE[hint]
