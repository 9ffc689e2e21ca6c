"""Makes the fixtures of the further picture formats: BMP, TIFF, AVIF, HEIC and JPEG XL, and photos with colour profiles; and what
Pillow reads in them. `make_later_format_fixtures.py`, which is run afterwards, adds more.

Usage: python make_format_fixtures.py
Needs pillow (12 or later), pillow-heif and pillow-jxl-plugin. `formats.json` holds the size, and a few pixels, of each file as
Pillow reads it, on white; `profiles.json` the pixels that its ImageCms converts to sRGB.
"""

import io
import json
import pathlib
import struct

import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401
from PIL import Image, ImageCms

from colour_profiles import adobe, cmyk, gray_profile, p3, pro, srgb
from pillow_reading import read_rgb

pillow_heif.register_heif_opener()
HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "formats"
FOLDER.mkdir(exist_ok=True)
random = np.random.default_rng(7)
HEIGHT, WIDTH = 21, 34

# Smooth colours, so that chroma at half resolution changes little.
y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
smooth = np.stack([40 + 5 * x, 30 + 9 * y, 200 - 3 * x - 2 * y], 2).clip(0, 255).astype(np.uint8)
noise = random.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
photo, noisy = Image.fromarray(smooth), Image.fromarray(noise)
opaque = Image.fromarray(np.dstack([smooth, (x * 7).clip(0, 255).astype(np.uint8)]))
gray = Image.fromarray(noise[..., 0])
few = noisy.quantize(13)
exif = Image.Exif()
exif[0x0112] = 6


def save(name, image, form, **options):
    image.save(FOLDER / name, form, **options)


# BMP: Pillow writes the plain kinds; the others are written here.


def bmp(name, header, palette, pixels):
    offset = 14 + len(header) + len(palette)
    (FOLDER / name).write_bytes(struct.pack("<2sIHHI", b"BM", offset + len(pixels), 0, 0, offset) + header + palette + pixels)


def info(bits, compression=0, height=HEIGHT, size=40, colours=0, masks=()):
    header = struct.pack("<IiiHHIIiiII", size, WIDTH, height, 1, bits, compression, 0, 2835, 2835, colours, 0)
    return (header + struct.pack(f"<{len(masks)}I", *masks)).ljust(size, b"\0")


def packed_rows(values, kind):
    """Rows from the bottom, each filled up to four bytes."""
    rows = [np.asarray(row, kind).tobytes() for row in values[::-1]]
    return b"".join(row + b"\0" * (-len(row) % 4) for row in rows)


for name, image in [("rgb", noisy), ("gray", gray), ("palette", few), ("bits", gray.convert("1")), ("rgba", opaque)]:
    save(name + ".bmp", image, "BMP")
red, green, blue = (noise[..., index].astype(np.uint32) for index in range(3))
bmp("rgb555.bmp", info(16), b"", packed_rows(red >> 3 << 10 | green >> 3 << 5 | blue >> 3, "<u2"))
bmp("rgb565.bmp", info(16, 3) , struct.pack("<3I", 0xF800, 0x7E0, 0x1F), packed_rows(red >> 3 << 11 | green >> 2 << 5 | blue >> 3, "<u2"))
bmp("rgb32.bmp", info(32), b"", packed_rows(red << 16 | green << 8 | blue, "<u4"))
masks = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)
alpha = np.asarray(opaque)[..., 3].astype(np.uint32)
bmp("masks.bmp", info(32, 3, size=108, masks=masks), b"", packed_rows(alpha << 24 | red << 16 | green << 8 | blue, "<u4"))
bmp("top-down.bmp", info(24, height=-HEIGHT), b"", packed_rows(noise[::-1, :, ::-1].reshape(HEIGHT, -1), "u1"))
indices = np.asarray(few)
colours = b"".join(bytes(few.getpalette()[3 * i:3 * i + 3][::-1]) + b"\0" for i in range(13))
pairs = np.pad(indices, ((0, 0), (0, WIDTH % 2)))
bmp("nibbles.bmp", info(4, colours=13), colours, packed_rows(pairs[:, ::2] << 4 | pairs[:, 1::2], "u1"))
old = struct.pack("<IHHHH", 12, WIDTH, HEIGHT, 1, 8)
bmp("os2.bmp", old, b"".join(colours[4 * i:4 * i + 3] for i in range(13)) + b"\0" * 3 * 243, packed_rows(indices, "u1"))
runs, nibble_runs = b"", b""
for row in indices[::-1]:
    for start in range(0, 20, 4):  # runs of one colour, of the first pixel of each four
        runs += bytes([4, row[start]])
    runs += bytes([0, WIDTH - 20]) + row[20:].tobytes() + b"\0" * (WIDTH % 2) + b"\0\0"
    nibble_runs += bytes([20, row[0] << 4 | row[1], 0, WIDTH - 20])
    rest = np.append(row[20:], 0) if WIDTH % 2 else row[20:]
    data = bytes(rest[::2] << 4 | rest[1::2])
    nibble_runs += data + b"\0" * (len(data) % 2) + b"\0\0"
bmp("runs8.bmp", info(8, 1, colours=13), colours, runs + b"\0\1")
bmp("runs4.bmp", info(4, 2, colours=13), colours, nibble_runs + b"\0\1")

# TIFF

