"""boto3, the only door to AWS outside Terraform: one session, one client per service, errors in the user's words."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from provisioner import __version__
from provisioner.adapters.aws.answers import answer_whole
from provisioner.adapters.aws.remedies import THROTTLING, remedy_of
from provisioner.errors import InputError, LoggedOut, ProvisionerError

if TYPE_CHECKING:
    import boto3
    import botocore.session
    from botocore.credentials import ReadOnlyCredentials

FALLBACK_REGION = "us-east-1"  # for the global services, when nobody named a region
_ATTEMPTS = 10  # throttling is waited out, never a failure
ATTEMPTS_IN_LINE = 100  # of a request that waits for its turn; see rates/limiter.py
_CONNECT_SECONDS = 5
_READ_SECONDS = 30
_CHECK_NETWORK = "check the network, the proxy, and AWS_ENDPOINT_URL if it is set"
_EXPORT = (
    'let the AWS CLI give the credentials, with `eval "$(aws configure export-credentials --format env)"`, or in a '
    "profile with `credential_process = aws configure export-credentials --profile NAME`"
)
_NOT_WRITABLE = (errno.EROFS, errno.EACCES, errno.EPERM)
_TOO_MANY = 429
_THROTTLED = frozenset({
    *THROTTLING, "RequestThrottled", "RequestThrottledException", "SlowDown", "PriorRequestNotComplete"
})  # fmt: skip  # a table, not a column

_CONNECTIONS = 64  # of a client that many threads share; beyond them urllib3 warns on stderr
_OF_CREDENTIALS = ("bad_credentials", "expired_token", "no_credentials")


class AwsSession:
    """The AWS credentials of one run.

    `environment` is the run's; boto3 itself reads AWS_ENDPOINT_URL, the credentials and AWS_PROFILE, while AWS_REGION,
    which it ignores, is handed on here. A `profile` that is named wins over keys in the environment, as in the AWS CLI;
    AWS_PROFILE does not. `attempts` is the number of tries before throttling becomes a failure. Threads may ask for
    clients and share them. `fallback` returns a region of the partition in which the global services are asked when
    nobody named one.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        region: str | None,
        profile: str | None,
        fallback: Callable[[], str] = lambda: FALLBACK_REGION,
    ) -> None:
        self._fallback = cache(fallback)
        self._region = region or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
        self._profile = profile or None
        self._making = threading.RLock()  # boto3 makes clients safely in one thread at a time only
        self._ahead: timedelta | None = None
        self.client = cache(self._client)
        self._session = cache(self._open)

    @property
    def region(self) -> str | None:
        """The region that was asked for, by option, environment or profile."""
        if self._region:
            return self._region
        return self._session().region_name

    def credentials(self) -> ReadOnlyCredentials:
        """Return the credentials as they are now, renewed when they were about to expire."""
        return self.credentials_until()[0]

    def credentials_until(self) -> tuple[ReadOnlyCredentials, datetime | None]:
        """Return the credentials as they are now, with the time until which they hold; None: nobody knows of an end."""
        from botocore.exceptions import NoCredentialsError  # noqa: PLC0415 - botocore is slow to load

        with in_our_words("AWS credentials"):
            found = self._session().get_credentials()
            if found is None:
                raise NoCredentialsError
            found.get_frozen_credentials()  # renews them
            until = getattr(found, "_expiry_time", None)  # botocore tells it nowhere else
            return found.get_frozen_credentials(), until  # if they are newer than that, the time is only too early

    def setting(self, name: str) -> Any:
        """Return a setting by botocore's name, e.g. `ca_bundle`, from the environment or the configuration file."""
        self._session()  # it knows the profile
        return self._core.get_config_variable(name)

    def endpoints_of_profile(self) -> Mapping[str, str]:
        """Return the endpoint URLs in the profile, by service as AWS spells it there, e.g. `route_53`; "" for all."""
        self._session()  # it knows the profile
        profile, sections = self._core.get_scoped_config(), self._core.full_config.get("services", {})
        services = {"": profile, **sections.get(profile.get("services"), {})}
        named = {name: own.get("endpoint_url") for name, own in services.items() if isinstance(own, dict)}
        return {name: url for name, url in named.items() if url}

    def ahead(self) -> timedelta | None:
        """Return how far this machine's clock is ahead of AWS's by its last answer; see `ports.facts.AwsTime`."""
        return self._ahead

    def _note_time(self, response_dict: Mapping[str, Any] | None = None, **_: object) -> None:
        """Take the time from an answer, whether AWS did what was asked or refused it (RFC 9110 section 6.6.1)."""
        told = (response_dict or {}).get("headers", {}).get("date")
        with suppress(TypeError, ValueError):
            self._ahead = datetime.now(UTC) - parsedate_to_datetime(told)

    @cached_property
    def _core(self) -> botocore.session.Session:
        from botocore.session import Session  # noqa: PLC0415 - botocore is slow to load

        made = Session()
        made.register("creating-client-class", answer_whole)
        made.register("response-received", self._note_time)
        return made

    def _open(self) -> boto3.Session:
        import boto3  # noqa: PLC0415 - a tenth of a second that `--help` and offline commands must not pay
        from botocore.exceptions import ProfileNotFound  # noqa: PLC0415 - botocore is slow to load

        with in_our_words("AWS configuration"):
            try:
                return boto3.Session(profile_name=self._profile, region_name=self._region, botocore_session=self._core)
            except ProfileNotFound as error:
                raise InputError(
                    "unknown_profile",
                    f"AWS profile {error.kwargs['profile']!r} is not configured on this machine",
                    "list the profiles with `aws configure list-profiles`",
                ) from error

    def _client(self, service: str, region: str | None = None, attempts: int = _ATTEMPTS) -> Any:
        from botocore.config import Config  # noqa: PLC0415 - botocore is slow to load

        config = Config(
            retries={"mode": "standard", "total_max_attempts": attempts},
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            user_agent_extra=f"provisioner/{__version__}",
            max_pool_connections=_CONNECTIONS,
        )
        try:
            with self._making, in_our_words(f"{service} client"):
                session: Any = self._session()  # boto3's own types know a client only by a literal name
                return session.client(service, region_name=region or self.region or self._fallback(), config=config)
        except ValueError as error:  # all that botocore says of an endpoint that is no URL
            raise InputError("invalid_endpoint", str(error), "set AWS_ENDPOINT_URL to a URL, or unset it") from error


