"""What Terraform's calls to the provider cost in requests to AWS, so that these keep to the account's rates too.

A request that AWS refuses for coming too early is repeated by the provider after pauses that grow up to five minutes.
Left alone, many runs at once would soon all be waiting while nobody asks.
"""

from collections.abc import Callable, Mapping

from provisioner.adapters.terraform.warm.wire import fields

Budget = Callable[[str, float], float]  # takes a service and a number of requests, returns the seconds to wait for them

_METHODS = ("/tfplugin5.Provider/ReadResource", "/tfplugin5.Provider/ApplyResourceChange")
_TYPE_NAME = 1  # of both requests

# Service, requests to read a resource, requests to make it, as AWS provider 5.100 does. A wrong number only costs time.
_COSTS: Mapping[bytes, tuple[str, int, int]] = {
    b"aws_route53_record": ("route53", 2, 5),
    b"aws_route53_zone": ("route53", 3, 8),
    b"aws_sesv2_configuration_set": ("sesv2", 2, 3),
    b"aws_sesv2_email_identity": ("sesv2", 2, 3),
    b"aws_sesv2_email_identity_mail_from_attributes": ("sesv2", 1, 2),
}
_EAGER = 0.75  # some are let go early: AWS counts a refused request for nothing, but an idle moment is lost


def unlimited(_service: str, _requests: float) -> float:
    """Let everything go at once."""
    return 0.0


def cost(method: str, request: bytes) -> tuple[str, float] | None:
    """Return the service that a call to the provider asks, and how much of its rate to wait for; None for nothing."""
    if method not in _METHODS:
        return None
    service, read, made = _COSTS.get(_type_name(request), ("", 0, 0))
    requests = read if method == _METHODS[0] else made
    return (service, requests * _EAGER) if requests else None


def _type_name(request: bytes) -> bytes:
    try:
        first = next(fields(request), None)
    except ValueError:  # not what we know; the provider will say
        return b""
    return bytes(first.value) if first and first.number == _TYPE_NAME and isinstance(first.value, memoryview) else b""
