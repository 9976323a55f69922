"""The life of one domain: provisioned, found in AWS and DNS as it should be, sending, unchanged by a second run."""

import csv
import io
import json
import smtplib
import stat
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dns.zone
import pytest
from integration.harness import ADMIN_SECRET, Ran, Site

TAGS = {"ManagedBy": "provisioner", "Domain": "example.com", "Customer": "Ada Lovelace", "Contact": "ada@example.org",
        "Cost Center": "0042", "Empty": ""}  # fmt: skip
SPF = '"v=spf1 include:amazonses.com ~all"'
ARN = "arn:aws:ses:us-east-1:123456789012"
SENDING = {"enabled": True, "since": None, "reason": None}


@dataclass
class CommandLines:
    """The command lines of every process on the machine, looked at again and again."""

    seen: set[str] = field(default_factory=set)
    over: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self.over.is_set():
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                self.look(path)
            time.sleep(0.2)

    def look(self, path: Path) -> None:
        try:
            self.seen.add(path.read_text(errors="replace"))
        except OSError:
            return  # it ended meanwhile


@dataclass(frozen=True)
class Life:
    """The first run of `new-domain`, and what was seen of it from outside."""

    ran: Ran
    command_lines: set[str]

    @property
    def document(self) -> Any:
        return self.ran.document

    @property
    def smtp(self) -> Any:
        return self.document["smtp"]

    @property
    def tokens(self) -> list[str]:
        return [r["name"].partition(".")[0] for r in self.document["records"] if r["type"] == "CNAME"]


@pytest.fixture(scope="module")
def life(site: Site) -> Life:
    lines = CommandLines()
    watcher = threading.Thread(target=lines.watch)
    watcher.start()
    options = ("--customer", "Ada Lovelace", "--contact", "ada@example.org", "--wait", "2m", "--json", "--verbose")
    own = ("--tag", "Cost Center=0042", "--tag", "Empty=")
    try:
        ran = site.run("new-domain", "Example.COM.", *options, *own).expect(0)
    finally:
        lines.over.set()
        watcher.join()
    return Life(ran, lines.seen)


@pytest.fixture(scope="module")
def destroyed(site: Site, life: Life) -> Ran:
    assert life.document["zone"]["id"] in site.zones()
    return site.run("destroy-domain", "example.com", "--yes", "--yes-it-sends", "--json").expect(0)


def test_the_document_has_the_shape_that_scripts_rely_on(life: Life, site: Site) -> None:
    zone, smtp = life.document["zone"], life.smtp
    assert len(zone["name_servers"]) == 4
    assert life.document == {
        "domain": "example.com",
        "region": "us-east-1",
        "changed": True,
        "changes": {"add": 13, "change": 0, "destroy": 0, "import": 0},
        "zone": {
            "mode": "created",
            "id": site.zones("example.com")[0],
            "name": "example.com",
            "name_servers": zone["name_servers"],
            "delegated": True,
        },
        "identity": {
            "arn": f"{ARN}:identity/example.com",
            "verified": True,
            "dkim_status": "SUCCESS",
            "dkim_signing": True,
            "mail_from_domain": "bounce.example.com",
            "mail_from_status": "SUCCESS",
        },
        "configuration_set": "example-com",
        "sending": SENDING,
        "account": {
            "region": "us-east-1",
            "production_access": True,
            "sending_enabled": True,
            "enforcement_status": "HEALTHY",
            "max_24_hour_send": 50000.0,
            "max_send_rate": 14.0,
            "sent_last_24_hours": 0.0,
            "review": None,
            "review_case": None,
            "suppressed_reasons": ["BOUNCE", "COMPLAINT"],
            "unseen": None,
        },
        "records": life.document["records"],
        "smtp": {
            "host": "email-smtp.us-east-1.amazonaws.com",
            "port": 587,
            "security": "starttls",
            "user_name": smtp["user_name"],
            "password": smtp["password"],
            "iam_user": "example.com",
            "stored_in": f"file:{site.home}/credentials/example.com/smtp.json",
        },
        "senders": [],
        "repairs": [],
        "next_steps": [],
    }
    assert smtp["user_name"].startswith("AKIA")
    assert len(smtp["password"]) == 44
    assert smtp["password"].startswith("B")


