"""Senders: each sends as its own address and as nothing else, and can be taken away without the others noticing."""

import signal
from dataclasses import dataclass
from shutil import rmtree
from smtplib import SMTPAuthenticationError
from typing import Any

import pytest
from integration.harness import Ran, Site

DOMAIN = "example.com"
ADDRESSES = {"scanner": "scan@example.com", "shop": "Orders@example.com"}
VISITOR = "success@simulator.amazonses.com"
NOTHING = {"add": 0, "change": 0, "destroy": 0, "import": 0}
USERS = [DOMAIN, "example.com+scanner", "example.com+shop"]


@dataclass(frozen=True)
class Made:
    """A domain with two senders, as its first run told it."""

    site: Site
    ran: Ran

    @property
    def document(self) -> Any:
        return self.ran.document

    def smtp(self, name: str) -> Any:
        """The credential of a sender."""
        return next(sender["smtp"] for sender in self.document["senders"] if sender["name"] == name)

    def new_domain(self, *options: str) -> Any:
        return self.site.new_domain(DOMAIN, *options)

    def users(self) -> list[str]:
        return sorted(user["UserName"] for user in self.site.client("iam").list_users()["Users"])


@pytest.fixture(scope="module")
def made(site: Site) -> Made:
    site.provision({"domain": "other.com", "zone": "external"})
    options = ("--sender", "shop=Orders", "--sender", "scanner=scan", "--zone", "external", "--json", "--verbose")
    ran = site.run("new-domain", DOMAIN, *options).expect(0)
    for domain in (DOMAIN, "other.com"):
        site.publish(domain)
        site.run("status", domain, "--wait", "2m").expect(0)
    return Made(site, ran)


def test_the_first_run_tells_each_sender_with_its_address_and_credential(made: Made, site: Site) -> None:
    assert {sender["name"]: sender["address"] for sender in made.document["senders"]} == ADDRESSES
    for name in ADDRESSES:
        smtp = made.smtp(name)
        assert smtp["iam_user"] == f"example.com+{name}"
        assert smtp["stored_in"] == f"file:{site.home}/credentials/example.com/smtp.{name}.json"
        assert site.keys(smtp["iam_user"]) == [smtp["user_name"]]
    passwords = {made.document["smtp"]["password"], *(made.smtp(name)["password"] for name in ADDRESSES)}
    assert len(passwords) == 3


def test_the_user_of_a_sender_is_beside_the_domain_s_and_carries_its_tags(made: Made, site: Site) -> None:
    user = site.client("iam").get_user(UserName=made.smtp("shop")["iam_user"])["User"]
    assert user["Path"] == "/provisioner/smtp/"
    tags = {tag["Key"]: tag["Value"] for tag in user["Tags"]}
    assert tags == {"ManagedBy": "provisioner", "Domain": DOMAIN, "Sender": "shop"}


def test_no_secret_of_a_sender_is_anywhere_but_in_the_store(made: Made, site: Site) -> None:
    secrets = [made.smtp(name)["password"] for name in ADDRESSES]
    secrets += [site.secret_of(made.smtp(name)["user_name"]) for name in ADDRESSES]
    texts = [path.read_text() for path in (site.home / "domains" / DOMAIN).iterdir() if path.is_file()]
    assert len(texts) > 3
    assert [secret for secret in secrets for text in [*texts, made.ran.stderr] if secret in text] == []


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_sender_sends_as_its_own_address(made: Made, site: Site, name: str) -> None:
    assert site.send(made.smtp(name), ADDRESSES[name], VISITOR)[0] == 250
    assert site.send(made.smtp(name), ADDRESSES[name], VISITOR, envelope="bounces@example.com")[0] == 250
    ran = site.run("send-test", DOMAIN, "--sender", name, "--to", VISITOR, "--json").expect(0)
    assert ran.document["reply"].startswith("Ok ")


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(
    "address", ["info@example.com", "orders@example.com", "test@other.com", "scan@sub.example.com"]
)
def test_a_sender_sends_as_nothing_else(made: Made, site: Site, name: str, address: str) -> None:
    code, reply = site.send(made.smtp(name), address, VISITOR, envelope=ADDRESSES[name])
    assert (code, "not authorized to perform `ses:SendRawEmail'" in reply) == (554, True), reply


def test_a_sender_does_not_send_as_another_sender_or_with_an_envelope_elsewhere(made: Made, site: Site) -> None:
    assert site.send(made.smtp("shop"), ADDRESSES["scanner"], VISITOR)[0] == 554
    assert site.send(made.smtp("shop"), ADDRESSES["shop"], VISITOR, envelope="bounces@other.com")[0] == 554


def test_the_domain_s_own_user_still_sends_as_everything(made: Made, site: Site) -> None:
    for address in (*ADDRESSES.values(), "info@example.com"):
        assert site.send(made.document["smtp"], address, VISITOR)[0] == 250


def test_a_second_run_changes_nothing(made: Made) -> None:
    again = made.new_domain()
    assert (again["changed"], again["changes"]) == (False, NOTHING)
    assert (again["smtp"], again["senders"]) == (made.document["smtp"], made.document["senders"])


def test_credentials_are_exported_for_every_sender(made: Made, site: Site) -> None:
    exported = site.run("credentials", "export", DOMAIN).expect(0).document["credentials"]
    assert [entry["sender"] for entry in exported] == [None, "scanner", "shop"]
    shop = site.run("credentials", "export", DOMAIN, "--sender", "shop", "--format", "env").expect(0).stdout
    assert made.smtp("shop")["password"] in shop


