import base64
import json
import os
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from functions import LOGS, Function, zipped

Make = Callable[..., Function]


def test_a_function_runs_from_its_zip_with_its_event_and_its_context(make: Make) -> None:
    made = make(
        """
def handler(event, context):
    print("working on", event["n"])
    left = context.get_remaining_time_in_millis()
    return {"n": event["n"] + 1, "name": context.function_name, "memory": context.memory_limit_in_mb, "left": left}
""",
        MemorySize=256,
    )
    found = made.answer({"n": 1})
    assert 0 < found.pop("left") <= 20_000
    assert found == {"n": 2, "name": "collect", "memory": "256"}
    lines = made.log()
    assert [line.split(" ")[0] for line in lines] == ["START", "working", "END", "REPORT"]
    assert "Memory Size: 256 MB" in lines[-1]


def test_it_knows_the_standard_library_boto3_and_its_own_environment_alone(make: Make) -> None:
    made = make(
        """
import os, sys
def handler(event, context):
    try:
        import pydantic
        others = True
    except ImportError:
        others = False
    import boto3
    ours = [name for name in os.environ if name.startswith(("PROVISIONER", "PYTHON", "VIRTUAL_ENV", "PYTEST"))]
    return {"others": others, "ours": ours, "own": os.environ["BUCKET"], "isolated": sys.flags.isolated,
            "here": os.path.exists("code.py"), "region": os.environ["AWS_REGION"], "version": sys.version_info[:2]}
""",
        Environment={"Variables": {"BUCKET": "archive"}},
    )
    found = made.answer()
    assert found.pop("version") in ([3, 13], [3, 11])  # ours where that of the runtime is not installed
    assert found == {
        "others": False, "ours": [], "own": "archive", "isolated": 1, "here": True, "region": "us-east-1"
    }  # fmt: skip


def test_boto3_in_it_reaches_the_sandbox(make: Make, aws: Any) -> None:
    aws.client("s3").create_bucket(Bucket="archive-of-events")
    made = make(
        """
import boto3
def handler(event, context):
    boto3.client("s3").put_object(Bucket="archive-of-events", Key="a", Body=b"from the function")
    return boto3.client("sts").get_caller_identity()["Account"]
""",
        {"Action": "s3:*"},
    )
    assert made.answer() == "123456789012"
    assert aws.client("s3").get_object(Bucket="archive-of-events", Key="a")["Body"].read() == b"from the function"


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ("def handler(event, context): raise ValueError('no such customer')", "ValueError", "no such customer"),
        ("def handler(event, context): return {1, 2}", "Runtime.MarshalError", "not JSON serializable"),
        ("import nonsense", "Runtime.ImportModuleError", "No module named 'nonsense'"),
        ("def other(event, context): pass", "Runtime.HandlerNotFound", "missing on module 'code'"),
        ("def handler(", "Runtime.UserCodeSyntaxError", "Unable to import"),
        ("def handler(event, context): __import__('os')._exit(3)", "Runtime.ExitError", "exited"),
        ("def handler(event, context): raise SystemExit(3)", "Runtime.ExitError", "exited"),
    ],
)
def test_what_goes_wrong_in_it_is_told_as_lambda_does(make: Make, text: str, kind: str, says: str) -> None:
    answer = make(text).invoke()
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    told = json.load(answer["Payload"])
    assert told["errorType"] == kind
    assert says in told["errorMessage"]


def test_one_that_takes_too_long_is_ended(make: Make) -> None:
    made = make("def handler(event, context):\n    print('begun', flush=True)\n    while True: pass", Timeout=1)
    told = json.load(made.invoke()["Payload"])
    assert told["errorType"] == "Sandbox.Timedout"
    assert "Task timed out after 1.00 seconds" in told["errorMessage"]
    assert "begun" in made.log()


def test_one_that_takes_too_much_memory_is_ended(make: Make) -> None:
    text = "def handler(event, context):\n    kept = bytearray(400 * 1024 * 1024)\n    return len(kept)"
    told = json.load(make(text, MemorySize=128).invoke()["Payload"])
    assert (told["errorType"], "signal: killed" in told["errorMessage"]) == ("Runtime.ExitError", True)
    assert make(text, name="larger", MemorySize=1024).answer() == 400 * 1024 * 1024


def test_the_end_of_the_log_comes_with_the_answer_when_it_is_asked_for(make: Make) -> None:
    made = make("def handler(event, context): print('a line')")
    assert "LogResult" not in made.invoke()
    assert "a line" in base64.b64decode(made.invoke(LogType="Tail")["LogResult"]).decode()


def test_without_leave_there_is_no_log(make: Make, aws: Any) -> None:
    made = make("def handler(event, context): print('a line')", {"Action": "s3:GetObject"})
    assert made.answer() is None
    assert aws.client("logs").describe_log_groups()["logGroups"] == []


def test_new_code_and_another_configuration_are_used_at_once(make: Make, aws: Any) -> None:
    made = make("def handler(event, context): return 1")
    assert made.answer() == 1
    aws.client("lambda").update_function_code(
        FunctionName=made.name, ZipFile=zipped(code="import os\ndef handler(event, context): return os.environ['A']")
    )
    aws.client("lambda").update_function_configuration(FunctionName=made.name, Environment={"Variables": {"A": "b"}})
    assert made.answer() == "b"


