"""Whether a domain's own mail is in other hands."""

from collections.abc import Iterable


def receives_elsewhere(mx: Iterable[str]) -> bool:
    """Say whether MX values (`10 mx.google.com`) lead to servers of others, neither to nobody nor to SES.

    `0 .` says that the domain has no mail (RFC 7505); `inbound-smtp.<region>.amazonaws.com` is where SES receives.
    """
    return any(_is_of_others(value.split()[-1].rstrip(".").lower()) for value in mx if value.split())


def is_null_mx(value: str) -> bool:
    """Say whether an MX value is the null MX of RFC 7505, `0 .`, also without its dot."""
    return value.split()[1:] in ([], ["."])


def _is_of_others(host: str) -> bool:
    is_ses = host.startswith("inbound-smtp.") and host.endswith(".amazonaws.com")
    is_nobody = host in ("", "0")
    return not is_ses and not is_nobody
