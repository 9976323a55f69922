"""What can be wrong with AWS credentials, the network and the endpoint, in the user's words."""

import errno
import os
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    LoginRefreshRequired,
    LoginTokenLoadError,
    MissingDependencyException,
    ReadTimeoutError,
    RefreshWithMFAUnsupportedError,
    SSOTokenLoadError,
    UnauthorizedSSOTokenError,
)
from botocore.stub import Stubber

from provisioner.adapters.aws.account import AwsAccount
from provisioner.adapters.aws.session import AwsSession, in_our_words
from provisioner.errors import InputError, LoggedOut, ProvisionerError
from provisioner.sandbox.http.throttle import Limit

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEXAMPLETOKEN"
SIGNATURE_DOES_NOT_MATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    f"and signing method.\n\nThe Canonical String for this request should be\n'POST\nx-amz-security-token:{TOKEN}"
)
NOT_AUTHORIZED = "User: arn:aws:iam::1:user/a is not authorized to perform: sts:GetCallerIdentity"


def failure(session: AwsSession) -> ProvisionerError:
    with pytest.raises(ProvisionerError) as caught:
        AwsAccount(session).caller()
    assert caught.value.hint
    assert SECRET not in str(caught.value.__dict__)
    return caught.value


@pytest.fixture
def swallowing_port() -> Iterator[int]:
    """A port that takes no connection and refuses none, like a firewall that drops packets."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):  # fills the queue of connections that nobody accepts
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    ("aws_code", "aws_message", "code"),
    [
        ("ExpiredToken", "The security token included in the request is expired", "expired_token"),
        ("ExpiredTokenException", "The security token included in the request is expired", "expired_token"),
        ("AccessDenied", NOT_AUTHORIZED, "access_denied"),
        ("AccessDeniedException", NOT_AUTHORIZED, "access_denied"),
        ("AuthorizationError", NOT_AUTHORIZED, "access_denied"),
        ("InvalidClientTokenId", "The security token included in the request is invalid.", "bad_credentials"),
        ("UnrecognizedClientException", "The security token included in the request is invalid.", "bad_credentials"),
        ("SignatureDoesNotMatch", SIGNATURE_DOES_NOT_MATCH, "bad_credentials"),
        ("RequestExpired", "Request has expired.", "clock_skew"),
        (
            "RequestTimeTooSkewed",
            "The difference between the times is too large.",
            "clock_skew",
        ),
        ("SignatureDoesNotMatch", "Signature not yet current: 20261128T061200Z is still later than ...", "clock_skew"),
        ("Throttling", "Rate exceeded", "throttled"),
        ("TooManyRequestsException", "Rate exceeded", "throttled"),
        ("SomethingNew", "A message of next year", "aws_error"),
    ],
)
def test_an_error_of_aws_names_the_action_and_says_what_to_do(
    session: AwsSession, aws_code: str, aws_message: str, code: str
) -> None:
    with Stubber(session.client("sts", None, 3)) as stub:
        stub.add_client_error("get_caller_identity", aws_code, aws_message)
        error = failure(session)
    assert error.code == code
    assert isinstance(error, LoggedOut) is (code in ("expired_token", "bad_credentials"))
    assert error.message.startswith(f"sts:GetCallerIdentity: {aws_code}: {aws_message[:20]}")
    assert error.exit_code == 1


@pytest.mark.parametrize(
    ("why", "way_out"),
    [
        ("with an explicit deny in a service control policy", "administers the organization"),
        ("because no service control policy allows the iam:CreateAccessKey action", "administers the organization"),
        ("with an explicit deny in a resource control policy", "administers the organization"),
        ("because no permissions boundary allows the iam:CreateAccessKey action", "in the permissions boundary"),
        ("because no identity-based policy allows the iam:CreateAccessKey action", "allow the action to this IAM"),
    ],
)
def test_a_refusal_says_who_can_lift_it(session: AwsSession, why: str, way_out: str) -> None:
    with Stubber(session.client("sts", None, 3)) as stub:
        stub.add_client_error("get_caller_identity", "AccessDenied", f"{NOT_AUTHORIZED} on resource: user x {why}")
        error = failure(session)
    assert error.code == "access_denied"
    assert way_out in error.hint


def test_the_canonical_request_with_its_session_token_is_not_shown(session: AwsSession) -> None:
    with Stubber(session.client("sts", None, 3)) as stub:
        stub.add_client_error("get_caller_identity", "SignatureDoesNotMatch", SIGNATURE_DOES_NOT_MATCH)
        error = failure(session)
    assert TOKEN not in error.message
    assert "\n" not in error.message


def test_no_credentials_at_all_are_said_with_how_to_give_some(no_aws: None) -> None:
    error = failure(AwsSession(os.environ, "us-east-1", None))
    assert error.code == "no_credentials"
    assert "AWS_ACCESS_KEY_ID" in error.hint


def test_half_of_the_credentials_is_none(no_aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    error = failure(AwsSession(os.environ, "us-east-1", None))
    assert error.code == "no_credentials"
    assert "missing: AWS_SECRET_ACCESS_KEY" in error.message


def test_credentials_that_a_helper_program_fails_to_give_are_none(no_aws: None) -> None:
    Path(os.environ["AWS_CONFIG_FILE"]).write_text("[default]\ncredential_process = /bin/false\n")
    assert failure(AwsSession(os.environ, "us-east-1", None)).code == "no_credentials"


@pytest.mark.parametrize(
    ("error", "code", "way_out"),
    [
        (UnauthorizedSSOTokenError(), "expired_token", "`aws sso login`"),
        (SSOTokenLoadError(error_msg="no token"), "expired_token", "`aws sso login`"),
        (LoginRefreshRequired(), "expired_token", "`aws login`"),
        (LoginTokenLoadError(error_msg="no token"), "expired_token", "`aws login`"),
        (RefreshWithMFAUnsupportedError(), "expired_token", "a new MFA code"),
        (MissingDependencyException(msg="pip install botocore[crt]"), "no_credentials", "aws configure export-cred"),
        (EOFError(), "no_credentials", "aws configure export-credentials"),
        (OSError(errno.EROFS, "Read-only file system", "/root/.aws/sso/cache/x"), "no_credentials", "~/.aws/sso/cache"),
    ],
)
def test_a_log_in_that_has_ended_or_cannot_be_used_names_a_way_back(error: Exception, code: str, way_out: str) -> None:
    with pytest.raises(ProvisionerError) as caught, in_our_words("AWS credentials"):
        raise error
    assert (caught.value.code, caught.value.exit_code) == (code, 1)
    assert way_out in caught.value.hint


def test_a_helper_program_that_is_not_there_is_named(no_aws: None) -> None:
    Path(os.environ["AWS_CONFIG_FILE"]).write_text("[default]\ncredential_process = /nowhere/helper --json\n")
    error = failure(AwsSession(os.environ, "us-east-1", None))
    assert error.code == "no_credentials"
    assert "/nowhere/helper" in error.message
    assert "aws configure export-credentials" in error.hint


def test_a_log_in_of_the_aws_cli_is_named_where_boto3_cannot_read_it(no_aws: None) -> None:
    if find_spec("awscrt"):
        pytest.skip("botocore[crt] is installed")
    session_of = "[default]\nlogin_session = arn:aws:iam::123456789012:user/ada\n"
    Path(os.environ["AWS_CONFIG_FILE"]).write_text(session_of)
    error = failure(AwsSession(os.environ, "us-east-1", None))
    assert error.code == "no_credentials"
    assert "`aws login`" in error.message
    assert "botocore[crt]" in error.hint


@pytest.mark.parametrize("named", [True, False])
def test_a_profile_by_option_wins_over_keys_in_the_environment_and_one_by_variable_does_not(
    session: AwsSession, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    Path(os.environ["AWS_CONFIG_FILE"]).write_text(
        "[profile work]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = x\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "work")
    chosen = AwsSession(os.environ, "us-east-1", "work" if named else None)
    assert chosen.credentials().access_key == ("AKIAPROFILE" if named else "AKIAIOSFODNN7EXAMPLE")


def test_a_profile_that_does_not_exist_is_bad_input(no_aws: None) -> None:
    error = failure(AwsSession(os.environ, None, "nobody"))
    assert isinstance(error, InputError)
    assert error.code == "unknown_profile"
    assert "'nobody'" in error.message


def test_the_profile_of_the_environment_that_does_not_exist_is_bad_input(
    no_aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert failure(AwsSession(os.environ, None, None)).code == "unknown_profile"


def test_an_aws_configuration_that_cannot_be_parsed_is_named(no_aws: None) -> None:
    Path(os.environ["AWS_CONFIG_FILE"]).write_text("[default\nregion")
    error = failure(AwsSession(os.environ, None, None))
    assert error.code == "aws_error"
    assert os.environ["AWS_CONFIG_FILE"] in error.message


@pytest.mark.timeout(120)
def test_a_closed_port_is_said(aws_at: Callable[[str], AwsSession], closed_port: int) -> None:
    error = failure(aws_at(f"http://127.0.0.1:{closed_port}"))
    assert error.code == "unreachable"
    assert f"http://127.0.0.1:{closed_port}" in error.message
    assert "AWS_ENDPOINT_URL" in error.hint


@pytest.mark.timeout(120)
def test_a_host_that_does_not_exist_is_unreachable(aws_at: Callable[[str], AwsSession]) -> None:
    assert failure(aws_at("http://nowhere.invalid")).code == "unreachable"


@pytest.mark.timeout(120)
def test_a_network_that_swallows_packets_does_not_hang(
    aws_at: Callable[[str], AwsSession], swallowing_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provisioner.adapters.aws.session._CONNECT_SECONDS", 0.3)
    error = failure(aws_at(f"http://127.0.0.1:{swallowing_port}"))
    assert error.code == "unreachable"


def test_a_server_that_never_answers_is_unreachable() -> None:
    with pytest.raises(ProvisionerError, match="ses:GetEmailIdentity") as caught, in_our_words("ses:GetEmailIdentity"):
        raise ReadTimeoutError(endpoint_url="https://email.us-east-1.amazonaws.com")
    assert caught.value.code == "unreachable"


def test_every_client_gives_up_on_a_silent_network_in_time(session: AwsSession) -> None:
    config = session.client("route53").meta.config
    assert (config.connect_timeout, config.read_timeout) == (5, 30)
    assert session.client("sts", None, 3).meta.config.retries["total_max_attempts"] == 3


@pytest.mark.parametrize("url", ["nonsense", "http://", "127.0.0.1:4566"])
def test_an_endpoint_that_is_no_url_is_bad_input(aws_at: Callable[[str], AwsSession], url: str) -> None:
    error = failure(aws_at(url))
    assert isinstance(error, InputError)
    assert error.code == "invalid_endpoint"
    assert "AWS_ENDPOINT_URL" in error.hint


def test_an_endpoint_that_is_no_aws_is_an_error_in_our_words(
    aws_at: Callable[[str], AwsSession], emulated_with: Callable[..., AwsSession]
) -> None:
    url = emulated_with().client("sts").meta.endpoint_url
    error = failure(aws_at(f"{url}/_sandbox"))
    assert error.code == "unreachable"
    assert error.message == "sts:GetCallerIdentity: what answered is not AWS"


def test_throttling_is_tried_again_before_it_becomes_a_failure(emulated_with: Callable[..., AwsSession]) -> None:
    assert AwsAccount(emulated_with(throttle={"sts": Limit(rate=0.001, burst=1)})).caller().account == "123456789012"


def test_throttling_that_does_not_end_is_a_failure_of_its_own(emulated_with: Callable[..., AwsSession]) -> None:
    session = emulated_with(throttle={"sts": Limit(rate=0.001, burst=1)})
    AwsAccount(session).caller()
    error = failure(session)
    assert error.code == "throttled"
    assert "Rate exceeded" in error.message


def test_short_throttling_is_waited_out(emulated_with: Callable[..., AwsSession]) -> None:
    session = emulated_with(throttle={"route53": Limit(rate=5, burst=1)})
    listed = [session.client("route53").list_hosted_zones()["HostedZones"] for _ in range(3)]
    assert listed == [[], [], []]


@pytest.mark.parametrize(
    ("environment", "region", "expected"),
    [
        ({"AWS_REGION": "eu-west-1"}, "eu-central-1", "eu-central-1"),
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}, None, "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-2"}, None, "eu-west-2"),
        ({}, None, None),
    ],
)
def test_the_option_wins_over_the_environment(
    no_aws: None, environment: dict[str, str], region: str | None, expected: str | None
) -> None:
    assert AwsSession(environment, region, None).region == expected


def test_the_region_of_the_profile_counts_when_nothing_else_names_one(no_aws: None) -> None:
    Path(os.environ["AWS_CONFIG_FILE"]).write_text("[profile work]\nregion = eu-north-1\n")
    assert AwsSession(os.environ, None, "work").region == "eu-north-1"


def test_global_services_have_a_region_even_when_nobody_named_one(no_aws: None) -> None:
    assert AwsSession(os.environ, None, None).client("route53").meta.region_name == "aws-global"


def test_requests_say_which_program_sent_them(session: AwsSession) -> None:
    assert "provisioner/" in session.client("route53").meta.config.user_agent


def test_threads_that_ask_for_clients_are_served_one_after_the_other(
    session: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    working, most = [0], [0]

    def make(_session: boto3.Session, service: str, **_options: object) -> str:
        working[0] += 1
        most[0] = max(most[0], working[0])
        time.sleep(0.02)
        working[0] -= 1
        return service

    monkeypatch.setattr(boto3.Session, "client", make)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(session.client, ["iam", "ssm", "sts", "iam"])) == ["iam", "ssm", "sts", "iam"]
    assert most == [1]


def test_what_is_no_error_of_aws_passes_unchanged() -> None:
    with pytest.raises(KeyError), in_our_words("sts:GetCallerIdentity"):
        raise KeyError("Account")


def test_the_error_of_aws_stays_as_the_cause() -> None:
    original = ClientError({"Error": {"Code": "Boom", "Message": "m"}}, "Operation")
    with pytest.raises(ProvisionerError) as caught, in_our_words("sts:GetCallerIdentity"):
        raise original
    assert caught.value.__cause__ is original


def test_global_services_are_asked_in_the_partition_of_what_is_to_be_done(session: AwsSession) -> None:
    elsewhere = AwsSession({}, None, None, lambda: "us-gov-west-1")
    assert elsewhere.client("iam").meta.partition == "aws-us-gov"
    assert AwsSession({}, "eu-west-1", None, lambda: "us-gov-west-1").client("iam").meta.partition == "aws"
