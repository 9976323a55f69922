"""What Terraform's failures mean: the vendor's text stays whole, one sentence and one hint are added."""

import errno
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provisioner.adapters.terraform.events import Events
from provisioner.adapters.terraform.state_places import place_before, place_now
from provisioner.core.terraform.pipeline import Part
from provisioner.errors import LoggedOut, ProvisionerError, Unrecorded

KEPT = "What was made is kept; once the cause is mended, the same command completes it."


@dataclass(frozen=True, slots=True)
class Cause:
    """One kind of failure: how it is recognised, and what the user is told."""

    code: str
    pattern: str
    sentence: str
    hint: str


_NEW_KEY = "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or --profile; `aws sts get-caller-identity` must succeed"

# The first that matches wins: the sharper patterns come first.
CAUSES: Sequence[Cause] = (
    Cause(
        "disk_full",
        r"no space left on device|disk quota exceeded",
        "the disk is full",
        "free some space on the file system of PROVISIONER_HOME",
    ),
    Cause(
        "state_locked",
        r"Error acquiring the state lock",
        "another Terraform holds the lock of this state",
        "wait until the process named below is done, then run the same command again; a lock on S3 whose process is "
        "gone for good is removed by `{unlock}`",
    ),
    Cause(
        "plan_stale",
        r"Saved plan is stale",
        "the state changed after the plan was made, so nothing was applied",
        "run the command again: it plans anew",
    ),
    Cause(
        "state_moved",
        r"(?m)Backend configuration changed|Backend type changed|^input is disabled",
        "this state was kept elsewhere until now",
        "set PROVISIONER_STATE={before} again, or move the state with `{migrate}`",
    ),
    Cause(
        "state_bucket_missing",
        r"NoSuchBucket|S3 bucket \S+ does not exist",
        "the bucket for the state does not exist",
        "make the bucket that PROVISIONER_STATE names with `provisioner account bootstrap --bucket NAME`",
    ),
    Cause(
        "not_initialised",
        r"Required plugins are not installed|Inconsistent dependency lock file|Module not installed"
        r"|Backend initialization required|there is no package for|cached package for",
        "what Terraform had installed in {root} is gone or does not fit",
        "run the command again, after deleting {root}/.terraform if that does not help",
    ),
    Cause(
        "provider_missing",
        r"Failed to query available provider packages|Failed to install provider|Invalid provider registry host",
        "the AWS provider is not to be had",
        "set PROVISIONER_PLUGIN_DIR to a filesystem mirror with hashicorp/aws ~> 5.100 (the directory above "
        "registry.terraform.io/), or let this machine reach registry.terraform.io",
    ),
    Cause(
        "credentials_profile",
        r"failed to get shared config profile",
        "the AWS profile does not exist",
        "check --profile or AWS_PROFILE; `aws configure list-profiles` names those that exist",
    ),
    Cause(
        "clock_skew",
        r"RequestExpired|RequestTimeTooSkewed|Signature expired|Signature not yet current",
        "this machine's clock differs too much from that of AWS",
        "set this machine's clock, for instance by NTP, and run the same command again",
    ),
    Cause(
        "credentials_expired",
        r"ExpiredToken|expired_token|token (included in the request )?(is|has) expired",
        "the AWS session has expired",
        "log in again, as the text says or for instance with `aws sso login`, then run the same command",
    ),
    Cause(
        "other_account",
        r"AWS account ID not allowed",
        "the AWS credentials are those of another account than the one that was looked at",
        "run the command again; if it fails again, check whose credentials they are: `aws sts get-caller-identity`",
    ),
    Cause("credentials_missing", r"[Nn]o valid credential sources", "no AWS credentials were found", _NEW_KEY),
    Cause(
        "credentials_invalid",
        r"InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|UnrecognizedClient|InvalidSignature"
        r"|security token included in the request is invalid|AuthFailure",
        "AWS does not accept the credentials",
        _NEW_KEY,
    ),
    Cause(
        "user_holds_more",
        r"DeleteConflict",
        "the IAM user was given something meanwhile that IAM wants gone first",
        "run the same command again: it looks first, and names all of it with the commands that take it away",
    ),
    Cause(
        "user_not_seen",
        r"iam:\w+ on resource: user (?!arn:)\S",
        "IAM does not see the user, of which it then knows no path, and denies {action}",
        "run the same command again: a user just made may not be seen yet; if it comes again, allow what reads of "
        "users on user/*, as docs/permissions.md does",
    ),
    Cause(
        "access_denied",
        r"(?:service|resource) control policy",
        "a policy of the organization denies {action}",
        "nothing in this account can allow {action}: ask whoever administers the organization to, or, if it demands a "
        "permissions boundary for users, give --permissions-boundary",
    ),
    Cause(
        "access_denied",
        r"permissions boundary",
        "a permissions boundary denies {action}",
        "allow {action} in the permissions boundary of the user or role whose credentials are used",
    ),
    Cause(
        "access_denied",
        r"AccessDenied|AccessDeniedException|[Nn]ot authorized to perform|UnauthorizedOperation|StatusCode: 403",
        "AWS denies {action}",
        "allow {action} to the user or role whose credentials are used",
    ),
    Cause(
        "zone_name_refused",
        r"InvalidDomainName",
        "Route 53 makes no hosted zone of this name",
        "name a domain of your own: Route 53 refuses `example.com` and other names that are reserved",
    ),
    Cause(
        "zone_limit",
        r"TooManyHostedZones",
        "the account has reached its limit of hosted zones",
        "ask for more under Service Quotas, Route 53 (default: 500 zones in an account), or use --zone external",
    ),
    Cause(
        "throttled",
        r"Throttl|Rate exceeded|TooManyRequests|PriorRequestNotComplete|SlowDown",
        "AWS was still throttling after every retry",
        "run the same command again in a few minutes, with less else going on in this account",
    ),
    Cause(
        "aws_limit",
        r"LimitExceeded|TooMany\w+Exception|ServiceQuotaExceeded",
        "the account has reached a limit of AWS",
        "delete what is not needed, or ask for more under Service Quotas",
    ),
    Cause(
        "already_exists",
        r"AlreadyExists|already exists|ConflictingDomainExists",
        "something of this name exists in AWS already, and the state does not know it",
        "look whether another home or another state made it; the text below names it",
    ),
    Cause(
        "endpoint_unreachable",
        r"dial tcp|no such host|connection refused|connection reset|i/o timeout|network is unreachable|TLS handshake"
        r"|x509:|request send failed",
        "AWS could not be reached",
        "check the network, the region, and AWS_ENDPOINT_URL when it is set",
    ),
)