@contextmanager
def in_our_words(action: str) -> Iterator[None]:
    """Turn botocore's errors into ours; `action` is in AWS's spelling, e.g. `route53:ListHostedZonesByName`."""
    try:
        yield
    except Exception as error:
        ours = _in_our_words(action, error)
        if ours is None:
            raise
        kind = LoggedOut if ours.code in _OF_CREDENTIALS else ProvisionerError
        raise kind(ours.code, ours.message, ours.hint) from error


def refused_with(error: Exception) -> str:
    """Return AWS's own code, e.g. `NoSuchEntity`, of botocore's error or of what `in_our_words` made of it.

    Empty when AWS did not answer.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to load

    cause = error.__cause__ if isinstance(error, ProvisionerError) else error
    return str(cause.response.get("Error", {}).get("Code", "")) if isinstance(cause, ClientError) else ""


def answered_by_another(error: Exception) -> bool:
    """Say whether what answered is not AWS, nor speaks like it, of what `in_our_words` made of botocore's error."""
    from botocore.parsers import ResponseParserError  # noqa: PLC0415 - botocore is slow to load

    return isinstance(error.__cause__, ResponseParserError)


def unless_absent(call: Callable[[], Any], *codes: str) -> Any:
    """Return the answer of a call, None when AWS refuses it with one of these codes."""
    try:
        return call()
    except Exception as error:
        if refused_with(error) in codes:
            return None
        raise


def is_throttled(status: int, code: str) -> bool:
    """Say whether an answer of AWS, by its HTTP status and its error code, means that the request came too early."""
    return status == _TOO_MANY or code in _THROTTLED