def test_the_zone_is_the_only_one_and_tagged(life: Life, site: Site) -> None:
    assert site.zones() == [life.document["zone"]["id"]]
    listed = site.client("route53").list_tags_for_resource(ResourceType="hostedzone", ResourceId=site.zones()[0])
    assert as_mapping(listed["ResourceTagSet"]["Tags"]) == TAGS


def test_the_zone_holds_exactly_these_record_sets(life: Life, site: Site) -> None:
    dkim = {
        (f"{token}._domainkey.example.com.", "CNAME"): (300, [f"{token}.dkim.amazonses.com"]) for token in life.tokens
    }
    assert site.record_sets(life.document["zone"]["id"]) == {
        ("example.com.", "TXT"): (300, [SPF]),
        ("_dmarc.example.com.", "TXT"): (300, ['"v=DMARC1; p=none"']),
        ("bounce.example.com.", "MX"): (300, ["10 feedback-smtp.us-east-1.amazonses.com"]),
        ("bounce.example.com.", "TXT"): (300, [SPF]),
        **dkim,
    }


def test_the_records_of_the_document_are_those_of_the_zone(life: Life, site: Site) -> None:
    said = {(f"{r['name']}.", r["type"]): (r["ttl"], r["values"]) for r in life.document["records"]}
    held = site.record_sets(life.document["zone"]["id"])
    assert said == {key: (ttl, [value.strip('"') for value in values]) for key, (ttl, values) in held.items()}


def test_the_identity_signs_with_2048_bits_and_uses_its_own_mail_from_and_set(life: Life, site: Site) -> None:
    identity = site.client("sesv2").get_email_identity(EmailIdentity="example.com")
    assert identity["VerifiedForSendingStatus"] is True
    assert identity["VerificationStatus"] == "SUCCESS"
    dkim = identity["DkimAttributes"]
    assert (dkim["SigningEnabled"], dkim["Status"], dkim["SigningAttributesOrigin"]) == (True, "SUCCESS", "AWS_SES")
    assert (dkim["NextSigningKeyLength"], dkim["CurrentSigningKeyLength"]) == ("RSA_2048_BIT", "RSA_2048_BIT")
    assert sorted(dkim["Tokens"]) == sorted(life.tokens)
    assert identity["MailFromAttributes"] == {
        "MailFromDomain": "bounce.example.com",
        "MailFromDomainStatus": "SUCCESS",
        "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
    }
    assert identity["ConfigurationSetName"] == "example-com"
    remembered = as_mapping(identity["Tags"])
    assert remembered.pop("Provisioner").startswith("zone=auto/created mail-from=bounce ")
    assert remembered == TAGS


def test_the_configuration_set_prefers_tls_and_suppresses_bounces_and_complaints(life: Life, site: Site) -> None:
    found = site.client("sesv2").get_configuration_set(ConfigurationSetName=life.document["configuration_set"])
    assert found["DeliveryOptions"]["TlsPolicy"] == "OPTIONAL"
    assert found["ReputationOptions"]["ReputationMetricsEnabled"] is True
    assert found["SendingOptions"]["SendingEnabled"] is True
    assert sorted(found["SuppressionOptions"]["SuppressedReasons"]) == ["BOUNCE", "COMPLAINT"]
    assert as_mapping(found["Tags"]) == TAGS


