"""What Terraform's failures mean; the texts are those of Terraform 1.11 and of the AWS provider 5.100."""

import errno
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters.terraform.events import Events
from provisioner.adapters.terraform.failures import failure, own_files
from provisioner.errors import LoggedOut, ProvisionerError

ROOT = Path("/data/domains/example.com")
STS = "validating provider credentials: retrieving caller identity from STS: operation error STS: GetCallerIdentity, "
TEXTS = [
    (STS + "https response error StatusCode: 403, api error ExpiredToken: The token is expired", "credentials_expired"),
    (STS + "https response error StatusCode: 403, api error InvalidClientTokenId: invalid.", "credentials_invalid"),
    (STS + "https response error StatusCode: 403, api error SignatureDoesNotMatch: no match", "credentials_invalid"),
    (STS + "exceeded maximum number of attempts, 9, request send failed, dial tcp 127.0.0.1:1: connect: connection "
     "refused", "endpoint_unreachable"),
    (STS + "request send failed, dial tcp: lookup sts.xx.amazonaws.com: no such host", "endpoint_unreachable"),
    ("No valid credential sources found\nno EC2 IMDS role found, http response error StatusCode: 403",
     "credentials_missing"),
    ("No valid credential sources found\nfailed to refresh cached credentials, failed to load credentials, "
     "expired_token: AWS credentials: The SSO session associated with this profile has expired; log in again with "
     "`aws sso login` and repeat", "credentials_expired"),
    ("No valid credential sources found\nfailed to refresh cached credentials, failed to load credentials, "
     "no_credentials: AWS credentials: no usable AWS credentials", "credentials_missing"),
    ("AWS account ID not allowed: 123456789012", "other_account"),
    ("failed to get shared config profile, nope", "credentials_profile"),
    ("operation error Route 53: ListTagsForResource, AccessDenied: User: arn:aws:iam::1:user/x is not authorized to "
     "perform: route53:ListTagsForResource", "access_denied"),
    ("operation error IAM: PutUserPolicy, https response error StatusCode: 403, AccessDenied: User: "
     "arn:aws:iam::1:user/x is not authorized to perform: iam:PutUserPolicy on resource: user example.com because no "
     "identity-based policy allows the iam:PutUserPolicy action", "user_not_seen"),
    ("operation error IAM: PutUserPolicy, https response error StatusCode: 403, AccessDenied: User: "
     "arn:aws:iam::1:user/x is not authorized to perform: iam:PutUserPolicy on resource: "
     "arn:aws:iam::1:user/provisioner/smtp/example.com because no identity-based policy allows it", "access_denied"),
    ("operation error Route 53: CreateHostedZone, StatusCode: 400, TooManyHostedZones: Limits Exceeded", "zone_limit"),
    ("operation error Route 53: CreateHostedZone, StatusCode: 400, InvalidDomainName: example.com is reserved by AWS!",
     "zone_name_refused"),
    ("operation error IAM: CreateUser, StatusCode: 409, LimitExceeded: Cannot exceed quota for UsersPerAccount",
     "aws_limit"),
    ("operation error IAM: DeleteUser, StatusCode: 409, DeleteConflict: Cannot delete entity, must detach all policies "
     "first.", "user_holds_more"),
    ("operation error SESv2: CreateEmailIdentity, TooManyRequestsException: Rate exceeded", "throttled"),
    ("operation error Route 53: ChangeResourceRecordSets, Throttling: Rate exceeded", "throttled"),
    ("operation error IAM: CreateUser, EntityAlreadyExists: User with name x already exists.", "already_exists"),
    ("Tried to create resource record set [name='example.com.', type='TXT'] but it already exists", "already_exists"),
    ("Failed to query available provider packages\nCould not retrieve the list of available versions for provider "
     "hashicorp/aws: could not connect to registry.terraform.io: dial tcp: no such host", "provider_missing"),
    ("Failed to install provider\nError while installing hashicorp/aws v5.100.0: write: no space left on device",
     "disk_full"),
    ("Error acquiring the state lock\nresource temporarily unavailable\nLock Info:\n  ID: 42\n  Who: root@host",
     "state_locked"),
    ("Saved plan is stale\nThe given plan file can no longer be applied because the state was changed", "plan_stale"),
    ("Backend configuration changed\nA change in the backend configuration has been detected", "state_moved"),
    ("input is disabled", "state_moved"),
    ('Error inspecting states in the "s3" backend:\n    S3 bucket "states" does not exist.', "state_bucket_missing"),
    ("Required plugins are not installed", "not_initialised"),
    ("Module not installed", "not_initialised"),
    ("Something never seen", "terraform_failed"),
]  # fmt: skip


def said(*errors: tuple[str, str], failed: tuple[str, ...] = ()) -> Events:
    events = Events(lambda _: None)
    for text, address in errors:
        summary, _, detail = text.partition("\n")
        diagnostic: dict[str, Any] = {"severity": "error", "summary": summary, "detail": detail, "address": address}
        events.take({"@message": summary, "type": "diagnostic", "diagnostic": diagnostic})
    events.failed.extend(failed)
    return events


@pytest.mark.parametrize(("text", "code"), TEXTS)
def test_a_failure_has_the_code_of_its_cause_and_the_whole_text(text: str, code: str) -> None:
    error = failure("plan", said((text, "")), ROOT)
    assert error.code == code
    assert text in error.message
    assert error.hint
    assert "{" not in error.hint


