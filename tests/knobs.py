"""The sandbox's knobs in Python: what it shall show about a zone, an identity, the account, while it runs.

knobs = Knobs(url)  # the sandbox's AWS_ENDPOINT_URL
knobs.server("refused", "example.com", "1")
knobs.clear("example.com")
"""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Knobs:
    """All of them; each takes effect before the call returns. Servers are named, or numbered from 1 on."""

    url: str

    def turn(self, **document: Any) -> None:
        """Send a document as docs/sandbox.md has it."""
        self._send("POST", "", document)

    def clear(self, zone: str | None = None) -> None:
        """Take back what was set about one zone, or everything."""
        self._send("DELETE", "" if zone is None else f"?zone={zone}")

    def shown(self) -> Mapping[str, Any]:
        """Return what is set."""
        return self._send("GET", "")

    def server(self, fault: str, zone: str = "", server: str = "*") -> None:
        """Let a server be `refused`, `servfail`, `no-aa`, `silent` or `no-tcp`.

        `server` is a name, a number of the zone's list, `*` for all of them, `resolver` or `parent`.
        """
        self.turn(dns=[{"fault": fault, "zone": zone, "server": server}])

    def records(self, zone: str, name: str, rtype: str, *values: str, ttl: int = 300, server: str = "*") -> None:
        """Serve a record set in place of the zone's, at one server or at all; without values it is absent there.

        Values are written as in Route 53, with quotes around strings. `server="resolver"` is a cache of it.
        """
        record = {"name": name, "type": rtype, "ttl": ttl, "values": values}
        self.turn(dns=[{"fault": "records", "zone": zone, "server": server, **record}])

    def delegated(self, zone: str, *servers: str) -> None:
        """Let the parent refer to these servers; without any, the zone is not delegated."""
        self.turn(dns=[{"fault": "delegation", "zone": zone, "servers": servers}])

    def bogus(self, zone: str, *ds: str, keys: tuple[str, ...] = ()) -> None:
        """Let the parent have DS records that do not fit: SERVFAIL for who validates. Without keys it is unsigned."""
        ds = ds or ("12345 13 2 " + "ab" * 32,)
        self.turn(dns=[{"fault": "dnssec", "zone": zone, "ds": ds, "keys": keys}])

    def lie(self, zone: str, rtype: str, *values: str) -> None:
        """Let the resolver make up records of names below a zone that do not exist."""
        self.turn(dns=[{"fault": "lie", "zone": zone, "type": rtype, "values": values}])

    def external(self, zone: str, text: str, *servers: str) -> None:
        """Serve a zone file from another DNS host, to which the parent refers; anything goes in it."""
        servers = servers or tuple(f"ns{number}.host.example" for number in (1, 2))
        self.turn(dns=[{"fault": "zone", "zone": zone, "servers": servers, "text": text}])

    def state(self, identity: str, *, region: str = "us-east-1", age: float | None = None, **states: Any) -> None:
        """Let SES say of an identity what is given, whatever DNS says, until it is cleared or begun again.

        `dkim=` and `mail_from=` are `{"status": ..., "error": ..., "checked_ago": seconds, "succeeded_ago": seconds}`,
        all but the status optional; `age=` seconds since its key was made; `origin=`, `signing_hosted_zone=`.
        """
        given = {"identity": identity, "region": region, **states}
        self.turn(ses=[given if age is None else {**given, "age": age}])

    def account(self, **says: Any) -> None:
        """Let SES say `enforcement=`, `review=`, `production=`, `daily_quota=`, `sent_last_day=`, in a `region=`."""
        self.turn(account=says)

    def smtp(self, spec: str) -> None:
        """Let SMTP fail as `--smtp-fault` would; an empty text mends it."""
        self.turn(smtp=spec)

    def clock_skew(self, seconds: float) -> None:
        """Set AWS's clock so many seconds ahead of the machine's."""
        self.turn(clock_skew=seconds)

    def key(self, key_id: str, created: datetime | None = None, **use: datetime | None) -> None:
        """Let IAM say that an access key was made then, and `used` then; None is never."""
        used = {name: at.isoformat() if at else None for name, at in use.items()}
        self.turn(keys=[{"id": key_id, **({"created": created.isoformat()} if created else {}), **used}])

    def _send(self, method: str, query: str, document: Any = None) -> Any:
        body = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(f"{self.url}/_sandbox/faults{query}", body, method=method)  # noqa: S310 - http
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - http
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            raise ValueError(refusal.read().decode()) from refusal
