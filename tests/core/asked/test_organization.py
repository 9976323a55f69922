"""What an organization demands of the users and tags in its accounts."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from provisioner.core.asked.boundary import Boundary
from provisioner.core.asked.decisions import Decisions, ResolvedMode, ResolvedZone
from provisioner.core.asked.ignored_tags import IgnoredTags
from provisioner.core.asked.provenance import from_tags, to_tags
from provisioner.core.asked.request import Request
from provisioner.core.asked.tags import Tags
from provisioner.core.mail_domain.spec import MailDomain, spec_of
from provisioner.core.terraform.tfvars import tfvars
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError

ARN = "arn:aws:iam::123456789012:policy/org/mail,boundary"
EXAMPLE, REGION = DomainName("example.com"), Region("us-east-1")
ASKED = Request(REGION, customer="Ada", tags=Tags.parse([("Team", "web")]))
DECISIONS = Decisions(ResolvedZone(ResolvedMode.CREATED, "example.com", None), dmarc_inherited=False)


@pytest.mark.parametrize(
    "arn",
    [
        ARN,
        "arn:aws:iam::aws:policy/PowerUserAccess",
        "arn:aws-us-gov:iam::123456789012:policy/a/b/Boundary_1+=.@-",
        "none",
    ],
)
def test_a_boundary_comes_back_as_it_was_given(arn: str) -> None:
    assert str(Boundary.parse(arn)) == arn


@pytest.mark.parametrize(
    "text",
    ["", "boundary", "arn:aws:iam::123456789012:role/x", "arn:aws:iam::1:policy/x", "arn:aws:iam::123456789012:policy/",
     "arn:aws:iam::123456789012:policy/" + "x" * 129, "arn:aws:iam::123456789012:policy/" + "p" * 240 + "/x"],
)  # fmt: skip  # one list
def test_what_is_no_boundary_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        Boundary.parse(text)
    assert caught.value.code == "invalid_permissions_boundary"
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "again"),
    [("CreatedBy", "CreatedBy"), (" b , a*,a*", "b,a*"), ("aws-apn:id", "aws-apn:id"), ("none", "none")],
)
def test_ignored_tags_are_read_and_written(text: str, again: str) -> None:
    assert str(IgnoredTags.parse(text)) == again
    assert IgnoredTags.parse(again) == IgnoredTags.parse(text)


@pytest.mark.parametrize("text", ["", "a,,b", "*", "a;b", "x" * 129, ",".join(f"Key{n}" * 10 for n in range(9))])
def test_what_are_no_tags_to_ignore_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        IgnoredTags.parse(text)
    assert caught.value.code == "invalid_ignore_tags"


@pytest.mark.parametrize(
    ("key", "hidden"), [("CreatedBy", True), ("createdby", False), ("CreatedByX", False), ("CostCenter", True)]
)
def test_a_key_is_compared_with_case_and_by_its_beginning_only_with_a_star(key: str, hidden: bool) -> None:
    assert IgnoredTags.parse("CreatedBy,Cost*").hides(key) is hidden


def test_a_tag_that_is_ours_or_asked_for_is_not_ignored() -> None:
    for hiding in ("Domain", "Prov*", "Customer", "Te*", "ProvisionerStanding"):
        with pytest.raises(InputError, match="would hide the tag") as caught:
            spec_of(EXAMPLE, replace(ASKED, ignore_tags=IgnoredTags.parse(hiding)), DECISIONS, None)
        assert caught.value.code == "invalid_ignore_tags"


def test_both_come_back_from_the_identity_and_what_is_ignored_is_nobody_s_wish() -> None:
    request = Request.parse(REGION.name, permissions_boundary=ARN, ignore_tags="CreatedBy,Cost*")
    carried = to_tags(request, DECISIONS)
    by_others = {"CreatedBy": "tagger", "CostCenter": "42", "Team": "web"}
    again = from_tags({**carried, **by_others}, EXAMPLE, REGION)
    assert again is not None
    assert again.request.permissions_boundary == Boundary(ARN)
    assert again.request.ignore_tags == request.ignore_tags
    assert again.request.tags == Tags.parse([("Team", "web")])


def test_neither_is_in_the_tags_of_who_asked_for_nothing() -> None:
    assert to_tags(Request(REGION), DECISIONS).keys() == {"Provisioner"}


def test_both_reach_terraform(spec: Callable[..., MailDomain]) -> None:
    document = tfvars(spec(permissions_boundary=ARN, ignore_tags="CreatedBy,Cost*"))
    assert document["ignore_tags"] == {"keys": ["CreatedBy"], "key_prefixes": ["Cost"]}
    assert isinstance(document["mail_domain"], dict)
    assert document["mail_domain"]["permissions_boundary"] == ARN


def test_a_later_run_keeps_them_and_none_takes_them_away() -> None:
    first = Request.parse(REGION.name, permissions_boundary=ARN, ignore_tags="CreatedBy")
    assert first.with_options(customer="Ada").permissions_boundary == Boundary(ARN)
    assert first.with_options(permissions_boundary="none", ignore_tags="none") == Request(REGION)
