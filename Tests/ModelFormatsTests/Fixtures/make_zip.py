"""Makes the ZIP files of the tests with Python's own zipfile. Run beside the folder `Zip`."""

import os
import warnings
import zipfile

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "Zip"))
warnings.simplefilter("ignore")

with zipfile.ZipFile("plain.zip", "w") as archive:
    archive.writestr("stored", b"stored " * 3)
    archive.writestr("folder/deflated", b"deflated " * 300, zipfile.ZIP_DEFLATED)
    archive.writestr("empty", b"")

with zipfile.ZipFile("twice.zip", "w") as archive:
    archive.writestr("config.json", b"{}")
    archive.writestr("config.json", b"[]")

with zipfile.ZipFile("bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("bomb", bytes(4 << 20))
