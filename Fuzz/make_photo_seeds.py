"""Makes the seeds of the photo fuzzers: tiny pictures of every kind that is read, drawn here.

Usage: python make_photo_seeds.py
"""

import io
import pathlib

import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).parent / "Seeds"
pixels = np.add.outer(np.arange(18) * 13, np.arange(23) * 7)[..., None] * np.array([1, 2, 3]) % 256
photo = Image.fromarray(pixels.astype(np.uint8))
rgba = photo.copy()
rgba.putalpha(photo.convert("L"))
exif = Image.Exif()
exif[0x0112], exif[0x010F] = 6, "Kilim"


def write(folder, name, image, form, **options):
    (HERE / folder).mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    (HERE / folder / name).write_bytes(buffer.getvalue())


for name, image, options in [
    ("baseline", photo, {}), ("progressive", photo, {"progressive": True}), ("full-chroma", photo, {"subsampling": 0}),
    ("half-chroma", photo, {"subsampling": 1}), ("gray", photo.convert("L"), {}), ("cmyk", photo.convert("CMYK"), {}),
    ("restarts", photo, {"restart_marker_blocks": 1}), ("turned", photo, {"exif": exif})]:
    write("JPEG", name + ".jpg", image, "JPEG", **options)
for name, image, options in [
    ("rgb", photo, {}), ("rgba", rgba, {}), ("gray", photo.convert("L"), {}), ("gray-alpha", rgba.convert("LA"), {}),
    ("bits", photo.convert("1"), {}), ("palette", photo.quantize(5), {"transparency": 2}), ("turned", photo, {"exif": exif}),
    ("deep", Image.fromarray(pixels[..., 0].astype(np.uint16) * 257), {}),
    ("animated", rgba, {"save_all": True, "append_images": [rgba.rotate(180)]})]:
    write("PNG", name + ".png", image, "PNG", **options)
for name, image, options in [
    ("lossy", photo, {}), ("lossless", photo, {"lossless": True}), ("opacity", rgba, {}),
    ("opacity-lossless", rgba, {"lossless": True}), ("turned", photo, {"exif": exif}),
    ("animated", photo, {"save_all": True, "append_images": [photo.rotate(180)]})]:
    write("WebP", name + ".webp", image, "WEBP", **options)
few = photo.quantize(5)
for name, options in [
    ("still", {}), ("interlaced", {"interlace": 1, "transparency": 2}),
    ("animated", {"save_all": True, "append_images": [photo.rotate(180)]})]:
    write("GIF", name + ".gif", few, "GIF", **options)
(HERE / "EXIF").mkdir(exist_ok=True)
little = exif.tobytes()[6:]
(HERE / "EXIF" / "little-endian").write_bytes(little)
(HERE / "EXIF" / "big-endian").write_bytes(b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0")
