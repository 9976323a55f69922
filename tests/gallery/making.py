"""How states of a domain are made that take more than one call."""

from __future__ import annotations

import json
from typing import Any

from gallery.ward import Patient

OTHER_HOST = ("ns1.host.example", "ns2.host.example")
Set = tuple[str, str, tuple[str, ...]]  # name, type, values: TXT without quotes


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
