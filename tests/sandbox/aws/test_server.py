import json
import socket
import threading
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import pytest
from moto.route53.models import Route53Backend, route53_backends
from pieces import record_pieces

from provisioner.sandbox.aws.server import AwsServer
from provisioner.sandbox.ses.store import SesStore
from provisioner.sandbox.settings import SandboxSettings


def test_the_caller_is_in_the_one_account(aws: Any) -> None:
    assert aws.client("sts").get_caller_identity()["Account"] == "123456789012"


def test_a_user_with_an_access_key_cannot_be_deleted(aws: Any, refusal: Any) -> None:
    iam = aws.client("iam")
    iam.create_user(UserName="smtp", Path="/provisioner/smtp/")
    key = iam.create_access_key(UserName="smtp")["AccessKey"]["AccessKeyId"]
    code, _, status = refusal(iam.delete_user, UserName="smtp")
    assert (code, status) == ("DeleteConflict", 409)
    iam.delete_access_key(UserName="smtp", AccessKeyId=key)
    iam.delete_user(UserName="smtp")
    assert refusal(iam.get_user, UserName="smtp")[0] == "NoSuchEntity"


def test_a_user_has_at_most_two_access_keys(aws: Any, refusal: Any) -> None:
    iam = aws.client("iam")
    iam.create_user(UserName="smtp")
    for _ in range(2):
        iam.create_access_key(UserName="smtp")
    assert refusal(iam.create_access_key, UserName="smtp")[0] == "LimitExceeded"


@pytest.mark.parametrize(("service", "operation"), [("sesv2", "list_recommendations"), ("route53", "get_geo_location")])
def test_what_the_sandbox_does_not_know_is_an_error_at_once(
    aws: Any, refusal: Any, service: str, operation: str
) -> None:
    aws.checked.clear()
    client = aws.client(service)
    client.meta.events.unregister("before-parse.sesv2", aws._check)  # no error of SES's own
    code, message, status = refusal(getattr(client, operation))
    assert (code, status) == ("NotImplemented", 400)
    assert service in message


def test_a_failure_inside_is_one_answered_error_and_a_line_in_the_log(
    aws: Any, refusal: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_store: SesStore, _name: str) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(SesStore, "refresh", fail)
    client = aws.client("sesv2")
    client.meta.events.unregister("before-parse.sesv2", aws._check)  # no error of SES's own
    assert refusal(client.get_email_identity, EmailIdentity="example.com")[::2] == ("InternalFailure", 400)
    assert [record.getMessage() for record in caplog.records if "sandbox" in record.name] == [
        "sesv2 GetEmailIdentity failed: RuntimeError('broken')"
    ]


def test_every_start_is_empty(aws_with: Any) -> None:
    first = aws_with()
    first.zone("example.com")
    first.client("sesv2").create_email_identity(EmailIdentity="example.com")
    second = aws_with()
    assert second.client("route53").list_hosted_zones()["HostedZones"] == []
    assert second.client("sesv2").list_email_identities()["EmailIdentities"] == []