def test_as_many_run_at_once_as_are_reserved(make: Make, aws: Any, refusal: Any) -> None:
    made = make("def handler(event, context): return 1")
    aws.client("lambda").put_function_concurrency(FunctionName=made.name, ReservedConcurrentExecutions=0)
    code, _, status = refusal(made.invoke)
    assert (code, status) == ("TooManyRequestsException", 429)
    aws.client("lambda").put_function_concurrency(FunctionName=made.name, ReservedConcurrentExecutions=1)
    assert made.answer() == 1


def test_an_event_is_tried_again_and_goes_to_the_dead_letters_in_the_end(make: Make, aws: Any) -> None:
    queue = aws.client("sqs").create_queue(QueueName="dead")["QueueUrl"]
    target = {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"}
    made = make(
        "def handler(event, context): print('tried'); raise ValueError",
        LOGS,
        {"Action": "sqs:SendMessage"},
        DeadLetterConfig=target,
    )
    aws.client("lambda").put_function_event_invoke_config(FunctionName=made.name, MaximumRetryAttempts=2)
    aws.client("lambda").put_function_event_invoke_config(FunctionName=made.name, MaximumRetryAttempts=1)
    assert made.invoke({"a": 1}, InvocationType="Event")["StatusCode"] == 202
    (letter,) = aws.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"]
    assert json.loads(letter["Body"]) == {"a": 1}
    assert made.log().count("tried") == 2
    assert aws.client("lambda").get_function(FunctionName=made.name)["Configuration"]["DeadLetterConfig"] == target


@pytest.mark.parametrize(
    ("variables", "says"),
    [({"AWS_REGION": "x"}, "Reserved keys used in this request: AWS_REGION"), ({"A": "x" * 4096}, "4KB")],
)
def test_variables_that_lambda_does_not_take_are_refused(
    make: Make, aws: Any, refusal: Any, variables: dict[str, str], says: str
) -> None:
    made = make("def handler(event, context): return 1")
    changed = {"FunctionName": made.name, "Environment": {"Variables": variables}}
    code, message, _ = refusal(aws.client("lambda").update_function_configuration, **changed)
    assert (code, says in message) == ("InvalidParameterValueException", True)


def test_what_is_no_zip_is_refused(make: Make, aws: Any, refusal: Any) -> None:
    made = make("def handler(event, context): return 1")
    code, message, _ = refusal(aws.client("lambda").update_function_code, FunctionName=made.name, ZipFile=b"text")
    assert (code, "unzip" in message) == ("InvalidParameterValueException", True)
    assert made.answer() == 1


def test_a_dry_run_runs_nothing(make: Make) -> None:
    made = make("def handler(event, context): raise ValueError")
    assert made.invoke(InvocationType="DryRun")["StatusCode"] == 204


def test_what_it_embeds_in_its_log_is_a_metric_and_its_runs_are_counted(make: Make, aws: Any) -> None:
    embedded = {
        "_aws": {
            "Timestamp": 0,
            "CloudWatchMetrics": [
                {"Namespace": "provisioner", "Dimensions": [["region"]], "Metrics": [{"Name": "collected"}]}
            ],
        },
        "region": "us-east-1",
        "collected": 7,
    }
    make(f"import json\ndef handler(event, context): print(json.dumps({embedded!r}))").answer()
    metrics = {
        (one["Namespace"], one["MetricName"]): one["Dimensions"]
        for one in aws.client("cloudwatch").list_metrics()["Metrics"]
    }
    assert metrics["provisioner", "collected"] == [{"Name": "region", "Value": "us-east-1"}]
    assert metrics["AWS/Lambda", "Invocations"] == [{"Name": "FunctionName", "Value": "collect"}]


def test_it_may_what_its_role_may_and_no_more(make: Make, aws: Any) -> None:
    aws.client("s3").create_bucket(Bucket="archive-of-events")
    url = aws.client("sqs").create_queue(QueueName="events")["QueueUrl"]
    aws.client("sqs").send_message(QueueUrl=url, MessageBody="one")
    text = f"""
import boto3
def attempt(call, **asked):
    try:
        call(**asked)
    except Exception as error:
        return error.response["Error"]["Code"]
    return "done"
def handler(event, context):
    s3, sqs = boto3.client("s3"), boto3.client("sqs")
    return [
        attempt(s3.put_object, Bucket="archive-of-events", Key="events/a", Body=b""),
        attempt(s3.put_object, Bucket="archive-of-events", Key="other/a", Body=b""),
        attempt(s3.delete_object, Bucket="archive-of-events", Key="events/a"),
        attempt(sqs.receive_message, QueueUrl={url!r}),
        attempt(sqs.send_message, QueueUrl={url!r}, MessageBody="x"),
        attempt(boto3.client("iam").list_users),
    ]
"""
    made = make(
        text,
        {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::archive-of-events/events/*"},
        {"Action": "sqs:ReceiveMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:events"},
    )
    denied = "AccessDenied"
    assert made.answer() == ["done", denied, denied, "done", denied, denied]


def test_a_function_can_be_ended_at_whatever_it_is(make: Make, aws: Any, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    os.mkfifo(begun)
    made = make(f"def handler(event, context):\n    open({str(begun)!r}, 'w').close()\n    while True: pass")
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(made.invoke()))
    thread.start()
    begun.read_text(encoding="utf-8")
    request = urllib.request.Request(f"{aws.url}/_sandbox/functions", method="DELETE")  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        assert [one["function"] for one in json.load(answer)["running"]] == ["collect"]
    thread.join(timeout=30)
    assert json.load(answers[0]["Payload"])["errorType"] == "Runtime.ExitError"
