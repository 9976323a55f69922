"""The IAM user, its policies and its keys."""

import json
from typing import Any

from gallery.case import Case
from gallery.ward import Patient


def statement(patient: Patient, **changes: Any) -> dict[str, Any]:
    """The policy of the SMTP user with something else in its statement; None takes a member away."""
    document = json.loads(
        json.dumps(patient.iam.get_user_policy(UserName=patient.user, PolicyName="send-as-domain")["PolicyDocument"])
    )
    one = document["Statement"][0] | changes
    document["Statement"] = [{name: value for name, value in one.items() if value is not None}]
    return dict(document)


def managed(patient: Patient, name: str, effect: str, action: str) -> str:
    """Make a managed policy, and return its ARN."""
    statement_of = {"Effect": effect, "Action": action, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement_of]})
    made = patient.iam.create_policy(PolicyName=f"{name}-{patient.set}", PolicyDocument=document)
    return str(made["Policy"]["Arn"])


def _group_that_denies(patient):
    group = f"deny-{patient.set}"
    patient.iam.create_group(GroupName=group)
    patient.iam.attach_group_policy(GroupName=group, PolicyArn=managed(patient, "denies", "Deny", "ses:*"))
    patient.iam.add_user_to_group(GroupName=group, UserName=patient.user)


def _attached(effect, action):
    def make(patient):
        arn = managed(patient, effect.lower(), effect, action)
        patient.iam.attach_user_policy(UserName=patient.user, PolicyArn=arn)

    return make


def _bounded(patient):
    arn = managed(patient, "boundary", "Allow", "s3:*")
    patient.iam.put_user_permissions_boundary(UserName=patient.user, PermissionsBoundary=arn)


def _no_user(patient):
    patient.iam.delete_access_key(UserName=patient.user, AccessKeyId=patient.key_id)
    patient.policy(None)
    patient.iam.delete_user(UserName=patient.user)


def _key_gone(patient):
    patient.iam.delete_access_key(UserName=patient.user, AccessKeyId=patient.key_id)


def _condition(patient, **more):
    like = {"ses:FromAddress": f"*@{patient.domain}"}
    return {"StringLike": like, **more}


CASES = (
    Case(
        "the policy allows everything for everybody",
        lambda p: p.policy(statement(p, Resource="*", Condition=None)),
        ("iam.too_wide error",),
    ),
    Case(
        "the policy forgets the @",
        lambda p: p.policy(statement(p, Condition={"StringLike": {"ses:FromAddress": f"*{p.domain}"}})),
        ("iam.too_wide error",),
    ),
    Case(
        "the policy forgets the configuration set",
        lambda p: p.policy(statement(p, Resource=f"arn:aws:ses:us-east-1:123456789012:identity/{p.domain}")),
        ("iam.too_narrow error",),
    ),
    Case(
        "the policy allows the API and not SMTP",
        lambda p: p.policy(statement(p, Action="ses:SendEmail")),
        ("iam.too_narrow error",),
    ),
    Case(
        "the policy wants the older API",
        lambda p: p.policy(statement(p, Condition=_condition(p, StringEquals={"ses:ApiVersion": "1"}))),
        ("iam.too_narrow error",),
    ),
    Case("the policy was deleted", lambda p: p.policy(None), ("iam.no_policy error",)),
    Case("an attached policy denies", _attached("Deny", "ses:*"), ("iam.denied error",)),
    Case("a policy of a group denies", _group_that_denies, ("iam.denied error",)),
    Case("a boundary without SES", _bounded, ("iam.boundary error",)),
    Case("an attached policy allows everything", _attached("Allow", "*"), ("iam.more_than_mail error",)),
    Case("the user was deleted", _no_user, ("iam.no_user error",)),
    Case(
        "the key is switched off",
        lambda p: p.iam.update_access_key(UserName=p.user, AccessKeyId=p.key_id, Status="Inactive"),
        ("key.inactive error",),
    ),
    Case("the key was deleted", _key_gone, ("key.gone error",)),
    Case(
        "the credential is lost and its key exists",
        lambda p: p.ward.world.edges.store.remove(p.spec.smtp_users[0]),
        ("key.not_stored error",),
    ),
)
