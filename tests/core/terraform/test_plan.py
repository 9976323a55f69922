from collections.abc import Callable
from typing import Any

import pytest

from provisioner.core.terraform.attributes import SENSITIVE, UNKNOWN
from provisioner.core.terraform.plan import Change, Plan, guard
from provisioner.errors import ProvisionerError, Refused

Shown = Callable[..., dict[str, Any]]


def resource(address: str, *actions: str, **change: Any) -> dict[str, Any]:
    rtype = address.split(".")[-2]
    return {"address": address, "mode": "managed", "type": rtype, "change": {"actions": list(actions), **change}}


def planned(address: str, *actions: str, importing: bool = False) -> Change:
    return Change(address, address.split(".")[-2], actions, importing, address)


@pytest.mark.parametrize(
    ("actions", "importing", "kind"),
    [
        (("create",), False, "create"),
        (("update",), False, "update"),
        (("update",), True, "update"),
        (("delete",), False, "delete"),
        (("delete", "create"), False, "replace"),
        (("create", "delete"), False, "replace"),
        (("no-op",), False, "no-op"),
        (("no-op",), True, "import"),
        (("read",), False, "read"),
    ],
)
def test_a_change_has_a_kind(actions: tuple[str, ...], importing: bool, kind: str) -> None:
    assert planned("aws_iam_user.this", *actions, importing=importing).kind == kind


def test_a_plan_counts_as_terraform_does(shown_plan: Shown) -> None:
    document = shown_plan(
        resource("aws_a.create", "create"),
        resource("aws_a.update", "update", importing={"id": "x"}),
        resource("aws_a.replace", "delete", "create"),
        resource("aws_a.delete", "delete"),
        resource("aws_a.same", "no-op"),
        resource("aws_a.taken", "no-op", importing={"id": "y"}),
        resource("aws_a.data", "read"),
    )
    plan = Plan.from_show(document, "tfplan")
    assert plan.counts == {"add": 2, "change": 1, "destroy": 2, "import": 2}
    assert (plan.file, plan.empty, len(plan.changes)) == ("tfplan", False, 7)


def test_a_plan_without_changes_is_empty(shown_plan: Shown) -> None:
    assert Plan.unchanged().empty
    assert Plan.unchanged().counts == {"add": 0, "change": 0, "destroy": 0, "import": 0}
    assert Plan.from_show(shown_plan(resource("aws_a.same", "no-op"), resource("aws_a.data", "read")), "f").empty
    assert Plan.from_show({"format_version": "1.2"}, "f").empty


def test_an_import_alone_is_something_to_do(shown_plan: Shown) -> None:
    assert not Plan.from_show(shown_plan(resource("aws_a.taken", "no-op", importing={"id": "y"})), "f").empty


@pytest.mark.parametrize(
    ("change", "summary"),
    [
        ({"before": None, "after": {"name": "_dmarc.example.com", "type": "TXT"}}, "TXT _dmarc.example.com"),
        ({"before": {"name": "example.com.", "type": "MX"}, "after": None}, "MX example.com"),
        ({"after": {"type": "CNAME"}, "after_unknown": {"name": True}}, "module.m.aws_route53_record.this"),
    ],
)
def test_a_dns_record_is_named_by_type_and_name(shown_plan: Shown, change: dict[str, Any], summary: str) -> None:
    document = shown_plan(resource("module.m.aws_route53_record.this", "create", **change))
    assert Plan.from_show(document, "f").changes[0].summary == summary


