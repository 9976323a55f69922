"""A site: one sandbox with its home, the program as processes against it, and boto3, DNS and SMTP to check with."""

import json
import os
import signal
import smtplib
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cache, partial
from pathlib import Path
from typing import Any

import boto3
import dns.message
import dns.query
import dns.rdatatype
from botocore.config import Config
from moto.iam.models import iam_backends

from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.zones import ACCOUNT

ADMIN_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # AWS's documented example
PATIENCE = 280  # seconds for one command: a hang fails the test and leaves no process
APPLYING = ("new-domain", "destroy-domain")
FOREIGN = ("AWS_", "TF_", "PROVISIONER_")  # what the developer has set is none of the tests' business

RecordSets = dict[tuple[str, str], tuple[int, list[str]]]


@dataclass(frozen=True)
class Ran:
    """A command that has ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.stdout)

    @property
    def error(self) -> dict[str, str]:
        """The error of a failed command with `--json`; never a traceback."""
        assert "Traceback" not in self.stderr
        error: dict[str, str] = self.document["error"]
        assert set(error) == {"code", "message", "hint"}
        return error

    def expect(self, code: int) -> "Ran":
        """Fail unless the exit code is this one, showing what was said."""
        assert self.code == code, f"exit {self.code}\n{self.stdout}\n{self.stderr}"
        return self


class Process:
    """A command that is still running."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self._popen = subprocess.Popen(
            arguments,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        self.pid = self._popen.pid
        self._said = {"stdout": "", "stderr": ""}
        self._readers = [threading.Thread(target=self._read, args=(name,), daemon=True) for name in self._said]
        for reader in self._readers:
            reader.start()

    def _read(self, name: str) -> None:
        for line in getattr(self._popen, name):
            self._said[name] += line

    @property
    def stderr(self) -> str:
        """What it said until now."""
        return self._said["stderr"]

    def wait_for(self, text: str) -> None:
        """Wait until it has said this on stderr."""
        wait_until(lambda: text in self.stderr or self._popen.poll() is not None)
        assert text in self.stderr, f"never said {text!r}:\n{self.stderr}"

    def signal(self, number: int) -> None:
        """Send it a signal, and nobody else."""
        self._popen.send_signal(number)

    @contextmanager
    def held(self, at: str) -> Iterator[None]:
        """Keep it where it says this on stderr, and so whatever it holds: the test may be as slow as it likes."""
        self.wait_for(at)
        self.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal(signal.SIGCONT)

    def end(self) -> Ran:
        """Wait until it ends; it is killed, and the test fails, when it does not."""
        try:
            code = self._popen.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            raise
        for reader in self._readers:
            reader.join()
        return Ran(code, self._said["stdout"], self._said["stderr"])