def test_many_changes_at_once_are_all_kept(aws: Any) -> None:
    zone = aws.zone("example.com")
    threads = [
        threading.Thread(target=aws.change, args=(zone, "CREATE", f"h{number}.example.com", "A", "192.0.2.1"))
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert aws.client("route53").get_hosted_zone(Id=zone)["HostedZone"]["ResourceRecordSetCount"] == 22


def test_an_answer_leaves_in_one_piece(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = record_pieces(urlsplit(aws.url).port or 0, monkeypatch)
    aws.client("sesv2").create_configuration_set(ConfigurationSetName="c", Tags=[{"Key": "k", "Value": "v" * 200}])
    aws.client("iam").create_user(UserName="smtp")
    aws.zone("example.com")
    assert [piece[:9] for piece in pieces] == [b"HTTP/1.1 "] * 3


def test_unknown_pages_of_the_sandbox_name_those_that_exist(aws: Any) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{aws.url}/_sandbox/nonsense")  # noqa: S310 - our own server
    assert caught.value.code == 404
    assert json.load(caught.value)["pages"] == ["calls", "clock", "functions", "denied", "outages"]


def test_a_taken_port_is_an_os_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = AwsServer(SandboxSettings(aws_port=taken.getsockname()[1]), {})
        with pytest.raises(OSError, match="in use"):
            server.start()


def test_moto_is_left_as_it_was() -> None:
    server = AwsServer(SandboxSettings(), {})
    server.start()
    assert route53_backends.backend is not Route53Backend
    server.stop()
    assert route53_backends.backend is Route53Backend
    server.stop()  # harmless


POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}'


def _holds_a_policy(iam: Any) -> None:
    iam.put_user_policy(UserName="smtp", PolicyName="more", PolicyDocument=POLICY)


def _holds_a_managed_policy(iam: Any) -> None:
    made = iam.create_policy(PolicyName="more", PolicyDocument=POLICY)
    iam.attach_user_policy(UserName="smtp", PolicyArn=made["Policy"]["Arn"])


def _holds_a_password(iam: Any) -> None:
    iam.create_login_profile(UserName="smtp", Password="made-up-Passw0rd!")


def _holds_an_ssh_key(iam: Any) -> None:
    iam.upload_ssh_public_key(UserName="smtp", SSHPublicKeyBody="ssh-rsa AAAA")


def _holds_a_git_credential(iam: Any) -> None:
    iam.create_service_specific_credential(UserName="smtp", ServiceName="codecommit.amazonaws.com")


@pytest.mark.parametrize(
    ("give", "demand"),
    [
        (_holds_a_policy, "must delete policies first"),
        (_holds_a_managed_policy, "must detach all policies first"),
        (_holds_a_password, "must delete login profile first"),
        (_holds_an_ssh_key, "must delete SSH public keys first"),
        (_holds_a_git_credential, "must delete service specific credentials first"),
    ],
)
def test_a_user_that_still_holds_something_cannot_be_deleted(aws: Any, refusal: Any, give: Any, demand: str) -> None:
    iam = aws.client("iam")
    iam.create_user(UserName="smtp")
    give(iam)
    code, message, _ = refusal(iam.delete_user, UserName="smtp")
    assert (code, demand in message) == ("DeleteConflict", True)


def test_service_specific_credentials_are_listed_until_they_are_deleted(aws: Any) -> None:
    iam = aws.client("iam")
    iam.create_user(UserName="smtp")
    made = iam.create_service_specific_credential(UserName="smtp", ServiceName="codecommit.amazonaws.com")
    id_ = made["ServiceSpecificCredential"]["ServiceSpecificCredentialId"]
    (listed,) = iam.list_service_specific_credentials(UserName="smtp")["ServiceSpecificCredentials"]
    assert listed["ServiceSpecificCredentialId"] == id_
    assert "ServicePassword" not in listed
    iam.delete_service_specific_credential(UserName="smtp", ServiceSpecificCredentialId=id_)
    assert iam.list_service_specific_credentials(UserName="smtp")["ServiceSpecificCredentials"] == []


def test_a_user_has_the_permissions_boundary_that_it_was_given(aws: Any) -> None:
    iam = aws.client("iam")
    arns = [iam.create_policy(PolicyName=name, PolicyDocument=POLICY)["Policy"]["Arn"] for name in ("one", "other")]
    iam.create_user(UserName="smtp", PermissionsBoundary=arns[0])
    kind = {"PermissionsBoundaryType": "PermissionsBoundaryPolicy"}
    assert iam.get_user(UserName="smtp")["User"]["PermissionsBoundary"] == {**kind, "PermissionsBoundaryArn": arns[0]}
    iam.put_user_permissions_boundary(UserName="smtp", PermissionsBoundary=arns[1])
    assert iam.get_user(UserName="smtp")["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == arns[1]
    iam.delete_user_permissions_boundary(UserName="smtp")
    assert "PermissionsBoundary" not in iam.get_user(UserName="smtp")["User"]


def test_a_boundary_that_does_not_exist_makes_no_user(aws: Any) -> None:
    iam = aws.client("iam")
    with pytest.raises(iam.exceptions.NoSuchEntityException, match="does not exist or is not attachable"):
        iam.create_user(UserName="smtp", PermissionsBoundary="arn:aws:iam::123456789012:policy/nowhere")
    assert iam.list_users()["Users"] == []


def test_a_user_that_moves_keeps_its_tags(aws: Any) -> None:
    iam = aws.client("iam")
    iam.create_user(UserName="smtp", Tags=[{"Key": "Domain", "Value": "example.com"}])
    iam.update_user(UserName="smtp", NewPath="/provisioner/smtp/")
    assert iam.get_user(UserName="smtp")["User"]["Path"] == "/provisioner/smtp/"
    assert iam.list_user_tags(UserName="smtp")["Tags"] == [{"Key": "Domain", "Value": "example.com"}]