@pytest.mark.parametrize(
    ("rtype", "after", "summary"),
    [
        ("aws_route53_zone", {"name": "example.com", "comment": "x"}, "hosted zone example.com"),
        ("aws_iam_user", {"name": "example.com", "path": "/x/"}, "IAM user example.com"),
        ("aws_sesv2_configuration_set", {"configuration_set_name": "example-com"}, "configuration set example-com"),
        ("aws_sesv2_email_identity", {"email_identity": "example.com"}, "SES identity example.com"),
        (
            "aws_sesv2_email_identity_mail_from_attributes",
            {"email_identity": "example.com", "mail_from_domain": "bounce.example.com"},
            "MAIL FROM bounce.example.com",
        ),
        (
            "aws_iam_user_policy",
            {"name": "send-as-domain", "user": "example.com"},
            "policy send-as-domain of IAM user example.com",
        ),
        ("terraform_data", {"input": "x"}, "terraform_data.this"),
    ],
)
def test_other_resources_are_named_by_their_name(
    shown_plan: Shown, rtype: str, after: dict[str, Any], summary: str
) -> None:
    document = shown_plan(resource(f"{rtype}.this", "create", before=None, after=after))
    assert Plan.from_show(document, "f").changes[0].summary == summary


def test_a_dkim_record_whose_name_ses_has_yet_to_say_is_named_by_its_number(shown_plan: Shown) -> None:
    address = 'module.mail_domain.aws_route53_record.dkim["1"]'
    change = {"actions": ["create"], "before": None, "after": {"type": "CNAME"}, "after_unknown": {"name": True}}
    document = shown_plan({"address": address, "type": "aws_route53_record", "change": change})
    assert Plan.from_show(document, "f").changes[0].summary == "CNAME of DKIM key 2"


def change_of(shown_plan: Shown, *actions: str, **change: Any) -> dict[str, Any]:
    document = shown_plan(resource("module.m.aws_route53_record.this", *actions, **change))
    (only,) = Plan.from_show(document, "f").changes
    return only.to_document()


DMARC = {"name": "_dmarc.example.com", "type": "TXT", "ttl": 300, "records": ["v=DMARC1; p=none"], "alias": []}


def test_an_update_tells_what_differs_and_nothing_else(shown_plan: Shown) -> None:
    after = {**DMARC, "records": ["v=DMARC1; p=quarantine"]}
    assert change_of(shown_plan, "update", before=DMARC, after=after) == {
        "address": "module.m.aws_route53_record.this",
        "action": "update",
        "subject": "TXT _dmarc.example.com",
        "before": {"records": ["v=DMARC1; p=none"]},
        "after": {"records": ["v=DMARC1; p=quarantine"]},
    }


def test_what_is_made_or_taken_away_is_told_as_a_whole(shown_plan: Shown) -> None:
    whole = {key: value for key, value in DMARC.items() if value}
    made = change_of(shown_plan, "create", before=None, after=DMARC)
    gone = change_of(shown_plan, "delete", before=DMARC, after=None)
    assert (made["before"], made["after"]) == (None, whole)
    assert (gone["before"], gone["after"]) == (whole, None)


def test_what_aws_decides_is_known_after_the_apply(shown_plan: Shown) -> None:
    unknown = {"records": True, "fqdn": True}
    made = change_of(shown_plan, "create", before=None, after={"type": "CNAME"}, after_unknown=unknown)
    assert made["after"] == {"type": "CNAME", "records": UNKNOWN, "fqdn": UNKNOWN}


def test_a_sensitive_value_is_never_among_the_changes(shown_plan: Shown) -> None:
    before, after = ({"secret": word, "name": "x"} for word in ("hunter1", "hunter2"))
    masks = {"before_sensitive": {"secret": True}, "after_sensitive": {"secret": True}}
    changes = [
        change_of(shown_plan, "update", before=before, after=after, **masks),
        change_of(shown_plan, "create", before=None, after=after, **masks),
        change_of(shown_plan, "delete", before=before, after=None, **masks),
    ]
    assert "hunter" not in str(changes)
    assert changes[0]["after"] == {"secret": SENSITIVE}


def test_a_resource_that_stays_has_no_values(shown_plan: Shown) -> None:
    stays = change_of(shown_plan, "no-op", before=DMARC, after=DMARC, importing={"id": "x"})
    assert (stays["action"], stays["before"], stays["after"]) == ("import", {}, {})


@pytest.mark.parametrize("sensitive", [True, {"name": True}, {"name": [True]}])
def test_a_sensitive_value_is_never_in_the_summary(shown_plan: Shown, sensitive: object) -> None:
    change = {"after": {"name": "hunter2"}, "after_sensitive": sensitive}
    document = shown_plan(resource("aws_iam_user.this", "create", **change))
    assert Plan.from_show(document, "f").changes[0].summary == "aws_iam_user.this"


