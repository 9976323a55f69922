import json

from provisioner.core.terraform.plan import Change, Plan
from provisioner.core.terraform.taking_over import replaced_settings

IDENTITY = "module.mail_domain.aws_sesv2_email_identity.this"


def taken(before: dict[str, object], after: dict[str, object]) -> tuple[str, ...]:
    change = Change(IDENTITY, "aws_sesv2_email_identity", ("update",), True, "SES identity example.com", before, after)
    return replaced_settings(Plan("plan", (change,)), [IDENTITY])


def test_each_setting_that_does_not_stay_is_told_with_its_value_before_and_after() -> None:
    before = {"configuration_set_name": "prod-events", "tags.team": "web"}
    assert taken(before, {"configuration_set_name": "example-com", "tags.team": None}) == (
        'SES identity example.com: configuration_set_name "prod-events" -> "example-com"',
        'SES identity example.com: tags.team "web" -> (none)',
    )


def test_what_is_only_added_replaces_nothing() -> None:
    added = {"tags.ManagedBy": "provisioner", "configuration_set_name": "example-com"}
    assert taken({"tags.ManagedBy": None, "configuration_set_name": ""}, added) == ()


def test_what_is_ours_already_is_not_taken_over() -> None:
    change = Change(IDENTITY, "t", ("update",), True, "x", {"a": 1}, {"a": 2})
    assert replaced_settings(Plan("plan", (change,)), []) == ()


def test_a_long_value_is_cut() -> None:
    policy = json.dumps({"Statement": ["x" * 200]})
    (line,) = taken({"policy": policy}, {"policy": ""})
    assert len(line) < 140
    assert line.endswith('... -> ""')