class Site:
    """One sandbox and one home; everything that a test does to or asks of them.

    With `shares`, each `run` that applies shares one AWS provider among its Terraforms: a fifth of the CPU, and the
    same outcome, as test_warm proves.
    """

    def __init__(self, sandbox: Sandbox, home: Path, *, shares: bool) -> None:
        self.sandbox = sandbox
        self.home = home
        self._sharing = ("--share", "always") if shares else ()
        self.client = cache(self._client)

    def environment(self, **changes: str | None) -> dict[str, str]:
        """Return the environment of a command; None takes a variable away."""
        base = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        variables = {
            **base,
            **self.sandbox.environment(base, self.home),
            "AWS_SECRET_ACCESS_KEY": ADMIN_SECRET,
            "GOGC": "400",  # Terraform and its provider collect less garbage: a quarter less CPU, a tenth more memory
            **changes,
        }
        return {name: value for name, value in variables.items() if value is not None}

    def start(self, *arguments: str, **changes: str | None) -> Process:
        """Start a command of the program, as a user does."""
        return Process([sys.executable, "-m", "provisioner", *arguments], self.environment(**changes))

    def run(self, *arguments: str, **changes: str | None) -> Ran:
        """Run a command of the program to its end."""
        sharing = self._sharing if arguments[0] in APPLYING else ()
        return self.start(*arguments, *sharing, **changes).end()

    def new_domain(self, *arguments: str) -> Any:
        """Run `new-domain` for a domain with its options, and return its document."""
        return self.run("new-domain", *arguments, "--json").expect(0).document

    def provision(self, *entries: str | Mapping[str, Any]) -> dict[str, Any]:
        """Provision domains, as entries of a manifest, by one batch; return their credentials by domain."""
        run = uuid.uuid4().hex
        manifest = self.home.parent / f"{run}.json"
        manifest.write_text(json.dumps({"domains": entries}))
        self.run("batch", str(manifest), "--run", run, "--parallelism", str(len(entries)), "--json").expect(0)
        exported = self.run("credentials", "export", "--run", run, "--json").expect(0).document["credentials"]
        return {credential["domain"]: credential for credential in exported}

    def _client(self, service: str) -> Any:
        """Return a boto3 client of the emulated account: `client`, but for its cache."""
        make: Callable[..., Any] = boto3.client
        return make(
            service,
            "us-east-1",
            endpoint_url=self.sandbox.addresses.aws,
            aws_access_key_id="AKIAEXAMPLE",
            aws_secret_access_key=ADMIN_SECRET,
            config=Config(s3={"addressing_style": "path"}, retries={"mode": "standard", "total_max_attempts": 20}),
        )

    def make_zone(self, name: str, *records: tuple[str, str, str]) -> str:
        """Make a hosted zone of somebody else, with records of (name, type, value), and return its id."""
        created = self.client("route53").create_hosted_zone(Name=name, CallerReference=f"{name} {time.monotonic()}")
        zone = str(created["HostedZone"]["Id"]).rpartition("/")[2]
        for owner, rtype, value in records:
            self.put(zone, owner, rtype, value)
        return zone

    def publish(self, domain: str) -> None:
        """Put the records of a domain whose DNS is elsewhere into a new zone, which stands for the other DNS host."""
        zone = self.make_zone(domain)
        for record in self.run("dns", "records", domain, "--json").expect(0).document["records"]:
            values = [f'"{value}"' if record["type"] == "TXT" else value for value in record["values"]]
            self.put(zone, record["name"], record["type"], *values)

    def put(self, zone: str, name: str, rtype: str, *values: str) -> None:
        """Write one record set into a zone."""
        self.change(zone, "UPSERT", name, rtype, *values)

    def change(self, zone: str, action: str, name: str, rtype: str, *values: str) -> None:
        """Change one record set of a zone."""
        record_set = {"Name": name, "Type": rtype, "TTL": 300, "ResourceRecords": [{"Value": v} for v in values]}
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record_set}]}
        self.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)

    def zones(self, name: str | None = None) -> list[str]:
        """Return the ids of the account's hosted zones, of one name or of all."""
        listed = self.client("route53").list_hosted_zones()["HostedZones"]
        return [z["Id"].rpartition("/")[2] for z in listed if name is None or z["Name"] == f"{name}."]

    def record_sets(self, zone: str) -> RecordSets:
        """Return (name, type) -> (ttl, values), exactly as Route 53 has them, without the zone's own NS and SOA."""
        pages = self.client("route53").get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone)
        found = [record for page in pages for record in page["ResourceRecordSets"]]
        return {
            (r["Name"], r["Type"]): (r["TTL"], [value["Value"] for value in r["ResourceRecords"]])
            for r in found
            if r["Type"] not in ("NS", "SOA")
        }

    def everything(self) -> dict[str, Any]:
        """Return all that the account holds of what the program makes, to compare before and after."""
        ses, iam = self.client("sesv2"), self.client("iam")
        users = sorted(user["UserName"] for user in iam.list_users()["Users"])
        return {
            "zones": {zone: self.record_sets(zone) for zone in self.zones()},
            "identities": [i["IdentityName"] for i in ses.list_email_identities()["EmailIdentities"]],
            "sets": ses.list_configuration_sets()["ConfigurationSets"],
            "users": {user: self.keys(user) for user in users},
        }

    def owned(self, domain: str) -> dict[str, int]:
        """Count what exists of a domain whose names need no translation beyond the configuration set's."""
        found = self.everything()
        return {
            "zones": len(self.zones(domain)),
            "identities": found["identities"].count(domain),
            "sets": found["sets"].count(domain.translate(str.maketrans(".-", "-_"))),
            "users": list(found["users"]).count(domain),
            "keys": len(found["users"].get(domain, [])),
        }

    def keys(self, user: str) -> list[str]:
        """Return the ids of a user's access keys."""
        listed = self.client("iam").list_access_keys(UserName=user)["AccessKeyMetadata"]
        return [key["AccessKeyId"] for key in listed]

    @staticmethod
    def secret_of(key_id: str) -> str:
        """Return the secret of an access key, which AWS never tells again."""
        users = iam_backends[ACCOUNT]["aws"].users.values()
        return next(key.secret_access_key for user in users for key in user.access_keys if key.access_key_id == key_id)

    def dns(self, name: str, rtype: str) -> list[str]:
        """Ask over UDP, as a public resolver is asked, and return the answer's values in presentation form."""
        host, _, port = self.sandbox.addresses.dns.rpartition(":")
        answer = dns.query.udp(dns.message.make_query(name, rtype), host, timeout=5, port=int(port))
        wanted = dns.rdatatype.from_text(rtype)
        return [str(item) for rrset in answer.answer if rrset.rdtype == wanted for item in rrset]

    def calls(self) -> Any:
        """Return which operations were called how often, and how many calls were throttled."""
        return self.page("calls")

    def page(self, name: str) -> Any:
        """Return what is on one of the sandbox's own pages."""
        with urllib.request.urlopen(f"{self.sandbox.addresses.aws}/_sandbox/{name}") as answer:  # noqa: S310 - the sandbox of this test
            return json.load(answer)

    def login(self, user: str, password: str) -> smtplib.SMTP:
        """Log in over STARTTLS, with the certificate checked."""
        host, _, port = self.sandbox.addresses.smtp.rpartition(":")
        client = smtplib.SMTP(host, int(port), timeout=30)
        client.starttls(context=ssl.create_default_context(cafile=str(self.sandbox.addresses.ca_bundle)))
        client.login(user, password)
        return client

    def send(
        self, smtp: Mapping[str, Any], sender: str, recipient: str, *, envelope: str | None = None, subject: str = "Hi"
    ) -> tuple[int, str]:
        """Send with a credential as `new-domain --json` shows it; return SES's last reply."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, recipient, subject
        message.set_content("Hello.")
        with self.login(smtp["user_name"], smtp["password"]) as client:
            steps: list[Callable[[], tuple[int, bytes]]] = [
                partial(client.mail, envelope or sender),
                partial(client.rcpt, recipient),
                partial(client.data, message.as_bytes()),
            ]
            code, text = 0, b""
            for step in steps:
                code, text = step()
                if code >= 400:
                    break
        return code, text.decode()


def wait_until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for something that happens in another process; fail when it does not."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