@pytest.mark.parametrize(
    "document",
    [
        None,
        {},
        {"format_version": "2.0"},
        {"format_version": "1.2", "resource_changes": "x"},
        {"format_version": "1.2", "resource_changes": ["x"]},
        {"format_version": "1.2", "resource_changes": [{"address": "a.b", "type": "a"}]},
        {"format_version": "1.2", "resource_changes": [resource("aws_a.b", "forget")]},
        {"format_version": "1.2", "resource_changes": [resource("aws_a.b")]},
    ],
)
def test_a_plan_that_is_not_understood_is_not_guessed_at(document: object) -> None:
    with pytest.raises(ProvisionerError) as caught:
        Plan.from_show(document, "f")
    assert caught.value.code == "unreadable_plan"


DELETING = Plan(
    "tfplan",
    (
        planned("module.zone.aws_route53_zone.this", "delete", "create"),
        planned('module.m.aws_route53_record.this["spf"]', "delete"),
        planned("module.m.aws_iam_user.this", "no-op"),
        planned("module.m.aws_iam_user.new", "create"),
    ),
)


def test_a_plan_that_deletes_is_refused_with_number_limit_and_addresses() -> None:
    with pytest.raises(Refused) as caught:
        guard("example.com", DELETING, ())
    assert (caught.value.code, caught.value.exit_code) == ("plan_deletes", 5)
    assert caught.value.message == (
        "example.com: plan deletes 2 of 3 resources (limit 0): "
        'module.zone.aws_route53_zone.this, module.m.aws_route53_record.this["spf"]'
    )
    assert caught.value.hint


def test_what_was_asked_for_may_be_deleted() -> None:
    guard("example.com", DELETING, {"module.zone", "module.m.aws_route53_record.this"})
    with pytest.raises(Refused, match=r"deletes 1 of 3 .*: module\.zone\.aws_route53_zone\.this$"):
        guard("example.com", DELETING, {'module.m.aws_route53_record.this["spf"]'})


def test_an_allowed_address_allows_nothing_that_only_begins_like_it() -> None:
    with pytest.raises(Refused):
        guard("example.com", DELETING, {"module.zo", "module.m.aws_route53_record.th"})


def test_a_plan_that_deletes_nothing_passes() -> None:
    plan = Plan("f", (planned("aws_iam_user.this", "update"), planned("aws_iam_user.new", "create")))
    guard("example.com", plan, ())
    assert plan.counts["destroy"] == 0


def test_a_long_list_is_cut() -> None:
    plan = Plan("f", tuple(planned(f"aws_iam_user.n{number}", "delete") for number in range(14)))
    with pytest.raises(Refused, match="and 4 more"):
        guard("example.com", plan, ())


@pytest.mark.parametrize(
    ("arn", "accounts"),
    [
        ("arn:aws:ses:us-east-1:123456789012:identity/example.com", {"123456789012"}),
        ("arn:aws-us-gov:iam::123456789012:user/provisioner/smtp/example.com", {"123456789012"}),
        ("arn:aws:route53:::hostedzone/Z1", set()),
        (None, set()),
    ],
)
@pytest.mark.parametrize("key", ["resource_changes", "resource_drift"])
def test_a_plan_says_in_which_accounts_the_state_has_its_resources(
    shown_plan: Shown, key: str, arn: str | None, accounts: set[str]
) -> None:
    change = {"actions": ["delete"], "before": {"arn": arn}, "after": None}
    document = {**shown_plan(), key: [{"address": "a.b", "type": "a", "change": change}]}
    assert Plan.from_show(document, "plan").accounts == accounts


def test_what_is_to_be_made_is_in_no_account_yet(shown_plan: Shown) -> None:
    change = {"actions": ["create"], "before": None, "after": {"arn": "arn:aws:iam::123456789012:user/x"}}
    shown = shown_plan({"address": "a.b", "type": "a", "change": change})
    assert Plan.from_show(shown, "plan").accounts == frozenset()
