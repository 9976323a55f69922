"""What a provider said of the types that our roots use, kept for later runs: to say it takes a provider half a second.

Only another program says something else. It must do without having been asked: `get_provider_schema_optional` of
`tfplugin5.proto`, which Terraform relies on as well when it starts one provider several times.
"""

import hashlib
import tempfile
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from provisioner.adapters.terraform.warm.wire import SCHEMA_DIAGNOSTICS, has_error, prune, schema_is_optional

_DIGEST = hashlib.sha256().digest_size


class SchemaCache:
    """Pruned GetSchema answers in `folder`, which is made when its parent is there; what cannot be kept is not.

    A file begins with a digest of its program's path, size and time, of the types, and of the answer: what was broken,
    or said by another program, is as good as nothing.
    """

    def __init__(self, folder: Path, types: Collection[str]) -> None:
        self._folder = folder
        self._types = sorted(types)

    def load(self, program: Path) -> bytes | None:
        """Return what this program said, None when it is not kept."""
        try:
            kept = self._path(program).read_bytes()
            return kept[_DIGEST:] if kept[:_DIGEST] == self._digest(program, kept[_DIGEST:]) else None
        except OSError:
            return None

    def keep(self, program: Path, schema: bytes) -> bytes:
        """Return an answer of the program's without the types that nobody needs, and keep it; raises `ValueError`."""
        pruned = prune(schema, self._types)
        if schema_is_optional(schema) and not has_error(schema, SCHEMA_DIAGNOSTICS):
            with suppress(OSError):
                self._write(self._path(program), self._digest(program, pruned) + pruned)
        return pruned

    def _write(self, path: Path, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as made:
            temporary = Path(made.name)
            try:
                made.write(content)
                made.flush()
                temporary.replace(path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise

    def _path(self, program: Path) -> Path:
        return self._folder / hashlib.sha256(repr((str(program), self._types)).encode()).hexdigest()

    def _digest(self, program: Path, schema: bytes) -> bytes:
        seen = program.stat()
        what = repr((str(program), seen.st_size, seen.st_mtime_ns, self._types)).encode()
        return hashlib.sha256(what + schema).digest()