def test_the_iam_user_can_do_nothing_but_send_as_its_domain(life: Life, site: Site) -> None:
    iam, name = site.client("iam"), life.smtp["iam_user"]
    assert iam.get_user(UserName=name)["User"]["Path"] == "/provisioner/smtp/"
    assert as_mapping(iam.list_user_tags(UserName=name)["Tags"]) == TAGS
    assert iam.list_attached_user_policies(UserName=name)["AttachedPolicies"] == []
    assert iam.list_groups_for_user(UserName=name)["Groups"] == []
    assert iam.list_user_policies(UserName=name)["PolicyNames"] == ["send-as-domain"]
    assert iam.get_user_policy(UserName=name, PolicyName="send-as-domain")["PolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "ses:SendRawEmail",
                "Resource": [f"{ARN}:identity/*", f"{ARN}:configuration-set/example-com"],
                "Condition": {
                    "StringLike": {"ses:FromAddress": "*@example.com"},
                    "StringLikeIfExists": {"ses:FeedbackAddress": "*@example.com"},
                },
            }
        ],
    }


def test_the_iam_user_has_one_key_and_it_is_the_credentials(life: Life, site: Site) -> None:
    assert site.keys("example.com") == [life.smtp["user_name"]]


def test_dns_says_the_same_over_udp(life: Life, site: Site) -> None:
    assert site.dns("example.com", "TXT") == [SPF]
    assert site.dns("_dmarc.example.com", "TXT") == ['"v=DMARC1; p=none"']
    assert site.dns("bounce.example.com", "MX") == ["10 feedback-smtp.us-east-1.amazonses.com."]
    assert site.dns("bounce.example.com", "TXT") == [SPF]
    for token in life.tokens:
        assert site.dns(f"{token}._domainkey.example.com", "CNAME") == [f"{token}.dkim.amazonses.com."]
    assert sorted(site.dns("example.com", "NS")) == sorted(f"{n}." for n in life.document["zone"]["name_servers"])


def test_a_message_sent_with_the_credential_arrives(life: Life, site: Site) -> None:
    code, reply = site.send(life.smtp, "shop@example.com", "visitor@example.net", subject="Your order")
    assert (code, reply[:3]) == (250, "Ok ")
    arrived = next(m for m in site.sandbox.mailbox.messages() if m.subject == "Your order")
    assert arrived.recipients == ("visitor@example.net",)
    assert arrived.from_address == "shop@example.com"
    assert arrived.return_path.endswith("@bounce.example.com")
    assert (arrived.identity, arrived.configuration_set) == ("example.com", "example-com")


def test_the_program_sends_a_test_message_itself(life: Life, site: Site) -> None:
    sent = site.run("send-test", life.document["domain"], "--to", "me@example.net", "--json").expect(0)
    assert sent.document["reply"].startswith("Ok ")
    assert any(m.recipients == ("me@example.net",) for m in site.sandbox.mailbox.messages())


def test_its_login_is_verified_by_both_ways_in(life: Life, site: Site) -> None:
    document = site.run("credentials", "verify", "example.com", "--json").expect(0).document
    assert (document["domain"], document["verdict"]) == ("example.com", "ok")
    assert [(finding["id"], finding["evidence"]) for finding in document["findings"]] == [
        ("smtp.ok", {"ports": [587, 465]})
    ]


def test_without_a_recipient_the_simulator_gets_the_test_message(life: Life, site: Site) -> None:
    sent = site.run("send-test", "example.com", "--from", "info@example.com", "--json").expect(0).document
    arrived = next(m for m in site.sandbox.mailbox.messages() if m.message_id == sent["message_id"])
    assert (arrived.from_address, arrived.recipients) == ("info@example.com", ("success@simulator.amazonses.com",))


def test_no_other_password_logs_in(life: Life, site: Site) -> None:
    with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
        site.login(life.smtp["user_name"], site.secret_of(life.smtp["user_name"]))
    assert refused.value.smtp_code == 535


