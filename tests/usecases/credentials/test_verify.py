"""`credentials verify`: each cause has its verdict and its finding, and what nobody could look at is said."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.aws import identity
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.senders import SenderChange
from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.credentials.holdings import Holding
from provisioner.core.credentials.password import derive
from provisioner.core.credentials.unseen import Unseen
from provisioner.core.credentials.verdict import Verdict, Verification
from provisioner.core.findings import Severity
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import LoggedOut, ProvisionerError
from provisioner.usecases.credentials.verify import verify_login, verify_stored
from provisioner.usecases.mail_domain.new_domain import new_domain
from provisioner.usecases.mail_domain.pause import pause

EXAMPLE = DomainName.parse("example.com")
VIRGINIA, IRELAND = Region.parse("us-east-1"), Region.parse("eu-west-1")
ASKED = Asked(default_region=VIRGINIA, senders=SenderChange.parse(["shop=orders"], []))
KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
PLAIN, ID, TEMPORARY = derive(KEY, "us-east-1"), "AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE"
PASSWORD = Secret(PLAIN)
INVALID = (535, "Authentication Credentials Invalid")
DENY = json.dumps({"Statement": [{"Effect": "Deny", "Action": "ses:*", "Resource": "*"}]})


@pytest.fixture
def provisioned(world: World) -> World:
    new_domain(world.edges, EXAMPLE, ASKED)
    ours = world.aws.identities["example.com"].tags
    world.aws.identities["example.com"] = replace(identity("example.com", "SUCCESS"), tags=ours)
    return world


def verified(world: World, sender: str | None = None, region: Region | None = None) -> Verification:
    return verify_stored(world.edges, EXAMPLE, sender, region)


def given(world: World, password: str | None = None, user_name: str = ID) -> Verification:
    return verify_login(world.edges, user_name, PASSWORD if password is None else Secret(password), VIRGINIA)


def ids(verification: Verification) -> list[tuple[str, str]]:
    return [(finding.id, str(finding.severity)) for finding in verification.findings]


def key_id(world: World) -> str:
    return world.store.kept["example.com"].user_name


def with_key(world: World, *, active: bool = True, age: timedelta | None = None) -> None:
    created = None if age is None else world.clock.now() - age
    world.aws.access_keys["example.com"] = [AccessKey(key_id(world), active, created)]


def test_a_stored_credential_that_works_is_ok_by_both_ways_in_and_nothing_is_sent(provisioned: World) -> None:
    found = verified(provisioned)
    assert (found.verdict, ids(found)) == (Verdict.OK, [("smtp.ok", "ok")])
    tried = [(endpoint.host, endpoint.port, str(endpoint.security)) for endpoint, _, _ in provisioned.mailer.logins]
    host = "email-smtp.us-east-1.amazonaws.com"
    assert tried == [(host, 587, "starttls"), (host, 465, "tls")]
    assert provisioned.mailer.sent == []
    document = found.to_document()
    assert (document["domain"], document["sender"], document["verdict"]) == ("example.com", None, "ok")


def test_a_sender_has_its_own_verdict(provisioned: World) -> None:
    pause(provisioned.edges, SmtpUser(EXAMPLE, "shop"), ASKED, "spam")
    found = verified(provisioned, "shop")
    assert (found.verdict, found.to_document()["sender"]) == (Verdict.PAUSED, "shop")
    [paused] = [finding for finding in found.findings if finding.severity is Severity.ERROR]
    assert (paused.id, paused.subject) == ("sender.paused", "IAM user example.com+shop")
    assert paused.command == ("resume", "example.com", "--sender", "shop")
    assert "spam" in paused.message
    assert verified(provisioned).verdict is Verdict.OK


def gone(world: World) -> None:
    world.aws.access_keys["example.com"] = []
    world.mailer.refuses_login(*INVALID, times=2)


def of_another_user(world: World) -> None:
    world.aws.access_keys["example.com"] = [AccessKey("AKIAOTHER", active=True)]
    world.aws.access_keys["example.com+shop"] = []
    world.aws.access_keys["somebody"] = [AccessKey(key_id(world), active=True)]
    world.mailer.refuses_login(*INVALID, times=2)


def switched_off(world: World) -> None:
    with_key(world, active=False)
    world.mailer.refuses_login(*INVALID, times=2)


def wrong(world: World) -> None:
    with_key(world, age=timedelta(days=1))
    world.mailer.is_replaced = True
    world.mailer.refuses_login(*INVALID, times=2)


def not_subscribed(world: World) -> None:
    world.mailer.refuses_login(535, "Account not subscribed to SES", times=2)


def paused(world: World) -> None:
    world.aws.paused_sets.add("example-com")


def account_paused(world: World) -> None:
    world.aws.ses = replace(world.aws.ses, sending_enabled=False)


def shut_down(world: World) -> None:
    world.aws.ses = replace(world.aws.ses, enforcement="SHUTDOWN")


def without_policy(world: World) -> None:
    del world.aws.policies["example.com:send-as-domain"]


def too_narrow(world: World) -> None:
    says = {"Statement": {"Effect": "Allow", "Action": "ses:SendEmail", "Resource": "*"}}
    world.aws.documents["example.com:send-as-domain"] = json.dumps(says)


def denied_by_ours(world: World) -> None:
    world.aws.documents["example.com:send-as-domain"] = DENY


def denied_by_a_group(world: World) -> None:
    world.aws.has_given("example.com", Holding.GROUP, "no-mail", json.loads(DENY))


def denied_by_an_attached_policy(world: World) -> None:
    world.aws.has_given("example.com", Holding.ATTACHED_POLICY, "arn:aws:iam::aws:policy/Quiet", json.loads(DENY))


def bound(world: World) -> None:
    world.aws.is_bound("example.com", {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})


def denied(world: World) -> None:
    world.aws.documents["example.com:no-mail"] = DENY


def of_ireland(world: World) -> None:
    world.store.kept["example.com"] = replace(world.store.kept["example.com"], region="eu-west-1")


def stored(text: str, user_name: str | None = None) -> Callable[[World], None]:
    def state(world: World) -> None:
        kept = world.store.kept["example.com"]
        name = user_name or kept.user_name
        world.store.kept["example.com"] = replace(kept, password=Secret(text), user_name=name)

    return state


@pytest.mark.parametrize(
    ("state", "verdict", "finding", "words"),
    [
        (gone, "key_unknown", "key.gone", "`provisioner new-domain example.com` makes a new one"),
        (of_another_user, "key_unknown", "key.gone", "it is one of somebody"),
        (switched_off, "key_inactive", "key.inactive", "aws iam update-access-key --user-name example.com"),
        (wrong, "wrong_password", "smtp.login_refused", "another key's, or another region's"),
        (not_subscribed, "not_permitted", "account.not_subscribed", "open SES once in its console"),
        (paused, "paused", "set.paused", "`provisioner resume example.com`"),
        (account_paused, "paused", "account.paused", "put-account-sending-attributes --sending-enabled"),
        (shut_down, "paused", "account.shutdown", "SHUTDOWN"),
        (without_policy, "not_permitted", "iam.no_policy", "`provisioner new-domain example.com` puts it back"),
        (too_narrow, "not_permitted", "iam.too_narrow", "does not allow ses:SendRawEmail"),
        (denied, "not_permitted", "iam.denied", "delete-user-policy --user-name example.com --policy-name no-mail"),
        (denied_by_ours, "not_permitted", "iam.denied", "`provisioner new-domain example.com` puts it back as it was"),
        (denied_by_a_group, "not_permitted", "iam.denied", "remove-user-from-group --user-name example.com"),
        (denied_by_an_attached_policy, "not_permitted", "iam.denied", "detach-user-policy --user-name example.com"),
        (bound, "not_permitted", "iam.boundary", "delete-user-permissions-boundary --user-name example.com"),
        (of_ireland, "wrong_region", "smtp.wrong_region", "send through email-smtp.eu-west-1.amazonaws.com"),
        (stored(KEY), "raw_secret_key", "smtp.raw_secret", "credentials derive --region us-east-1"),
        (stored("A" * 44), "old_algorithm", "smtp.old_password", "SES slows the old ones down"),
        (stored(PLAIN + "\n"), "malformed", "smtp.password_form", "a line feed"),
        (stored(PLAIN[:30]), "malformed", "smtp.password_form", "was it cut?"),
        (stored(PLAIN, "example.com"), "malformed", "smtp.user_name", "AKIA"),
        (stored(PLAIN, TEMPORARY), "temporary_key", "smtp.temporary_key", "IAM user (AKIA...)"),
    ],
)
def test_each_cause_has_its_verdict_its_finding_and_its_remedy(
    provisioned: World, state: Callable[[World], None], verdict: str, finding: str, words: str
) -> None:
    state(provisioned)
    found = verified(provisioned)
    [error] = [one for one in found.findings if one.severity is Severity.ERROR]
    assert (str(found.verdict), error.id) == (verdict, finding)
    assert words in f"{error.message}; {error.remedy}"
    assert error.remedy
    text = json.dumps(found.to_document())
    assert KEY not in text
    assert provisioned.store.kept["example.com"].password.reveal().strip() not in text


def test_what_is_wrong_by_its_looks_is_said_without_a_login(provisioned: World) -> None:
    stored("A" * 44)(provisioned)
    verified(provisioned)
    assert provisioned.mailer.logins == []


@pytest.mark.parametrize(("works", "words"), [(True, "SES takes the password"), (False, "SES does not take")])
def test_a_secret_key_is_proved_by_the_password_derived_from_it(world: World, works: bool, words: str) -> None:
    world.mailer.knows("email-smtp.us-east-1.amazonaws.com", ID, PASSWORD if works else Secret("another"))
    found = given(world, KEY)
    assert found.verdict is Verdict.RAW_SECRET_KEY
    assert words in found.findings[0].message
    assert found.findings[0].command == ("credentials", "derive", "--region", "us-east-1")
    assert (f"see that {ID} is active" in found.findings[0].remedy) is not works


def test_quotes_around_a_password_are_told_and_what_is_inside_is_proved(world: World) -> None:
    world.mailer.knows("email-smtp.us-east-1.amazonaws.com", ID, PASSWORD)
    found = given(world, f'"{PLAIN}"')
    assert found.verdict is Verdict.MALFORMED
    assert "SES takes what is inside" in found.findings[0].message


def test_a_new_key_is_waited_for_once_and_not_for_each_way_in(provisioned: World) -> None:
    with_key(provisioned, age=timedelta(seconds=3))
    provisioned.mailer.refuses_login(*INVALID, times=3)
    assert verified(provisioned).verdict is Verdict.OK
    assert provisioned.clock.seconds == 14
    provisioned.mailer.is_replaced = True
    provisioned.mailer.refuses_login(*INVALID, times=99)
    found = verified(provisioned)
    assert found.verdict is Verdict.WRONG_PASSWORD
    assert ids(found)[:2] == [("smtp.login_refused", "error"), ("smtp.not_yet", "info")]
    assert "repeat this in a few minutes" in found.findings[1].remedy
    assert provisioned.clock.seconds == 14 + 60


def test_a_new_key_that_ses_has_seen_already_is_not_waited_for(provisioned: World) -> None:
    with_key(provisioned, age=timedelta(seconds=3))
    provisioned.aws.was_used(key_id(provisioned), provisioned.clock.now())
    provisioned.mailer.is_replaced = True
    provisioned.mailer.refuses_login(*INVALID, times=2)
    found = verified(provisioned)
    assert (found.verdict, provisioned.clock.seconds) == (Verdict.WRONG_PASSWORD, 0)
    assert "smtp.not_yet" not in dict(ids(found))


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        ("smtp_unreachable", "smtp.unreachable"),
        ("smtp_timeout", "smtp.unreachable"),
        ("smtp_no_starttls", "smtp.no_starttls"),
        ("smtp_certificate", "smtp.certificate"),
        ("smtp_certificate_expired", "smtp.certificate"),
        ("smtp_certificate_early", "clock.skew"),
    ],
)
def test_an_endpoint_that_nobody_reaches_is_unreachable_and_one_way_of_two_a_warning(
    provisioned: World, fault: str, finding: str
) -> None:
    provisioned.mailer.fails(fault, 587)
    found = verified(provisioned)
    assert (found.verdict, ids(found)) == (Verdict.OK, [("smtp.ok", "ok"), (finding, "warning")])
    provisioned.mailer.fails(fault)
    found = verified(provisioned)
    assert (found.verdict, ids(found)) == (Verdict.UNREACHABLE, [(finding, "error")])
    assert found.findings[0].evidence["ports"] == [587, 465]
    assert found.findings[0].remedy


def test_a_way_in_that_the_environment_does_not_replace_is_not_looked_at(provisioned: World) -> None:
    provisioned.mailer.fails("smtp_not_replaced", 465)
    found = verified(provisioned)
    assert (found.verdict, ids(found)) == (Verdict.OK, [("smtp.ok", "ok"), ("check.not_run", "warning")])
    provisioned.mailer.fails("smtp_unreachable", 587)
    found = verified(provisioned)
    assert found.verdict is Verdict.UNREACHABLE
    assert ids(found) == [("smtp.unreachable", "error"), ("check.not_run", "warning")]


@pytest.mark.parametrize(
    "reply",
    [
        (421, "Too many concurrent SMTP connections"),
        (451, "Temporary service failure"),
        (454, "Temporary authentication failure"),
    ],
    ids=str,
)
def test_a_busy_server_is_asked_once_more_and_its_reply_says_nothing_of_the_login(
    provisioned: World, reply: tuple[int, str]
) -> None:
    provisioned.mailer.refuses_login(*reply)
    assert verified(provisioned).verdict is Verdict.OK
    assert provisioned.clock.seconds == 5
    provisioned.mailer.refuses_login(*reply, times=4)
    found = verified(provisioned)
    assert (found.verdict, ids(found)) == (Verdict.UNREACHABLE, [("check.not_run", "error")])
    assert reply[1] in found.findings[0].message


def test_a_password_of_another_region_is_found_where_it_works(world: World) -> None:
    world.aws.has_key("somebody", ID).was_used(ID, world.clock.now(), region="eu-west-1")
    world.mailer.knows("email-smtp.eu-west-1.amazonaws.com", ID, PASSWORD)
    found = given(world)
    assert (found.verdict, ids(found)) == (Verdict.WRONG_REGION, [("smtp.wrong_region", "error")])
    assert found.findings[0].evidence == {"expected": "us-east-1", "found": "eu-west-1"}
    assert [endpoint.host for endpoint, _, _ in world.mailer.logins[2:]] == ["email-smtp.eu-west-1.amazonaws.com"]


def test_one_that_no_region_takes_is_wrong(world: World) -> None:
    world.aws.has_key("somebody", ID)
    world.mailer.knows("nowhere", ID, PASSWORD)
    found = given(world)
    assert (found.verdict, ids(found)) == (Verdict.WRONG_PASSWORD, [("smtp.login_refused", "error")])
    hosts = {endpoint.host for endpoint, _, _ in world.mailer.logins}
    assert len(hosts) == 17
    assert not [host for host in hosts if "gov" in host]


def test_regions_that_could_not_be_asked_are_told(world: World) -> None:
    world.aws.has_key("somebody", ID)
    world.mailer.is_replaced = True
    world.mailer.refuses_login(*INVALID, times=2)
    found = given(world)
    assert ids(found) == [("smtp.login_refused", "error"), ("check.not_run", "warning")]
    assert "PROVISIONER_SMTP_SERVER" in found.findings[1].remedy


def test_a_login_that_is_not_ours_needs_nothing_of_aws_when_it_works(world: World) -> None:
    found = given(world)
    assert (found.verdict, ids(found)) == (Verdict.OK, [("smtp.ok", "ok")])
    document = found.to_document()
    assert (document["domain"], document["sender"], document["user_name"]) == (None, None, ID)
    assert world.aws.asked == []


def test_a_key_that_the_account_does_not_know_is_unknown(world: World) -> None:
    world.mailer.refuses_login(*INVALID, times=2)
    found = given(world)
    assert (found.verdict, ids(found)) == (Verdict.KEY_UNKNOWN, [("key.gone", "error"), ("smtp.login_refused", "info")])
    assert "another account's" in found.findings[0].message


def test_whoever_may_not_look_gets_no_guess(world: World) -> None:
    world.aws.does_not_allow("last_use")
    world.mailer.is_replaced = True
    world.mailer.refuses_login(*INVALID, times=2)
    found = given(world)
    assert found.verdict is Verdict.WRONG_PASSWORD
    assert [one for one in ids(found) if one[0] == "check.not_run"] == [("check.not_run", "warning")] * 2
    assert "unknown or switched off, or the password is not its own" in found.findings[0].message
    assert "a key of another account" in found.findings[1].remedy


def test_a_look_that_fails_leaves_the_others_and_the_clock_is_named(
    provisioned: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ProvisionerError("clock_skew", "ses:GetEmailIdentity: Signature expired", "set this machine's clock")

    paused(provisioned)
    monkeypatch.setattr(provisioned.aws, "status", refuse)
    denied(provisioned)
    found = verified(provisioned)
    assert found.verdict is Verdict.NOT_PERMITTED
    assert ids(found) == [("smtp.ok", "ok"), ("clock.skew", "warning"), ("iam.denied", "error")]


def test_the_region_that_is_named_is_the_one_that_counts(provisioned: World) -> None:
    found = verified(provisioned, region=IRELAND)
    assert found.verdict is Verdict.WRONG_REGION
    assert found.findings[0].evidence == {"expected": "eu-west-1", "found": "us-east-1"}


def test_without_a_credential_there_is_nothing_to_verify(world: World) -> None:
    with pytest.raises(ProvisionerError) as caught:
        verified(world)
    assert caught.value.code == "no_credential"


def test_a_login_of_ours_is_known_although_it_was_given_as_anothers(provisioned: World) -> None:
    kept = provisioned.store.kept["example.com"]
    provisioned.aws.access_keys["example.com+shop"] = []
    found = verify_login(provisioned.edges, kept.user_name, kept.password, IRELAND)
    assert (found.verdict, found.user) == (Verdict.WRONG_REGION, None)
    assert provisioned.mailer.logins == []
    assert verify_login(provisioned.edges, kept.user_name, kept.password, VIRGINIA).verdict is Verdict.OK


def test_another_password_than_the_one_that_is_kept_is_wrong_at_once_and_told_where_the_right_one_is(
    provisioned: World,
) -> None:
    with_key(provisioned, age=timedelta(seconds=3))
    provisioned.aws.access_keys["example.com+shop"] = []
    provisioned.mailer.is_replaced = True
    provisioned.mailer.refuses_login(*INVALID, times=2)
    found = given(provisioned, user_name=key_id(provisioned))
    assert (found.verdict, provisioned.clock.seconds) == (Verdict.WRONG_PASSWORD, 0)
    assert found.findings[0].command == ("credentials", "show", "example.com")


@pytest.mark.parametrize("kind", [Holding.INLINE_POLICY, Holding.ATTACHED_POLICY, Holding.GROUP])
def test_policies_that_nobody_may_read_are_said_and_decide_nothing(provisioned: World, kind: Holding) -> None:
    provisioned.aws.does_not_allow(kind)
    found = verified(provisioned)
    assert (found.verdict, ids(found)) == (Verdict.OK, [("smtp.ok", "ok"), ("check.not_run", "warning")])
    assert str(kind) in found.findings[1].message


def test_a_document_that_nobody_may_read_is_said_and_decides_nothing(provisioned: World) -> None:
    provisioned.aws.has_given("example.com", Holding.GROUP, "no-mail", Unseen("iam:GetGroupPolicy: AccessDenied"))
    found = verified(provisioned)
    assert (found.verdict, ids(found)) == (Verdict.OK, [("smtp.ok", "ok"), ("check.not_run", "warning")])
    assert "the group no-mail: iam:GetGroupPolicy" in found.findings[1].message


def test_a_policy_of_others_that_lets_it_do_more_keeps_no_mail_in(provisioned: World) -> None:
    provisioned.aws.has_given("example.com", Holding.GROUP, "admins")
    found = verified(provisioned)
    assert (found.verdict, ids(found)) == (Verdict.OK, [("smtp.ok", "ok")])


def test_where_the_account_is_in_the_sandbox_of_ses_recipients_are_authorised_as_well(provisioned: World) -> None:
    ours = json.loads(json.dumps(provisioned.aws.sending["example.com"]).replace("identity/*", "identity/example.com"))
    provisioned.aws.sending["example.com"] = ours
    assert ids(verified(provisioned)) == [("smtp.ok", "ok"), ("iam.too_narrow", "warning")]
    provisioned.aws.sandboxes.add("us-east-1")
    found = verified(provisioned)
    assert (found.verdict, ids(found)) == (Verdict.NOT_PERMITTED, [("smtp.ok", "ok"), ("iam.too_narrow", "error")])


def test_whoever_is_logged_out_is_told_once(provisioned: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise LoggedOut("expired_token", "ses:GetEmailIdentity: ExpiredToken", "log in again and repeat")

    monkeypatch.setattr(provisioned.aws, "status", refuse)
    found = verified(provisioned)
    assert (found.verdict, ids(found)) == (Verdict.OK, [("smtp.ok", "ok"), ("check.not_run", "warning")])
    assert "log in again" in found.findings[1].remedy
