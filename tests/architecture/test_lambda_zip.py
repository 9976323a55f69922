"""What the functions import is in their zip, by the imports of the source."""

import io
import sys
import zipfile
from pathlib import Path

import grimp

from provisioner.adapters.lambda_zip import build_zip


def test_every_import_of_the_functions_is_in_the_zip(imports: grimp.ImportGraph) -> None:
    names = {Path(name).with_suffix("") for name in zipfile.ZipFile(io.BytesIO(build_zip())).namelist()}
    inside = {".".join(name.parts).removesuffix(".__init__") for name in names}
    shipped = {module for module in inside if module in imports.modules}
    assert len(shipped) == len(inside)
    needed = {found for module in shipped for found in imports.find_modules_directly_imported_by(module)}
    ours = {module for module in needed if module.startswith("provisioner")}
    assert ours <= inside
    foreign = {module.partition(".")[0] for module in needed - ours} - sys.stdlib_module_names
    assert foreign == {
        "boto3",
        "botocore",
        "idna",
        "publicsuffixlist",
    }  # the last two within functions that it never calls
