"""boto3 clients of an emulated AWS, and a check of every SES v2 answer against botocore's model."""

import json
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.model import OperationModel, Shape

# AWS's own documented answer for an identity without a MAIL FROM domain leaves these two out, against its model.
LEFT_OUT_BY_AWS = {("MailFromAttributes", "MailFromDomain"), ("MailFromAttributes", "MailFromDomainStatus")}
SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "double": (float, int),
    "timestamp": (float, int),
}


@dataclass
class Aws:
    """A running emulated AWS."""

    url: str
    checked: set[str] = field(default_factory=set)
    clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def client(self, service: str, region: str = "us-east-1", **options: Any) -> Any:
        """Return a boto3 client, the same one each time; SES v2's answers are checked against the service's model."""
        if options:
            return self._make(service, region, **options)
        if (service, region) not in self.clients:
            self.clients[service, region] = self._make(service, region)
        return self.clients[service, region]

    def _make(self, service: str, region: str, **options: Any) -> Any:
        keys = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "made-up"}
        make: Any = boto3.client  # the stubs know only literal names
        client = make(service, region, endpoint_url=self.url, **{**keys, **options})
        if service == "sesv2":
            client.meta.events.register("before-parse.sesv2", self._check)
        return client

    def zone(self, name: str, **options: Any) -> str:
        """Create a hosted zone and return its id."""
        created = self.client("route53").create_hosted_zone(Name=name, CallerReference=repr((name, options)), **options)
        return str(created["HostedZone"]["Id"])

    def change(self, zone: str, action: str, name: str, rtype: str, *values: str, ttl: int = 300) -> None:
        """Change one record set."""
        records = [{"Value": value} for value in values]
        record_set = {"Name": name, "Type": rtype, "TTL": ttl, "ResourceRecords": records}
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record_set}]}
        self.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)

    def publish_dkim(self, zone: str, domain: str, suffix: str = "dkim.amazonses.com") -> list[str]:
        """Create the DKIM records of an identity and return its tokens."""
        attributes = self.client("sesv2").get_email_identity(EmailIdentity=domain)["DkimAttributes"]
        for token in attributes["Tokens"]:
            self.change(zone, "UPSERT", f"{token}._domainkey.{domain}", "CNAME", f"{token}.{suffix}")
        return list(attributes["Tokens"])

    def status(self, domain: str) -> str:
        """Return an identity's VerificationStatus."""
        return str(self.client("sesv2").get_email_identity(EmailIdentity=domain)["VerificationStatus"])

    def _check(self, operation_model: OperationModel, response_dict: dict[str, Any], **_event: Any) -> None:
        body = json.loads(response_dict["body"] or b"{}")
        if response_dict["status_code"] < 300:
            check_shape(body, operation_model.output_shape, operation_model.name)
        else:
            check_error(response_dict, body, operation_model)
        self.checked.add(operation_model.name)


def check_error(response: dict[str, Any], body: dict[str, Any], operation: OperationModel) -> None:
    """Fail unless an error is one that the operation knows, with the status that belongs to it."""
    name = response["headers"]["x-amzn-ErrorType"]
    known = {shape.name: shape.metadata["error"]["httpStatusCode"] for shape in operation.error_shapes}
    assert known.get(name) == response["status_code"], f"{operation.name}: {name} with {response['status_code']}"
    assert body["__type"] == name
    assert body.get("Message") or body.get("message")


def check_shape(value: Any, shape: Shape | None, where: str) -> None:
    """Fail unless a JSON value has exactly the form of a botocore shape."""
    if shape is None:
        assert value == {}, f"{where}: {value} for an operation without an answer"
    elif shape.type_name == "structure":
        _check_structure(value, shape, where)
    elif shape.type_name == "list":
        assert isinstance(value, list), where
        for item in value:
            check_shape(item, shape.member, f"{where}[]")  # type: ignore[attr-defined]  # a ListShape
    elif shape.type_name == "map":
        for key, item in value.items():
            check_shape(item, shape.value, f"{where}.{key}")  # type: ignore[attr-defined]  # a MapShape
    else:
        _check_scalar(value, shape, where)


def _check_structure(value: Any, shape: Any, where: str) -> None:
    assert isinstance(value, dict), where
    assert set(value) <= set(shape.members), f"{where}: unknown {set(value) - set(shape.members)}"
    missing = {
        name for name in shape.required_members if name not in value and (shape.name, name) not in LEFT_OUT_BY_AWS
    }
    assert not missing, f"{where}: missing {missing}"
    for name, member in value.items():
        check_shape(member, shape.members[name], f"{where}.{name}")


def _check_scalar(value: Any, shape: Any, where: str) -> None:
    expected = SCALARS[shape.type_name]
    assert isinstance(value, expected), f"{where}: {value!r} is not a {shape.type_name}"
    assert isinstance(value, bool) is (shape.type_name == "boolean"), where
    assert not getattr(shape, "enum", None) or value in shape.enum, f"{where}: {value!r} is not one of {shape.enum}"