def test_the_denied_action_is_named_in_message_and_hint() -> None:
    text = "AccessDenied: User: x is not authorized to perform: ses:CreateConfigurationSet on resource: *"
    error = failure("plan", said((text, "")), ROOT)
    assert "AWS denies ses:CreateConfigurationSet" in error.message
    assert error.hint.startswith("allow ses:CreateConfigurationSet")


def test_a_lock_is_named_with_the_command_that_removes_it() -> None:
    text = "Error acquiring the state lock\nLock Info:\n  ID:        42\n  Who: root@host"
    assert f"`provisioner state unlock {ROOT.name} --lock-id 42`" in failure("plan", said((text, "")), ROOT).hint


def test_a_state_of_the_audit_pipeline_is_mended_by_terraform_itself(tmp_path: Path) -> None:
    root = tmp_path / "audit/123456789012/us-east-1/feedback"
    locked = failure("plan", said(("Error acquiring the state lock\nLock Info:\n  ID:        42", "")), root)
    assert f"`terraform -chdir={root} force-unlock 42`" in locked.hint
    moved = failure("init", said(("Error: Backend configuration changed", "")), root)
    assert f"`terraform -chdir={root} init -migrate-state`" in moved.hint


@pytest.mark.parametrize(
    ("why", "sentence", "way_out"),
    [
        ("with an explicit deny in a service control policy", "of the organization denies", "--permissions-boundary"),
        (
            "because no service control policy allows the iam:CreateUser action",
            "of the organization denies",
            "administers the",
        ),
        ("with an explicit deny in a permissions boundary", "a permissions boundary denies", "in the permissions"),
        ("because no identity-based policy allows the iam:CreateUser action", "AWS denies", "allow iam:CreateUser to"),
    ],
)
def test_a_denial_says_who_can_lift_it(why: str, sentence: str, way_out: str) -> None:
    denied = "AccessDenied: User: x is not authorized to perform: iam:CreateUser on resource: y"
    text = f"operation error IAM: CreateUser, {denied} {why}"
    error = failure("plan", said((text, "")), ROOT)
    assert error.code == "access_denied"
    assert sentence in error.message
    assert "iam:CreateUser" in error.message
    assert way_out in error.hint


def test_a_denial_without_words_is_named_by_its_operation() -> None:
    text = "operation error Route 53: CreateHostedZone, https response error StatusCode: 403, AccessDenied:"
    assert "AWS denies Route 53 CreateHostedZone" in failure("plan", said((text, "")), ROOT).message


def test_every_resource_that_failed_is_named_once() -> None:
    events = said(("first", "a.b"), ("second", "c.d"), failed=("a.b",))
    error = failure("apply", events, ROOT)
    assert error.code == "apply_failed"
    assert error.message.startswith("apply failed at a.b, c.d: ")
    assert "first" in error.message
    assert "second" in error.message
    assert error.hint.startswith("What was made is kept")


def test_an_apply_that_touched_no_resource_keeps_the_code_of_its_cause() -> None:
    text = STS + "api error ExpiredToken: The token is expired"
    events = said((text, 'provider["registry.terraform.io/hashicorp/aws"]'))
    assert failure("apply", events, ROOT).code == "credentials_expired"


def test_what_is_not_json_is_shown_when_there_is_nothing_else() -> None:
    error = failure("plan", Events.of_plain("panic: runtime error"), ROOT)
    assert "panic: runtime error" in error.message
    assert str(ROOT / "logs") in error.hint


def test_silence_is_said_to_be_silence() -> None:
    assert "Terraform said nothing" in failure("plan", said(), ROOT).message


def test_warnings_are_no_errors() -> None:
    events = Events(lambda _: None)
    warning = {"severity": "warning", "summary": "Deprecated", "detail": ""}
    events.take({"@message": "Warning: Deprecated", "type": "diagnostic", "diagnostic": warning})
    assert events.errors == []
    assert "Deprecated" not in failure("plan", events, ROOT).message


def test_only_the_last_plain_lines_are_kept() -> None:
    events = Events(lambda _: None)
    for number in range(1000):
        events.read(f"line {number}")
    assert list(events.plain)[-1] == "line 999"
    assert len(events.plain) < 100


def test_a_new_major_format_is_refused() -> None:
    with pytest.raises(ProvisionerError) as raised:
        Events(lambda _: None).read('{"@message": "Terraform 3", "type": "version", "ui": "2.0"}')
    assert raised.value.code == "terraform_unsupported"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EROFS, "home_not_writable"),
        (errno.EACCES, "home_not_writable"),
        (errno.ENOEXEC, "terraform_missing"),
        (errno.ENOTDIR, "file_error"),
    ],
)
def test_an_error_about_our_own_files_is_put_into_words(number: int, code: str) -> None:
    with pytest.raises(ProvisionerError) as raised, own_files(ROOT):
        raise OSError(number, "what the system says", "/data/x")
    assert raised.value.code == code
    assert raised.value.message == "/data/x: what the system says"


def test_a_reader_that_went_away_is_no_error_about_files() -> None:
    with pytest.raises(BrokenPipeError), own_files(ROOT):
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")


@pytest.mark.parametrize(("text", "code"), TEXTS)
def test_what_is_wrong_with_the_credentials_is_wrong_with_whatever_else_is_asked(text: str, code: str) -> None:
    error = failure("plan", said((text, "")), ROOT)
    assert isinstance(error, LoggedOut) is code.startswith("credentials_")
