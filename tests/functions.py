"""Lambda functions on an emulated AWS: made from a text of Python, with a role that may what a test says."""

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

from botocore.config import Config

PATIENT = Config(read_timeout=60, retries={"total_max_attempts": 1})
LOGS = {"Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]}


def zipped(**modules: str) -> bytes:
    """Return a zip of modules by name."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in modules.items():
            archive.writestr(f"{name}.py", text)
    return packed.getvalue()


def role(aws: Any, name: str, service: str, *allowed: Any) -> str:
    """Make a role that a service may act as, and that may what the statements say."""
    iam = aws.client("iam")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    document = json.dumps({"Version": "2012-10-17", "Statement": trust})
    arn = str(iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"])
    if allowed:
        statements = [{"Effect": "Allow", "Resource": "*", **one} for one in allowed]
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy)
    return arn


@dataclass
class Function:
    """A function on an emulated AWS."""

    aws: Any
    name: str
    arn: str

    def invoke(self, event: Any = None, **options: Any) -> Any:
        """Invoke it; return what it answers, or the error."""
        payload = json.dumps(event or {}).encode()
        client = self.aws.client("lambda", config=PATIENT)
        return client.invoke(FunctionName=self.name, Payload=payload, **options)

    def answer(self, event: Any = None) -> Any:
        return json.load(self.invoke(event)["Payload"])

    def log(self) -> list[str]:
        logs, group = self.aws.client("logs"), {"logGroupName": f"/aws/lambda/{self.name}"}
        return [str(event["message"]) for event in logs.filter_log_events(**group)["events"]]
