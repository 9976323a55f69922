"""Room on the disk: without it Terraform can neither save what it made nor say what went wrong."""

import tempfile
from pathlib import Path

ENOUGH = 1 << 20  # octets; a domain's state, plan and logs take a tenth of it


def ensure(root: Path) -> None:
    """Raise OSError (ENOSPC, EDQUOT) unless the file system of `root` takes as much as a command may write.

    Free space is not asked for but taken, for a moment: quotas count too. Terraform's output is a file in `root` as
    well, so on a full disk its own error would be lost with the state.
    """
    with tempfile.TemporaryFile(dir=root) as probe:
        probe.write(bytes(ENOUGH))
