"""What `--dns-fault` says, in one line."""

import re
from collections.abc import Iterator

from provisioner.errors import InputError
from provisioner.sandbox.knobs.dns import EVERY, Behaviour, BrokenChain, Delegation, DnsFault, Lie, ServerFault
from provisioner.sandbox.zones import plain

MADE_UP_ADDRESS = "198.51.100.1"
MADE_UP_DS = "12345 13 2 " + "ab" * 32
_PART = re.compile(r"(?P<zone>[^\s:@,]+)(?:@(?P<server>[^\s:@,=]+))?:(?P<fault>[a-z-]+)(?:=(?P<value>[^\s:@,]+))?")


def parse_dns_faults(spec: str) -> tuple[DnsFault, ...]:
    """Read `ZONE[@SERVER]:FAULT`, several divided by commas; `*` is every zone. Raises `InputError`.

    A fault is `refused`, `servfail`, `no-aa`, `silent`, `no-tcp` (SERVER: a name, a number, `resolver`, `parent`), or
    of the zone as a whole `undelegated`, `delegation=NS1+NS2`, `dnssec`, `lie`.
    """
    return tuple(_faults(spec))


def _faults(spec: str) -> Iterator[DnsFault]:
    for part in filter(None, (part.strip() for part in spec.split(","))):
        match = _PART.fullmatch(part)
        if match is None:
            raise _invalid(part)
        zone = "" if match["zone"] == "*" else plain(match["zone"])
        server, fault, value = match["server"], match["fault"], match["value"]
        if fault in list(Behaviour) and not value:
            yield ServerFault(zone, Behaviour(fault), plain(server or EVERY))
        elif zone and not server:
            yield _of_zone(zone, fault, value, part)
        else:
            raise _invalid(part)


def _of_zone(zone: str, fault: str, value: str | None, part: str) -> DnsFault:
    match fault, value:
        case "undelegated", None:
            return Delegation(zone, ())
        case "delegation", str():
            return Delegation(zone, tuple(plain(server) for server in value.split("+")))
        case "dnssec", None:
            return BrokenChain(zone, (MADE_UP_DS,))
        case "lie", None:
            return Lie(zone, "A", (MADE_UP_ADDRESS,))
    raise _invalid(part)


def _invalid(part: str) -> InputError:
    hint = "e.g. --dns-fault example.com@1:refused, or --dns-fault example.com:delegation=ns1.parking.example"
    return InputError("invalid_dns_fault", f"--dns-fault: `{part}` is not a fault that the sandbox can show", hint)
