"""What a hint or a next step advises is done as it is worded, to see that it helps."""

import re
import shlex

from integration.harness import Ran, Site

_COMMAND = re.compile(r"`provisioner ([^`]+)`")


def follow(site: Site, advice: str, *further: str, **changes: str | None) -> Ran:
    """Run the one command of ours that is advised, with `further` options."""
    (command,) = set(_COMMAND.findall(advice))
    return site.run(*shlex.split(command), *further, **changes)


def value_in(advice: str, option: str) -> str:
    """Return the value with which an option is advised."""
    found = re.search(rf"{option} ([\w./-]*\w)", advice)
    assert found, f"no {option} with a value in {advice!r}"
    return found[1]
