from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from provisioner.adapters.aws.registrar import Route53Registrar
from provisioner.adapters.aws.session import AwsSession
from provisioner.core.values.domain import DomainName
from provisioner.errors import ProvisionerError

EXAMPLE = DomainName.parse("example.com")
ASKED = {"FilterConditions": [{"Name": "DomainName", "Operator": "BEGINS_WITH", "Values": ["example.com"]}]}


class StubbedSession(AwsSession):
    """A session whose client answers what was prepared, checked against the model of the API."""

    def __init__(self, client: Any) -> None:
        super().__init__({}, "eu-west-1", None)
        self.asked: list[tuple[str, str | None]] = []
        self._stubbed = client

    def _client(self, service: str, region: str | None = None, attempts: int = 1) -> Any:
        self.asked.append((service, region))
        return self._stubbed


@pytest.fixture
def client() -> Any:
    keys = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "made-up"}
    make: Any = boto3.client  # the stubs know only literal names
    return make("route53domains", "us-east-1", **keys)


@pytest.fixture
def api(client: Any) -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def listed(*names: str) -> dict[str, Any]:
    return {"Domains": [{"DomainName": name} for name in names]}


def test_the_registrys_name_servers_are_found(api: Stubber, client: Any) -> None:
    session = StubbedSession(client)
    api.add_response("list_domains", listed("example.com.au", "example.com"), ASKED)
    servers = [{"Name": "NS1.Parked.net."}, {"Name": "ns2.parked.net"}]
    api.add_response("get_domain_detail", {"DomainName": "example.com", "Nameservers": servers})
    assert Route53Registrar(session).name_servers(EXAMPLE) == ("ns1.parked.net", "ns2.parked.net")
    assert set(session.asked) == {("route53domains", "us-east-1")}


@pytest.mark.parametrize(("keys", "signed"), [([{"KeyTag": 1, "Flags": 257}], True), ([], False), (None, False)])
def test_a_domain_with_keys_at_the_registry_is_signed(
    api: Stubber, client: Any, keys: list[dict[str, int]] | None, signed: bool
) -> None:
    detail = {"DomainName": "example.com"} | ({} if keys is None else {"DnssecKeys": keys})
    api.add_response("get_domain_detail", detail, {"DomainName": "example.com"})
    assert Route53Registrar(StubbedSession(client)).is_signed(EXAMPLE) is signed


def test_a_domain_that_only_begins_alike_is_not_ours(api: Stubber, client: Any) -> None:
    api.add_response("list_domains", listed("example.com.au"), ASKED)
    assert Route53Registrar(StubbedSession(client)).name_servers(EXAMPLE) is None


def test_every_page_of_the_list_is_read(api: Stubber, client: Any) -> None:
    api.add_response("list_domains", listed("example.com.au") | {"NextPageMarker": "2"}, ASKED)
    api.add_response("list_domains", listed(), ASKED | {"Marker": "2"})
    assert Route53Registrar(StubbedSession(client)).name_servers(EXAMPLE) is None


def test_name_servers_are_set_in_one_call(api: Stubber, client: Any) -> None:
    wanted = {"DomainName": "example.com", "Nameservers": [{"Name": "ns-1.a.com"}, {"Name": "ns-2.b.org"}]}
    api.add_response("update_domain_nameservers", {"OperationId": "op-1"}, wanted)
    assert Route53Registrar(StubbedSession(client)).set_name_servers(EXAMPLE, ["ns-1.a.com", "ns-2.b.org"]) == "op-1"


def test_a_refusal_is_said_in_aws_words(api: Stubber, client: Any) -> None:
    api.add_client_error("list_domains", "AccessDeniedException", "not authorized")
    with pytest.raises(ProvisionerError, match="route53domains:ListDomains") as caught:
        Route53Registrar(StubbedSession(client)).name_servers(EXAMPLE)
    assert caught.value.code == "access_denied"


def test_a_domain_that_is_not_registered_in_this_account_is_not_ours(emulated: AwsSession) -> None:
    assert Route53Registrar(emulated).name_servers(EXAMPLE) is None
