"""Makes the seeds of the fuzzers of the further picture formats, of colour profiles, and of data in tables and arrays.

Usage: python make_picture_seeds.py
The pictures and the arrays are fixtures of the tests of `Data`: the smallest of each kind.
"""

import gzip
import pathlib

from PIL import Image

HERE = pathlib.Path(__file__).parent / "Seeds"
FIXTURES = pathlib.Path(__file__).parent.parent / "Tests" / "DataTests" / "Fixtures"


def write(folder, name, content):
    (HERE / folder).mkdir(parents=True, exist_ok=True)
    (HERE / folder / name).write_bytes(content)


for folder, kind, names in [
    ("BMP", "bmp", "bits masks nibbles os2 rgb565 runs4 runs8 top-down"),
    ("TIFF", "tif", "big cmyk deep-gray deflate fax jpeg lzw packbits palette rgba turned"),
    ("HEIF", "avif", "animated half-chroma lossy opacity turned"), ("HEIF", "heic", "half-chroma lossy opacity turned"),
    ("JPEGXL", "jxl", "gray lossless lossy opacity turned")]:
    for name in names.split():
        write(folder, f"{name}.{kind}", (FIXTURES / "formats" / f"{name}.{kind}").read_bytes())

# The first byte chooses the picture: of colours, gray, CMYK.
for number, name in enumerate(["p3.jpg", "gray.jpg", "cmyk.jpg"]):
    profile = Image.open(FIXTURES / "formats" / f"profile-{name}").info["icc_profile"]
    write("Profile", name.split(".")[0], bytes([number]) + profile)

# The first byte chooses the reader.
tables = [
    b'file,kind,age\ncat/1.jpg,"a ""fine"" cat",3\nb.png,dog,-1.5e3\n', b"file\tkind\n1.jpg\tcat\n",
    b'{"file": "1.jpg", "kinds": ["cat", "dog"], "age": 3.5}\n{"file": "2.jpg", "kinds": null, "age": true}\n']
for number, content in enumerate(tables):
    write("Tables", str(number), bytes([number]) + content)
write("Tables", "marked", b"\0\xef\xbb\xbffile,kind\r\n\"a\nb\",1\r\n")
for number, name in [(0, "i1.idx"), (0, "f8.idx"), (0, "images.idx3.gz"), (0, "labels.idx1"), (2, "cifar10.bin"), (3, "cifar100.bin")]:
    content = (FIXTURES / name).read_bytes()
    packed = gzip.compress(content, mtime=0) if name.endswith("bin") else content
    write("Arrays", name, bytes([number]) + packed)