def test_a_second_run_changes_nothing_makes_no_key_and_can_leave_the_password_out(life: Life, site: Site) -> None:
    before = site.everything()
    again = site.run("new-domain", "example.com", "--no-secret", "--json").expect(0)
    unchanged = {
        "changed": False,
        "changes": dict.fromkeys(life.document["changes"], 0),
        "smtp": {name: value for name, value in life.smtp.items() if name != "password"},
    }
    assert again.document == life.document | unchanged
    assert life.smtp["password"] not in again.stdout + again.stderr
    assert site.everything() == before


def test_a_plan_of_an_unchanged_domain_exits_with_0_and_one_with_changes_with_3(life: Life, site: Site) -> None:
    before = site.everything()
    unchanged = site.run("plan", life.document["domain"], "--json").expect(0).document
    assert (unchanged["changed"], unchanged["plan"]) == (False, [])
    changed = site.run("plan", "example.com", "--dmarc", "reject", "--json").expect(3).document
    assert changed["changes"] == {"add": 0, "change": 2, "destroy": 0, "import": 0}
    # The record, and what the identity's tags remember of the options.
    assert {(c["action"], c["subject"]) for c in changed["plan"] if c["action"] != "no-op"} == {
        ("update", "TXT _dmarc.example.com"),
        ("update", "SES identity example.com"),
    }
    (record,) = (c for c in changed["plan"] if c["subject"] == "TXT _dmarc.example.com")
    assert (record["before"], record["after"]) == (
        {"records": ["v=DMARC1; p=none"]},
        {"records": ["v=DMARC1; p=reject"]},
    )
    told = site.run("plan", "example.com", "--dmarc", "reject").expect(3).stdout
    assert '  ~ TXT _dmarc.example.com "v=DMARC1; p=none" -> "v=DMARC1; p=reject"\n' in told
    assert "  ~ SES identity example.com: tag Provisioner " in told
    assert site.everything() == before
    assert "p=reject" not in site.run("dns", "records", "example.com").expect(0).stdout


def test_no_secret_is_anywhere_but_on_stdout_and_in_the_credential_file(life: Life, site: Site) -> None:
    password, secret = life.smtp["password"], site.secret_of(life.smtp["user_name"])
    kept = site.home / "credentials" / "example.com" / "smtp.json"
    files = [path for path in site.home.rglob("*") if path.is_file() and not path.is_symlink()]
    assert {path.name for path in files} >= {"terraform.tfstate", "terraform.tfvars.json", "main.tf", "apply.log"}
    assert [path for path in files if password.encode() in path.read_bytes()] == [kept]
    for needle in (secret, ADMIN_SECRET):
        assert not [path for path in files if needle.encode() in path.read_bytes()]
    assert any("terraform" in line and "apply" in line for line in life.command_lines)
    for needle in (password, secret, ADMIN_SECRET):
        assert needle not in life.ran.stderr
        assert not [line for line in life.command_lines if needle in line]
    assert secret not in life.ran.stdout


def test_only_the_owner_can_read_the_home(life: Life, site: Site) -> None:
    credentials = site.home / "credentials" / life.document["domain"]
    assert mode(credentials) == 0o700
    assert mode(credentials / "smtp.json") == 0o600
    domain = site.home / "domains" / "example.com"
    assert mode(domain) == 0o700
    readable = [p for p in domain.rglob("*") if p.is_file() and not p.is_symlink() and mode(p) & 0o077]
    assert [p for p in readable if ".terraform" not in p.parts and p.name != ".terraform.lock.hcl"] == []


def test_list_and_show_know_the_domain_without_asking_aws(life: Life, site: Site) -> None:
    assert life.ran.code == 0
    nowhere = "http://127.0.0.1:9"
    listed = site.run("list", "--json", AWS_ENDPOINT_URL=nowhere).expect(0).document["domains"]
    assert listed == [
        {
            "domain": "example.com",
            "region": "us-east-1",
            "account": "123456789012",
            "zone": "created",
            "customer": "Ada Lovelace",
            "contact": "ada@example.org",
            "sending": SENDING,
            "paused_senders": [],
            "rotations": [],
        }
    ]
    shown = site.run("show", "example.com", "--json", AWS_ENDPOINT_URL=nowhere).expect(0).document
    assert shown["mail_from"] == "bounce.example.com"
    assert shown["credential"] == f"file:{site.home}/credentials/example.com/smtp.json"
    assert "Ada Lovelace" in site.run("list").expect(0).stdout