def _in_our_words(action: str, error: Exception) -> ProvisionerError | None:
    """Return what botocore's error means; None for an error of somebody else."""
    from botocore import exceptions as boto  # noqa: PLC0415 - botocore is slow to load
    from botocore.parsers import ResponseParserError  # noqa: PLC0415 - botocore is slow to load

    if isinstance(error, boto.ClientError):
        return _refusal(action, refused_with(error), error.response.get("Error", {}).get("Message", ""))
    if isinstance(error, ResponseParserError):  # a captive portal, or an endpoint of something else
        return ProvisionerError("unreachable", f"{action}: what answered is not AWS", _CHECK_NETWORK)
    if isinstance(error, EOFError):  # of getpass
        return ProvisionerError("no_credentials", f"{action}: an MFA code is wanted, and no terminal is there", _EXPORT)
    if isinstance(error, boto.BotoCoreError):
        return _transport(action, error)
    # botocore's own files, and the program of `credential_process`
    return _of_this_machine(action, error) if isinstance(error, OSError) else None


def _transport(action: str, error: Exception) -> ProvisionerError:
    """Return what it means that there was no answer."""
    from botocore import exceptions as boto  # noqa: PLC0415 - botocore is slow to load

    if isinstance(error, (boto.NoCredentialsError, boto.PartialCredentialsError, boto.CredentialRetrievalError)):
        return ProvisionerError(
            "no_credentials",
            f"{action}: no usable AWS credentials: {error}",
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE (or --profile)",
        )
    if hint := _way_back(error):
        return ProvisionerError("expired_token", f"{action}: {error}", hint)
    if isinstance(error, boto.MissingDependencyException):
        message = (
            f"{action}: credentials of `aws login` can be used with botocore[crt] only, which is not here: {error}"
        )
        return ProvisionerError("no_credentials", message, f"{_EXPORT}; or install botocore[crt] beside provisioner")
    if isinstance(error, (boto.ConnectionError, boto.HTTPClientError, boto.InvalidEndpointConfigurationError)):
        return ProvisionerError("unreachable", f"{action}: AWS cannot be reached: {error}", _CHECK_NETWORK)
    # e.g. a configuration file that cannot be parsed
    return ProvisionerError("aws_error", f"{action}: {error}", "check the AWS configuration of this machine")


def _of_this_machine(action: str, error: OSError) -> ProvisionerError:
    """Return what it means that a log-in could not be renewed in its file, or a program not be started."""
    hint = _EXPORT
    if error.errno in _NOT_WRITABLE:
        hint = "let ~/.aws/sso/cache and ~/.aws/login/cache be written to: a log-in that is renewed is kept there"
    return ProvisionerError("no_credentials", f"{action}: {error.filename}: {error.strerror}", hint)


def _way_back(error: Exception) -> str:
    """Return how to log in again where a log-in has ended; empty for any other error."""
    from botocore import exceptions as boto  # noqa: PLC0415 - botocore is slow to load

    if isinstance(error, (boto.SSOError, boto.TokenRetrievalError)):
        return "log in again with `aws sso login` and repeat"
    if isinstance(error, boto.LoginError):
        return "log in again with `aws login` and repeat"
    if isinstance(error, boto.RefreshWithMFAUnsupportedError):
        return "run the same command again: it asks for a new MFA code"
    return ""


def _refusal(action: str, code: str, message: str) -> ProvisionerError:
    # SignatureDoesNotMatch goes on with the canonical request, session token included.
    text = message.partition("\n")[0]
    name, hint = remedy_of(code, text)
    return ProvisionerError(name, f"{action}: {code}: {text}", hint)


def bare_name(name: str) -> str:
    """Return a name as Route 53 gives it without its trailing dot, in lower case."""
    return name.rstrip(".").lower()


def tags_of(items: Sequence[Mapping[str, str]]) -> Mapping[str, str]:
    """Return tags in AWS's form, `[{"Key": ..., "Value": ...}]`, as a mapping; Route 53 may leave either out."""
    return {item["Key"]: item.get("Value", "") for item in items if "Key" in item}
