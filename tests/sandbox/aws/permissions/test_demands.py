from typing import Any

import pytest

from provisioner.sandbox.aws.permissions.demands import Place, demands

HERE = "us-east-1:123456789012"
QUEUE = {"QueueUrl": "http://127.0.0.1:1/123456789012/events"}
TOPIC = {"TopicArn": f"arn:aws:sns:{HERE}:feedback"}
ROLE = "arn:aws:iam::123456789012:role/collector"
GROUP = {"logGroupName": "/aws/lambda/collect"}
TAGS = [{"Key": "a", "Value": "b"}]


@pytest.mark.parametrize(
    ("service", "operation", "asked", "wanted"),
    [
        ("sqs", "SendMessageBatch", QUEUE, [("sqs:SendMessage", f"arn:aws:sqs:{HERE}:events")]),
        ("sqs", "ReceiveMessage", QUEUE, [("sqs:ReceiveMessage", f"arn:aws:sqs:{HERE}:events")]),
        ("sqs", "ListQueues", {}, [("sqs:ListQueues", "*")]),
        ("sqs", "CreateQueue", {"QueueName": "events", "tags": {"a": "b"}},
         [("sqs:CreateQueue", f"arn:aws:sqs:{HERE}:events"), ("sqs:TagQueue", f"arn:aws:sqs:{HERE}:events")]),
        ("sns", "PublishBatch", TOPIC, [("sns:Publish", f"arn:aws:sns:{HERE}:feedback")]),
        ("sns", "CreateTopic", {"Name": "feedback"}, [("sns:CreateTopic", f"arn:aws:sns:{HERE}:feedback")]),
        ("sns", "GetSubscriptionAttributes", {"SubscriptionArn": "x"}, [("sns:GetSubscriptionAttributes", "*")]),
        ("lambda", "Invoke", {"FunctionName": "collect"},
         [("lambda:InvokeFunction", f"arn:aws:lambda:{HERE}:function:collect")]),
        ("lambda", "GetFunction", {"FunctionName": f"arn:aws:lambda:{HERE}:function:collect:1"},
         [("lambda:GetFunction", f"arn:aws:lambda:{HERE}:function:collect")]),
        ("lambda", "CreateFunction", {"FunctionName": "collect", "Role": ROLE, "Tags": {"a": "b"}},
         [("lambda:CreateFunction", f"arn:aws:lambda:{HERE}:function:collect"),
          ("lambda:TagResource", f"arn:aws:lambda:{HERE}:function:collect"), ("iam:PassRole", ROLE)]),
        ("lambda", "ListFunctions", {}, [("lambda:ListFunctions", "*")]),
        ("scheduler", "CreateSchedule", {"Name": "daily", "Target": {"RoleArn": ROLE}},
         [("scheduler:CreateSchedule", f"arn:aws:scheduler:{HERE}:schedule/default/daily"), ("iam:PassRole", ROLE)]),
        ("scheduler", "GetScheduleGroup", {"Name": "feedback"},
         [("scheduler:GetScheduleGroup", f"arn:aws:scheduler:{HERE}:schedule-group/feedback")]),
        ("scheduler", "ListSchedules", {}, [("scheduler:ListSchedules", "*")]),
        ("logs", "PutRetentionPolicy", GROUP,
         [("logs:PutRetentionPolicy", f"arn:aws:logs:{HERE}:log-group:/aws/lambda/collect")]),
        ("logs", "PutLogEvents", {**GROUP, "logStreamName": "s"},
         [("logs:PutLogEvents", f"arn:aws:logs:{HERE}:log-group:/aws/lambda/collect:log-stream:s")]),
        ("logs", "DescribeLogGroups", {"logGroupNamePrefix": "/aws"},
         [("logs:DescribeLogGroups", f"arn:aws:logs:{HERE}:log-group::log-stream:")]),
        ("cloudwatch", "PutMetricAlarm", {"AlarmName": "dead", "Tags": TAGS},
         [("cloudwatch:PutMetricAlarm", f"arn:aws:cloudwatch:{HERE}:alarm:dead"),
          ("cloudwatch:TagResource", f"arn:aws:cloudwatch:{HERE}:alarm:dead")]),
        ("cloudwatch", "DeleteAlarms", {"AlarmNames": ["a", "b"]},
         [("cloudwatch:DeleteAlarms", f"arn:aws:cloudwatch:{HERE}:alarm:{name}") for name in "ab"]),
        ("cloudwatch", "GetMetricData", {}, [("cloudwatch:GetMetricData", "*")]),
        ("cloudwatch", "DescribeAlarms", {"AlarmNames": ["a"]}, [("cloudwatch:DescribeAlarms", "*")]),
        ("iam", "CreateRole", {"RoleName": "collector", "Path": "/p/", "Tags": TAGS},
         [("iam:CreateRole", "arn:aws:iam::123456789012:role/p/collector"),
          ("iam:TagRole", "arn:aws:iam::123456789012:role/p/collector")]),
        ("iam", "PutRolePolicy", {"RoleName": "gone"}, [("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/gone")]),
        ("iam", "GetPolicy", {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
         [("iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess")]),
        ("s3", "DeleteBucketLifecycle", {"Bucket": "archive"},
         [("s3:PutLifecycleConfiguration", "arn:aws:s3:::archive")]),
    ],
)  # fmt: skip
def test_each_operation_is_asked_for_its_actions_on_its_resources(
    service: str, operation: str, asked: dict[str, Any], wanted: list[tuple[str, str]]
) -> None:
    found = demands(service, operation, asked, Place("us-east-1"))
    assert found is not None
    assert [(one.action, one.resource) for one in found] == wanted