def test_status_is_what_aws_and_dns_say(life: Life, site: Site) -> None:
    (status,) = site.run("status", "example.com", "--wait", "1s", "--json").expect(0).document["domains"]
    assert status["identity"] == life.document["identity"]
    assert status["zone"] == life.document["zone"]


def test_dns_records_are_those_of_the_document(life: Life, site: Site) -> None:
    found = site.run("dns", "records", "example.com", "--json").expect(0).document
    assert found == {"domain": "example.com", "records": life.document["records"]}


def test_the_zone_file_holds_the_same_records(life: Life, site: Site) -> None:
    text = site.run("dns", "zonefile", "example.com").expect(0).stdout
    zone = dns.zone.from_text(text, origin="example.com.", relativize=False, check_origin=False)
    found = {
        (str(name), dns.rdatatype.to_text(rdataset.rdtype)): (
            rdataset.ttl,
            [str(item).removesuffix(".") for item in rdataset],
        )
        for name, rdataset in zone.iterate_rdatasets()
    }
    assert found == site.record_sets(life.document["zone"]["id"])


def test_credentials_are_shown_and_exported(life: Life, site: Site) -> None:
    smtp = life.smtp
    shown = site.run("credentials", "show", "example.com", "--json").expect(0).document
    assert shown.items() >= smtp.items()
    assert smtp["password"] not in site.run("credentials", "show", "example.com", "--no-secret").expect(0).stdout
    (exported,) = site.run("credentials", "export", "example.com").expect(0).document["credentials"]
    assert (exported["user_name"], exported["password"]) == (smtp["user_name"], smtp["password"])
    env = site.run("credentials", "export", "example.com", "--format", "env").expect(0).stdout
    assert dict(line.split("=", 1) for line in env.splitlines())["SMTP_PASSWORD"] == smtp["password"]
    (row,) = csv.DictReader(io.StringIO(site.run("credentials", "export", "--format", "csv").expect(0).stdout))
    assert (row["domain"], row["password"]) == ("example.com", smtp["password"])


def test_destroying_leaves_nothing_behind(destroyed: Ran, site: Site, life: Life) -> None:
    (entry,) = destroyed.document["domains"]
    assert (entry["domain"], entry["region"], entry["destroyed"]) == ("example.com", "us-east-1", True)
    assert entry["changes"] == {"add": 0, "change": 0, "destroy": 13, "import": 0}
    assert entry["kept_zone"] is None
    assert [(key["iam_user"], key["id"]) for key in entry["access_keys"]] == [("example.com", life.smtp["user_name"])]
    assert {action["action"] for action in entry["plan"]} == {"delete"}
    assert site.everything() == {"zones": {}, "identities": [], "sets": [], "users": {}}
    assert not (site.home / "domains" / "example.com").exists()
    assert not (site.home / "credentials" / "example.com").exists()
    assert json.loads(site.run("list", "--json").expect(0).stdout) == {"domains": []}


def test_a_destroyed_credential_logs_in_no_more(destroyed: Ran, site: Site, life: Life) -> None:
    assert destroyed.code == 0
    with pytest.raises(smtplib.SMTPAuthenticationError):
        site.login(life.smtp["user_name"], life.smtp["password"])


def test_destroying_again_finds_nothing_to_do(destroyed: Ran, site: Site) -> None:
    assert destroyed.code == 0
    again = site.run("destroy-domain", "example.com", "--yes", "--json").expect(0)
    (entry,) = again.document["domains"]
    assert (entry["destroyed"], entry["changes"]["destroy"]) == (False, 0)


def as_mapping(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