def test_a_lost_workspace_comes_back_with_its_senders(made: Made, site: Site) -> None:
    before = site.everything()
    rmtree(site.home / "domains" / DOMAIN)
    healed = made.new_domain()
    assert (healed["changed"], healed["changes"]["import"]) == (False, 9)
    assert (healed["smtp"], healed["senders"]) == (made.document["smtp"], made.document["senders"])
    assert site.everything() == before
    assert made.new_domain()["changes"] == NOTHING


def test_drift_tells_what_somebody_did_to_a_sender(made: Made, site: Site) -> None:
    user = made.smtp("scanner")["iam_user"]
    site.client("iam").delete_user_policy(UserName=user, PolicyName="send-as-domain")
    (drifted,) = site.run("drift", DOMAIN, "--json").expect(3).document["domains"]
    assert [d["address"] for d in drifted["differences"]] == [
        'module.sender["scanner"].aws_iam_user_policy.send_as_domain'
    ]
    assert made.new_domain()["changes"] == NOTHING | {"add": 1}
    assert site.send(made.smtp("scanner"), ADDRESSES["scanner"], VISITOR)[0] == 250


def test_one_sender_is_taken_away_and_the_other_still_sends(made: Made, site: Site) -> None:
    planned = site.run("plan", DOMAIN, "--no-sender", "shop", "--json").expect(3).document
    assert planned["changes"]["destroy"] == 2
    done = made.new_domain("--no-sender", "shop")
    assert done["changes"] == {"add": 0, "change": 1, "destroy": 2, "import": 0}
    assert [sender["name"] for sender in done["senders"]] == ["scanner"]
    assert made.users() == ["example.com", "example.com+scanner", "other.com"]
    assert not (site.home / "credentials" / DOMAIN / "smtp.shop.json").exists()
    assert site.send(made.smtp("scanner"), ADDRESSES["scanner"], VISITOR)[0] == 250
    assert made.new_domain("--no-sender", "shop")["changes"] == NOTHING


def test_a_sender_is_taken_away_although_the_workspace_is_lost(made: Made, site: Site) -> None:
    made.new_domain("--sender", "news=letter")
    rmtree(site.home / "domains" / DOMAIN)
    done = made.new_domain("--no-sender", "news")
    assert [sender["name"] for sender in done["senders"]] == ["scanner"]
    assert made.users() == ["example.com", "example.com+scanner", "other.com"]
    assert not (site.home / "credentials" / DOMAIN / "smtp.news.json").exists()
    assert made.new_domain()["changes"] == NOTHING


def test_a_run_that_is_killed_at_the_key_of_a_sender_is_completed_with_one_key(made: Made, site: Site) -> None:
    once_more = ("--sender", "shop=Orders")
    killed = site.start("new-domain", DOMAIN, *once_more, "--share", "always", "--json")
    killed.wait_for("creating the access key of example.com+shop")
    killed.signal(signal.SIGKILL)
    killed.end()
    shop = next(sender for sender in made.new_domain()["senders"] if sender["name"] == "shop")
    assert site.keys("example.com+shop") == [shop["smtp"]["user_name"]]
    assert site.send(shop["smtp"], ADDRESSES["shop"], VISITOR)[0] == 250


def test_a_password_is_replaced_while_both_work(made: Made, site: Site) -> None:
    def rotate(*options: str) -> Any:
        return site.run("credentials", "rotate", DOMAIN, "--sender", "shop", *options, "--json").expect(0).document

    def sends(smtp: Any) -> bool:
        return site.send(smtp, ADDRESSES["shop"], VISITOR)[0] == 250

    old = site.run("credentials", "show", DOMAIN, "--sender", "shop", "--json").expect(0).document
    new = rotate("--prepare")["smtp"]
    assert (sends(old), sends(new)) == (True, True)
    assert made.new_domain()["changes"] == NOTHING
    confirmed = rotate("--confirm")
    assert (confirmed["stage"], confirmed["old_user_name"]) == ("confirmed", old["user_name"])
    assert (confirmed["old_use"], confirmed["new_user_name"]) == ("used", new["user_name"])
    shown = site.run("credentials", "show", DOMAIN, "--sender", "shop", "--json").expect(0).document
    assert (shown["user_name"], shown["password"]) == (new["user_name"], new["password"])
    assert rotate("--retire")["stage"] == "retiring"
    with pytest.raises(SMTPAuthenticationError, match="535"):
        site.login(old["user_name"], old["password"])
    assert sends(new)
    assert site.run("drift", DOMAIN, "--json").expect(0).document["domains"][0]["findings"] == []
    assert rotate("--retire", "--grace", "0s")["stage"] == "done"
    assert site.keys("example.com+shop") == [new["user_name"]]
    assert sends(new)
    assert made.new_domain()["changed"] is False


def test_destroying_leaves_no_user_of_the_domain_behind(made: Made, site: Site) -> None:
    assert made.users() == [*USERS, "other.com"]
    rmtree(site.home / "domains" / DOMAIN)
    site.run("destroy-domain", DOMAIN, "--yes", "--yes-it-sends", "--json").expect(0)
    assert made.users() == ["other.com"]
    assert not (site.home / "credentials" / DOMAIN).exists()