_NOT_WRITABLE = ("home_not_writable", "choose a writable directory with --home or PROVISIONER_HOME")
_DISK_FULL = ("disk_full", "free some space and run the same command again")
_OWN_FILES = {
    errno.EACCES: _NOT_WRITABLE,
    errno.EPERM: _NOT_WRITABLE,
    errno.EROFS: _NOT_WRITABLE,
    errno.ENOSPC: _DISK_FULL,
    errno.EDQUOT: _DISK_FULL,
    errno.ENOEXEC: ("terraform_missing", "PROVISIONER_TERRAFORM must name a Terraform for this machine"),
}


def failure(command: str, events: Events, root: Path) -> ProvisionerError:
    """Return the error of a command that failed: `apply_failed` when resources did, else the cause's own code."""
    vendor = _vendor_text(events)
    cause = cause_of(vendor)
    sentence, hint = (_fill(text, vendor, root) for text in (cause.sentence, cause.hint))
    kind = _kind(cause)
    if addresses := _failed_addresses(command, events):
        return kind(
            "apply_failed",
            f"apply failed at {', '.join(addresses)}: {sentence}\n{vendor}",
            f"{KEPT} First: {hint}" if hint else KEPT,
        )
    return kind(cause.code, f"terraform {command} failed: {sentence}\n{vendor}", hint)


def _kind(cause: Cause) -> type[ProvisionerError]:
    if cause.code.startswith("credentials_"):
        return LoggedOut
    return Unrecorded if cause.code == "already_exists" else ProvisionerError


@contextmanager
def own_files(root: Path) -> Iterator[None]:
    """Put the operating system's error about our files, or about the binary, into the user's words."""
    try:
        yield
    except BrokenPipeError:
        raise  # not about files: whoever reads our output has gone
    except OSError as error:
        code, hint = _OWN_FILES.get(error.errno or 0, ("file_error", "check the directory that PROVISIONER_HOME names"))
        raise ProvisionerError(code, f"{error.filename or root}: {error.strerror or error}", hint) from error


def cause_of(vendor: str) -> Cause:
    """Return the first cause whose pattern is in the vendor's text, or one that only points to the text."""
    unknown = Cause("terraform_failed", "", "see its own words", "the whole output is in {root}/logs")
    return next((cause for cause in CAUSES if re.search(cause.pattern, vendor)), unknown)


def _failed_addresses(command: str, events: Events) -> list[str]:
    if command != "apply":
        return []
    resources = [
        error.address for error in events.errors if error.address and not error.address.startswith("provider[")
    ]
    return list(dict.fromkeys(events.failed + resources))


def _vendor_text(events: Events) -> str:
    return "\n".join(map(str, events.errors)) or "\n".join(events.plain).strip() or "Terraform said nothing."


def _fill(text: str, vendor: str, root: Path) -> str:
    lock = re.search(r"\bID:\s+(\S+)", vendor)
    values = {
        "root": str(root),
        "action": _action(vendor),
        "before": place_before(root),
        **_on_the_state(root, lock[1] if lock else "ID"),
    }
    return re.sub(r"\{(\w+)\}", lambda name: values[name[1]], text)


def _on_the_state(root: Path, lock: str) -> Mapping[str, str]:
    """Return the commands on the state: ours for that of a domain, Terraform's own for that of the audit pipeline."""
    if root.name in set(Part):
        terraform = f"terraform -chdir={shlex.quote(str(root))}"
        return {"unlock": f"{terraform} force-unlock {lock}", "migrate": f"{terraform} init -migrate-state"}
    ours, places = f"provisioner state {{}} {root.name}", f"--from {place_before(root)} --to {place_now(root)}"
    return {"unlock": f"{ours.format('unlock')} --lock-id {lock}", "migrate": f"{ours.format('migrate')} {places}"}


def _action(vendor: str) -> str:
    """Return the denied action: IAM's own words, else the SDK's operation, e.g. `Route 53 CreateHostedZone`."""
    if named := re.search(r"not authorized to perform:?\s+[`']?([a-z0-9-]+:\w+)", vendor):
        return named[1]
    if operation := re.search(r"operation error ([\w .]+): (\w+)", vendor):
        return f"{operation[1]} {operation[2]}"
    return "the request"
