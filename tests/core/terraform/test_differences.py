from typing import Any

import pytest

from provisioner.core.terraform.attributes import SENSITIVE, UNKNOWN
from provisioner.core.terraform.differences import Difference, differences
from provisioner.errors import ProvisionerError

RECORD = 'module.mail_domain.aws_route53_record.static["dmarc"]'
SET = "module.mail_domain.aws_sesv2_configuration_set.this"


def entry(address: str, actions: list[str], before: Any, after: Any, **masks: Any) -> dict[str, Any]:
    change = {"actions": actions, "before": before, "after": after, **masks}
    return {"address": address, "type": address.split(".")[2].partition("[")[0], "change": change}


def of(*changes: dict[str, Any], outside: tuple[dict[str, Any], ...] = ()) -> tuple[Difference, ...]:
    return differences({"format_version": "1.2", "resource_changes": list(changes), "resource_drift": list(outside)})


def record(**attributes: Any) -> dict[str, Any]:
    return {"name": "_dmarc.example.com", "type": "TXT", "ttl": 300, "records": ["v=DMARC1; p=none;"], **attributes}


def test_a_changed_value_is_told_with_what_is_expected_and_found() -> None:
    change = entry(RECORD, ["update"], record(ttl=60), record())
    assert of(change) == (
        Difference(RECORD, "aws_route53_record", "TXT _dmarc.example.com", "ttl", 300, 60, outside=False),
    )


def test_a_list_of_values_is_one_attribute() -> None:
    (found,) = of(entry(RECORD, ["update"], record(records=["a", "b"]), record(records=["a"])))
    assert (found.attribute, found.expected, found.found) == ("records", ["a"], ["a", "b"])


def test_an_attribute_of_a_block_is_named_by_its_path() -> None:
    before = {"configuration_set_name": "example-com", "delivery_options": [{"tls_policy": "OPTIONAL"}]}
    after = {"configuration_set_name": "example-com", "delivery_options": [{"tls_policy": "REQUIRE"}]}
    (found,) = of(entry(SET, ["update"], before, after))
    assert (found.what, found.attribute) == ("configuration set example-com", "delivery_options.0.tls_policy")


def test_a_missing_resource_is_one_difference_with_all_that_was_expected() -> None:
    (found,) = of(entry(RECORD, ["create"], None, record(zone_id=None, tags_all={"a": "b"})))
    assert found.missing
    assert found.attribute is None
    assert found.expected == record()


def test_a_resource_that_should_not_be_there_is_told() -> None:
    (found,) = of(entry(RECORD, ["delete"], record(), None))
    assert (found.expected, found.found, found.missing) == (None, record(), False)


def test_a_tag_that_is_changed_added_or_gone_is_a_difference_even_without_a_value() -> None:
    before = {"tags": {"Team": "ops", "Theirs": "", "Same": "", "a.b": "x"}, "tags_all": {"Team": "ops"}}
    after = {"tags": {"Team": "web", "Ours": "", "Same": "", "a.b": "x"}, "tags_all": {"Team": "web"}}
    found = of(entry(SET, ["update"], before, after))
    assert {difference.attribute: (difference.expected, difference.found) for difference in found} == {
        "tags.Team": ("web", "ops"),
        "tags.Theirs": (None, ""),
        "tags.Ours": ("", None),
    }


def test_no_tags_at_all_are_the_same_as_none() -> None:
    assert of(entry(SET, ["update"], record(tags=None), record(tags={}, ttl=300))) == ()


def test_what_does_not_change_is_no_difference() -> None:
    assert of(entry(RECORD, ["no-op"], record(), record()), entry(RECORD, ["read"], None, record())) == ()


def test_what_aws_alone_decides_is_no_difference() -> None:
    verified = entry(SET, ["update"], {"verified_for_sending_status": False}, {"verified_for_sending_status": True})
    assert of(outside=(verified,)) == ()


def test_a_change_behind_terraforms_back_is_told_from_one_that_was_never_applied() -> None:
    found = of(
        entry(RECORD, ["update"], record(ttl=60), record(records=["new"])),
        outside=(entry(RECORD, ["update"], record(), record(ttl=60)),),
    )
    assert {difference.attribute: difference.outside for difference in found} == {"ttl": True, "records": False}


def test_a_resource_deleted_behind_terraforms_back_is_told_so() -> None:
    (found,) = of(entry(RECORD, ["create"], None, record()), outside=(entry(RECORD, ["delete"], record(), None),))
    assert found.outside


@pytest.mark.parametrize(
    "masks",
    [
        {"before_sensitive": {"secret": True}, "after_sensitive": {}},
        {"before_sensitive": {}, "after_sensitive": {"secret": True}},
        {"before_sensitive": False, "after_sensitive": True},
    ],
)
def test_a_sensitive_value_is_never_shown(masks: dict[str, Any]) -> None:
    (found,) = of(entry(SET, ["update"], {"secret": "hunter1"}, {"secret": "hunter2"}, **masks))
    assert (found.expected, found.found) == (SENSITIVE, SENSITIVE)
    assert "hunter" not in repr(found)


def test_a_list_with_one_sensitive_value_is_not_shown_at_all() -> None:
    masks = {"before_sensitive": {}, "after_sensitive": {"values": [False, True]}}
    (found,) = of(entry(SET, ["update"], {"values": ["x", "y"]}, {"values": ["x", "hunter2"]}, **masks))
    assert "hunter2" not in repr(found)


def test_a_missing_resource_does_not_show_its_sensitive_values() -> None:
    created = entry(SET, ["create"], None, {"name": "x", "secret": "hunter2"}, after_sensitive={"secret": True})
    (found,) = of(created)
    assert found.expected == {"name": "x", "secret": SENSITIVE}


def test_a_value_that_follows_from_another_change_is_left_out() -> None:
    change = entry(
        RECORD, ["update"], record(ttl=60, fqdn="a"), record(), after_unknown={"fqdn": True, "records": [False]}
    )
    assert [difference.attribute for difference in of(change)] == ["ttl"]


def test_a_resource_that_changes_only_by_what_is_not_known_yet_is_told_all_the_same() -> None:
    change = entry(RECORD, ["delete", "create"], record(zone_id="Z1"), record(), after_unknown={"zone_id": True})
    (found,) = of(change)
    assert (found.attribute, found.expected, found.found) == ("zone_id", UNKNOWN, "Z1")


def test_false_is_not_the_same_as_true() -> None:
    (found,) = of(entry(SET, ["update"], {"force_destroy": False}, {"force_destroy": True}))
    assert (found.expected, found.found) == (True, False)


def test_null_and_empty_are_the_same() -> None:
    change = entry(RECORD, ["update"], record(ttl=60, set_identifier="", alias=[]), record(set_identifier=None))
    assert [difference.attribute for difference in of(change)] == ["ttl"]


def test_sending_that_was_switched_off_is_on_purpose() -> None:
    before, after = ({"sending_options": [{"sending_enabled": on}]} for on in (False, True))
    (found,) = of(entry(SET, ["update"], before, after))
    assert found.on_purpose


def test_sending_that_was_switched_on_again_is_not_on_purpose() -> None:
    before, after = ({"sending_options": [{"sending_enabled": on}]} for on in (True, False))
    (found,) = of(entry(SET, ["update"], before, after))
    assert not found.on_purpose


def test_a_plan_of_an_unknown_form_is_refused_without_its_values() -> None:
    with pytest.raises(ProvisionerError) as caught:
        differences({"resource_changes": [{"address": "hunter2"}]})
    assert caught.value.code == "unreadable_plan"
    assert "hunter2" not in caught.value.message
