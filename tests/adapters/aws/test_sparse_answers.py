"""Answers in which all is missing that AWS's models let be missing: whoever reads one says so, or goes on.

The answers are made from botocore's models, and the calls are all public methods of what talks to AWS.
"""

import inspect
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from provisioner.adapters.aws.account import AwsAccount
from provisioner.adapters.aws.iam import IamSmtpUsers
from provisioner.adapters.aws.inventory import AwsInventory
from provisioner.adapters.aws.registrar import Route53Registrar
from provisioner.adapters.aws.route53 import Route53Zones
from provisioner.adapters.aws.ses import SesIdentities
from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.aws.states.bucket import S3Buckets
from provisioner.adapters.aws.user_access import IamUserAccess
from provisioner.adapters.aws.vaults.secretsmanager import SecretsManager
from provisioner.adapters.aws.vaults.ssm import ParameterStore
from provisioner.adapters.aws.vaults.vault import SecretEntry
from provisioner.core.credentials.holdings import Holding
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.mail_domain.records import Record
from provisioner.core.states.bucket import BucketSettings
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError

DOMAIN = DomainName.parse("example.com")
RECORD = Record("example.com", "TXT", 300, ("a",), ('"a"',))
CALLER = SimpleNamespace(caller=lambda: SimpleNamespace(account="123456789012", arn="arn:aws:iam::123456789012:root"))
ADAPTERS: tuple[Callable[[AwsSession], Any], ...] = (
    AwsAccount,
    IamSmtpUsers,
    IamUserAccess,
    lambda session: AwsInventory(session.client),
    Route53Registrar,
    Route53Zones,
    lambda session: SesIdentities(session, typing.cast("AwsAccount", CALLER)),
    S3Buckets,
    SecretsManager,
    ParameterStore,
)
EXAMPLES: Mapping[Any, Any] = {
    str: "example.com",
    bool: False,
    datetime: datetime(2026, 1, 1, tzinfo=UTC),
    DomainName: DOMAIN,
    HostedZone: HostedZone("Z1", "com", (), {}),
    Region: Region.parse("us-east-1"),
    Record: RECORD,
    SmtpUser: SmtpUser(DOMAIN, None),
    SecretEntry: SecretEntry("{}", {}),
    Holding: next(iter(Holding)),
    BucketSettings: BucketSettings(versioned=False, encrypted=False, private=False, policy=None, rules=()),
    str | bytes: "{}",
    Sequence[str]: ("ns1.example.net",),
}
SCALARS: Mapping[str, Any] = {
    "string": "example.com", "integer": 1, "long": 1, "double": 1.0, "float": 1.0, "boolean": False, "blob": b"",
    "timestamp": datetime(2026, 1, 1, tzinfo=UTC),
}  # fmt: skip  # a table


def sparse(shape: Any, *, listed: bool, depth: int = 0) -> Any:
    """Return a value of a shape without what is not required; `listed`: with all structures and lists, of one item."""
    if shape.type_name == "structure":
        return dict(members(shape, listed=listed, depth=depth))
    if shape.type_name == "list":
        return [sparse(shape.member, listed=listed, depth=depth + 1)] if listed and depth < 6 else []
    if shape.type_name == "map":
        return {}
    return (getattr(shape, "enum", None) or [SCALARS[shape.type_name]])[0]


def members(shape: Any, *, listed: bool, depth: int) -> Iterator[tuple[str, Any]]:
    for name, member in shape.members.items():
        nested = member.type_name in ("structure", "list") and not getattr(shape, "is_tagged_union", False)
        if name in shape.required_members or (listed and nested and depth < 6):
            yield name, sparse(member, listed=listed, depth=depth + 1)


def methods(adapter: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, method in inspect.getmembers(adapter, callable):
        if not name.startswith("_"):
            yield f"{type(adapter).__name__}.{name}", getattr(method, "__wrapped__", method)


def arguments(method: Callable[..., Any]) -> list[Any]:
    """Return an example of each argument; KeyError for a type that has none here yet."""
    hints = typing.get_type_hints(method)
    wanted = [p for p in inspect.signature(method).parameters.values() if p.default is p.empty]
    found = [EXAMPLES[hints[p.name]] if hints[p.name] in EXAMPLES else (EXAMPLES[Region],) for p in wanted]
    return [one for one, p in zip(found, wanted, strict=True) if p.kind is not p.VAR_KEYWORD]


@pytest.fixture(params=[False, True], ids=["bare", "listed"])
def sparing(request: pytest.FixtureRequest, session: AwsSession) -> AwsSession:
    """A session whose AWS says nothing but what it must."""
    make = session.client

    def client(*wanted: Any) -> Any:
        made = make(*wanted)
        made.meta.events.register("before-call.*.*", answer, unique_id="sparing")
        return made

    def answer(model: Any, **_: Any) -> tuple[Any, Any]:
        said = {} if model.output_shape is None else sparse(model.output_shape, listed=request.param)
        return SimpleNamespace(status_code=200), said

    session.client = client  # type: ignore[method-assign,assignment]  # its clients are the last that we see of it
    return session


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: getattr(adapter, "__name__", "adapter"))
def test_no_answer_is_too_sparse(sparing: AwsSession, adapter: Callable[[AwsSession], Any]) -> None:
    said = {name: outcome(method) for name, method in methods(adapter(sparing))}
    assert said
    assert {name: why for name, why in said.items() if why} == {}


def outcome(method: Callable[..., Any]) -> str:
    """Call a method, and return what went wrong in a way that no user should see."""
    try:
        found = method(*arguments(method))
        list(found) if isinstance(found, Iterator) else found
    except ProvisionerError as error:
        return "" if error.hint else f"no hint: {error.message}"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what the test is about
        return repr(error)
    return ""
