"""The environment variables that point any program at a sandbox: AWS SDKs, plain Terraform, and this product."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SWITCHED_OFF = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT")
KEY = "AKIASANDBOXSANDBOX00"
SECRET_KEY = "sandbox"  # noqa: S105 - of nothing
FOREIGN = (  # each leads SDKs to other credentials than those in the environment, and none can be overruled by a value
    "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CREDENTIAL_EXPIRATION", "AWS_CREDENTIAL_FILE", "AWS_ACCOUNT_ID", "BOTO_CONFIG",
)  # fmt: skip  # by what they are about
OPERATOR_KEY = "AKIASANDBOXOPERATOR0"  # of who may do what a policy says; every other key may do anything
PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
PROXY_EXCEPTIONS = ("NO_PROXY", "no_proxy")


@dataclass(frozen=True)
class Addresses:
    """Where a sandbox listens: `aws` is a URL, `dns`, `smtp` and `smtps` are `host:port`.

    `ca_bundle` is a file of authorities.
    """

    aws: str
    dns: str
    smtp: str
    smtps: str
    region: str
    ca_bundle: Path


def variables(
    addresses: Addresses, directory: Path, base: Mapping[str, str], home: Path, key_id: str = KEY
) -> dict[str, str]:
    """Return what to set on top of `base` so that programs use the sandbox and nothing of the caller's AWS account.

    AWS configuration files are written to `directory`: they know the caller's profile by name, and give it the
    sandbox's credentials. Only what `base` has set is overruled. What is in `FOREIGN` has to be removed besides.
    """
    return {
        "AWS_ENDPOINT_URL": addresses.aws,
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_REGION": addresses.region,
        "AWS_DEFAULT_REGION": addresses.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PROVISIONER_DNS_SERVER": addresses.dns,
        "PROVISIONER_SMTP_SERVER": addresses.smtp,
        "PROVISIONER_SMTPS_SERVER": addresses.smtps,
        "PROVISIONER_HOME": str(home),
        "SSL_CERT_FILE": str(addresses.ca_bundle),
        **_configuration_files(directory, base.get("AWS_PROFILE") or base.get("AWS_DEFAULT_PROFILE"), key_id),
        **dict(_overruled_variables(addresses, base)),
    }


def without_foreign(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without what would lead SDKs to other credentials than those in it."""
    return {name: value for name, value in environment.items() if name not in FOREIGN}


def _configuration_files(directory: Path, profile: str | None, key_id: str) -> dict[str, str]:
    config, credentials = directory / "config", directory / "credentials"
    names = dict.fromkeys(("default", profile or "default"))
    sections = [f"profile {name}" if name != "default" else name for name in names]
    config.write_text("".join(f"[{section}]\n" for section in sections), encoding="utf-8")
    keys = f"aws_access_key_id = {key_id}\naws_secret_access_key = {SECRET_KEY}\n"
    credentials.write_text("".join(f"[{name}]\n{keys}" for name in names), encoding="utf-8")
    return {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(credentials)}


def _overruled_variables(addresses: Addresses, base: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield from ((name, addresses.aws) for name in base if name.startswith("AWS_ENDPOINT_URL_"))
    yield from ((name, "false") for name in SWITCHED_OFF if name in base)
    yield from ((name, "") for name in ("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN") if name in base)
    if "AWS_CA_BUNDLE" in base:
        yield "AWS_CA_BUNDLE", str(addresses.ca_bundle)
    if any(name in base for name in PROXIES):  # loopback must not go through the proxy
        for name in PROXY_EXCEPTIONS:
            yield name, ",".join(filter(None, (base.get(name), "127.0.0.1,localhost")))
