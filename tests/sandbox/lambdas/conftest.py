"""Functions for the tests of what runs them."""

from collections.abc import Callable
from typing import Any

import pytest
from functions import LOGS, Function, role, zipped


@pytest.fixture
def make(aws: Any) -> Callable[..., Function]:
    """Make a function from the text of its module, with a role that may write logs unless `allowed` says otherwise."""

    def made(text: str, *allowed: Any, name: str = "collect", **options: Any) -> Function:
        arn = role(aws, name, "lambda.amazonaws.com", *(allowed or [LOGS]))
        chosen = {"Runtime": "python3.13", "Handler": "code.handler", "Timeout": 20, **options}
        answer = aws.client("lambda").create_function(
            FunctionName=name, Role=arn, Code={"ZipFile": zipped(code=text)}, **chosen
        )
        return Function(aws, name, str(answer["FunctionArn"]))

    return made