for name, image, options in [
    ("plain", noisy, {}), ("lzw", noisy, {"compression": "tiff_lzw"}), ("deflate", noisy, {"compression": "tiff_adobe_deflate"}),
    ("packbits", noisy, {"compression": "packbits"}), ("jpeg", photo, {"compression": "jpeg", "quality": 90}),
    ("fax", gray.convert("1"), {"compression": "group4"}), ("gray", gray, {}), ("palette", few, {}),
    ("cmyk", noisy.convert("CMYK"), {}), ("rgba", opaque, {}), ("lab", photo.convert("LAB"), {}),
    ("deep-gray", Image.fromarray(noise[..., 0].astype(np.uint16) * 257), {}), ("turned", noisy, {"exif": exif}),
    ("big", noisy, {"big_tiff": True}), ("float", Image.fromarray(noise[..., 0].astype(np.float32)), {})]:
    save(name + ".tif", image, "TIFF", **options)
save("pages.tif", noisy, "TIFF", save_all=True, append_images=[photo])

# AVIF, HEIC and JPEG XL

for name, image, options in [
    ("lossy", photo, {"quality": 90, "subsampling": "4:4:4"}), ("half-chroma", photo, {"quality": 90, "subsampling": "4:2:0"}),
    ("opacity", opaque, {"quality": 95, "subsampling": "4:4:4"}), ("turned", photo, {"quality": 90, "subsampling": "4:4:4", "exif": exif})]:
    save(name + ".avif", image, "AVIF", speed=8, **options)
save("animated.avif", photo, "AVIF", save_all=True, append_images=[photo.rotate(180)], quality=90, subsampling="4:4:4", speed=8)
for name, image, options in [
    ("lossy", photo, {"quality": 90, "chroma": 444}), ("half-chroma", photo, {"quality": 90, "chroma": 420}),
    ("opacity", opaque, {"quality": 95, "chroma": 444}), ("turned", photo, {"quality": 90, "chroma": 444, "exif": exif})]:
    save(name + ".heic", image, "HEIF", **options)
for name, image, options in [
    ("lossless", noisy, {"lossless": True}), ("lossy", photo, {"quality": 95}), ("gray", gray, {"lossless": True}),
    ("opacity", opaque, {"lossless": True}), ("turned", noisy, {"lossless": True, "exif": exif.tobytes()})]:
    save(name + ".jxl", image, "JXL", **options)


for name, image, form, profile, options in [
    ("p3.jpg", photo, "JPEG", p3, {"quality": 95}), ("p3.png", noisy, "PNG", p3, {}), ("p3.tif", noisy, "TIFF", p3, {}),
    ("p3.webp", noisy, "WEBP", p3, {"lossless": True}), ("p3.heic", photo, "HEIF", p3, {"quality": 95, "chroma": 444}),
    ("p3.avif", photo, "AVIF", p3, {"quality": 95, "subsampling": "4:4:4"}),
    ("adobe.jpg", photo, "JPEG", adobe, {"quality": 95}), ("adobe-opacity.png", opaque, "PNG", adobe, {}),
    ("adobe-opacity.tif", opaque, "TIFF", adobe, {}), ("pro.png", noisy, "PNG", pro, {}),
    ("srgb.jpg", photo, "JPEG", srgb, {}), ("srgb.png", noisy, "PNG", srgb, {}),
    ("gray.jpg", gray, "JPEG", gray_profile, {}), ("gray.png", gray, "PNG", gray_profile, {}),
    ("gray-on-colours.png", noisy, "PNG", gray_profile, {}), ("broken.png", noisy, "PNG", p3[:200], {}),
    ("cmyk.jpg", photo.convert("CMYK"), "JPEG", cmyk, {"quality": 95})]:
    save("profile-" + name, image, form, icc_profile=profile, **options)


def read_srgb(path):
    """What ImageCms makes of a file, on white; `None` where it refuses."""
    with Image.open(path) as image:
        image.load()
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        opacity = image.getchannel("A") if image.mode == "RGBA" else None
        source = image.convert("RGB") if opacity else image
        rgb = np.array(ImageCms.profileToProfile(
            source, profile, ImageCms.createProfile("sRGB"), ImageCms.Intent.RELATIVE_COLORIMETRIC, "RGB"))
        if opacity is None:
            return rgb
        share = np.array(opacity)[..., None] / 255
        return np.round(rgb * share + 255 * (1 - share)).astype(np.uint8)


def entry(pixels):
    flat = pixels.reshape(-1, 3)
    chosen = sorted(random.choice(len(flat), 40, replace=False).tolist())
    return {"width": pixels.shape[1], "height": pixels.shape[0], "positions": chosen, "colours": flat[chosen].tolist()}


def write(name, value):
    (HERE / name).write_text(json.dumps(value, separators=(",", ":")))


files_with_profile = sorted(FOLDER.glob("profile-*"))
files = [path for path in sorted(FOLDER.iterdir()) if path.suffix != ".json" and not path.name.startswith(("alpha", "float", "lab", "profile", "refused"))]
write("formats.json", {path.name: entry(read_rgb(path)) for path in files})

later = ["profile-cmyk.tif", "profile-cmyk-lzw.tif"]
profiles = [path for path in files_with_profile
            if path.stem not in ("profile-broken", "profile-gray-on-colours") and path.name not in later and path.suffix != ".jxl"]
converted = {path.name: entry(read_srgb(path)) for path in profiles}

# Later files, with numbers of their own, so that those above stay the same.
random = np.random.default_rng(16)
save(later[0], photo.convert("CMYK"), "TIFF", icc_profile=cmyk)
save(later[1], noisy.convert("CMYK"), "TIFF", icc_profile=cmyk, compression="tiff_lzw")
converted |= {name: entry(read_srgb(FOLDER / name)) for name in later}
converted["lab.tif"] = entry(np.array(Image.open(FOLDER / "lab.tif").convert("RGB")))
write("profiles.json", converted)
