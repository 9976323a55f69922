"""Which resource and data source types the modules use."""

import re
from pathlib import Path

_BLOCK = re.compile(r'^\s*(?:resource|data)\s+"(aws_\w+)"', re.MULTILINE)


def schema_types_in(modules: Path) -> frozenset[str]:
    """Return the AWS types of every module under a directory, e.g. `{'aws_iam_user', 'aws_route53_zone'}`.

    A type that is missed costs a plan twice its time, not its result: Terraform refuses, and is shown the whole schema.
    """
    return frozenset(name for file in modules.rglob("*.tf") for name in _BLOCK.findall(file.read_text()))
