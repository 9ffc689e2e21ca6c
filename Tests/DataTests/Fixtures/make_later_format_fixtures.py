"""Makes further fixtures of picture formats: TIFF with opacity, and JPEG XL with colour profiles.

Usage: python make_later_format_fixtures.py, after make_format_fixtures.py
Needs pillow, tifffile, liblcms2 and libjxl 0.7 to 0.11. Adds to `formats.json` what Pillow reads, or the definition of opacity
gives where Pillow does not read the file, on white; and to `profiles.json` what ImageCms makes of the pixels before they were
encoded: programs that read JPEG XL differ in what they do with a profile.
"""

import ctypes
import io
import json
import pathlib

import numpy as np
import tifffile
from PIL import Image, ImageCms

from colour_profiles import adobe, gamma, gray_profile, p3, pro, rec709, d65, rgb_profile
from pillow_reading import read_rgb

HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "formats"
HEIGHT, WIDTH = 21, 34
random = np.random.default_rng(23)
y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
# Far from the edge of sRGB, where a small difference of light is a large one of numbers.
smooth = np.stack([90 + 2 * x, 80 + 4 * y, 150 - x - y], 2).astype(np.uint8)
noise = random.integers(0, 256, (HEIGHT, WIDTH, 4), dtype=np.uint8)
opacity = (x * 7 + y).clip(0, 255).astype(np.uint8)


def entry(pixels):
    flat = pixels.reshape(-1, 3)
    chosen = sorted(random.choice(len(flat), 40, replace=False).tolist())
    return {"width": pixels.shape[1], "height": pixels.shape[0], "positions": chosen, "colours": flat[chosen].tolist()}


def update(name, entries):
    known = json.loads((HERE / name).read_text())
    (HERE / name).write_text(json.dumps(known | entries, separators=(",", ":")))


def on_white(colours, share):
    return np.round(colours * share + 255 * (1 - share)).clip(0, 255).astype(np.uint8)


# TIFF with opacity. Pillow writes gray and palettes of 8 bits.

formats = {}
Image.fromarray(np.dstack([noise[..., 0], opacity]), "LA").save(FOLDER / "alpha-gray.tif")
Image.fromarray(np.dstack([noise[..., 0], opacity]), "LA").save(FOLDER / "alpha-gray-lzw.tif", compression="tiff_lzw")
palette = Image.fromarray(noise[..., :3]).quantize(13)
paired = Image.merge("LA", [Image.fromarray(np.asarray(palette)), Image.fromarray(opacity)])
paired = Image.frombytes("PA", paired.size, paired.tobytes())
paired.putpalette(palette.getpalette())
paired.save(FOLDER / "alpha-palette.tif")
for name in ["alpha-gray.tif", "alpha-gray-lzw.tif", "alpha-palette.tif"]:
    formats[name] = entry(read_rgb(FOLDER / name))

share = opacity[..., None] / 255
gray = np.repeat(noise[..., :1], 3, 2).astype(np.float64)
deep, deep_opacity = noise[..., 0].astype(np.uint16) * 257, opacity.astype(np.uint16) * 257
multiplied = np.round(noise[..., 0] * (opacity / 255)).astype(np.uint8)
for name, samples, options in [
    ("alpha-gray-multiplied.tif", np.dstack([multiplied, opacity]), {"extrasamples": ["assocalpha"]}),
    ("alpha-gray-deep.tif", np.dstack([deep, deep_opacity]), {"extrasamples": ["unassalpha"]}),
    ("alpha-gray-deep-planar.tif", np.stack([deep, deep_opacity]), {"extrasamples": ["unassalpha"], "planarconfig": "separate"}),
]:
    tifffile.imwrite(FOLDER / name, samples, photometric="minisblack", metadata=None, software=False, **options)
    formats[name] = entry(on_white(gray, share))
tifffile.imwrite(FOLDER / "alpha-inks.tif", np.dstack([noise, opacity]), photometric="separated", extrasamples=["unassalpha"],
                 metadata=None, software=False)
inks = noise.astype(np.float64)
formats["alpha-inks.tif"] = entry(on_white((255 - inks[..., :3]) * (255 - inks[..., 3:]) / 255, share))
update("formats.json", formats)

# Refused: a palette whose colours are said to be multiplied by the opacity.
refused = (FOLDER / "alpha-palette.tif").read_bytes()
place = refused.index(b"\x52\x01\x03\x00\x01\x00\x00\x00\x02\x00")
(FOLDER / "refused-palette.tif").write_bytes(refused[:place + 8] + b"\1" + refused[place + 9:])

# JPEG XL


class Info(ctypes.Structure):
    _fields_ = [(name, kind) for name, kind in [
        ("have_container", ctypes.c_int), ("xsize", ctypes.c_uint32), ("ysize", ctypes.c_uint32), ("bits", ctypes.c_uint32),
        ("exponent_bits", ctypes.c_uint32), ("intensity", ctypes.c_float), ("min_nits", ctypes.c_float),
        ("relative", ctypes.c_int), ("linear_below", ctypes.c_float), ("uses_original_profile", ctypes.c_int),
        ("have_preview", ctypes.c_int), ("have_animation", ctypes.c_int), ("orientation", ctypes.c_int),
        ("channels", ctypes.c_uint32), ("rest", ctypes.c_byte * 400)]]


class Format(ctypes.Structure):
    _fields_ = [("channels", ctypes.c_uint32), ("type", ctypes.c_int), ("order", ctypes.c_int), ("align", ctypes.c_size_t)]


def library():
    for version in range(11, 6, -1):
        try:
            jxl = ctypes.CDLL(f"libjxl.so.0.{version}")
        except OSError:
            continue
        for name in ["JxlEncoderCreate", "JxlEncoderFrameSettingsCreate"]:
            getattr(jxl, name).restype = ctypes.c_void_p
        return jxl


def encode(samples, profile, lossless):
    """The bytes of a file that holds the profile, which the encoder of Pillow's plug-in leaves out."""
    jxl = library()
    channels = samples.shape[2] if samples.ndim == 3 else 1
    encoder = ctypes.c_void_p(jxl.JxlEncoderCreate(None))
    info = Info()
    jxl.JxlEncoderInitBasicInfo(ctypes.byref(info))
    info.xsize, info.ysize, info.bits, info.channels = WIDTH, HEIGHT, 8, channels
    info.uses_original_profile = int(lossless)
    assert jxl.JxlEncoderSetBasicInfo(encoder, ctypes.byref(info)) == 0
    assert jxl.JxlEncoderSetICCProfile(encoder, profile, ctypes.c_size_t(len(profile))) == 0
    settings = ctypes.c_void_p(jxl.JxlEncoderFrameSettingsCreate(encoder, None))
    if lossless:
        jxl.JxlEncoderSetFrameLossless(settings, 1)
    else:
        jxl.JxlEncoderSetFrameDistance(settings, ctypes.c_float(0.1))
    data, form = samples.tobytes(), Format(channels, 2, 0, 0)
    assert jxl.JxlEncoderAddImageFrame(settings, ctypes.byref(form), data, ctypes.c_size_t(len(data))) == 0
    jxl.JxlEncoderCloseInput(encoder)
    buffer = ctypes.create_string_buffer(1 << 16)
    next_byte, left = ctypes.c_void_p(ctypes.addressof(buffer)), ctypes.c_size_t(1 << 16)
    assert jxl.JxlEncoderProcessOutput(encoder, ctypes.byref(next_byte), ctypes.byref(left)) == 0
    return buffer.raw[:(1 << 16) - left.value]


def table(value):
    """A curve of 1024 points, for which there is no short name."""
    def make(lcms):
        lcms.cmsBuildTabulatedToneCurve16.restype = ctypes.c_void_p
        points = (ctypes.c_uint16 * 1024)(*[round(65535 * (i / 1023) ** value) for i in range(1024)])
        return lcms.cmsBuildTabulatedToneCurve16(None, 1024, points)
    return make


profiles = {}
smooth_gray = smooth[..., 0]
for name, samples, profile, lossless in [
    ("p3", noise[..., :3], p3, True), ("p3-lossy", smooth, p3, False), ("adobe-lossy", smooth, adobe, False),
    ("pro-lossless", noise[..., :3], pro, True), ("table-lossy", smooth, rgb_profile(d65, rec709, table(2.2)), False),
    ("gray-lossy", smooth_gray, gray_profile, False)]:
    (FOLDER / f"profile-{name}.jxl").write_bytes(encode(np.ascontiguousarray(samples), profile, lossless))
    converted = ImageCms.profileToProfile(
        Image.fromarray(samples), ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"),
        ImageCms.Intent.RELATIVE_COLORIMETRIC, "RGB")
    profiles[f"profile-{name}.jxl"] = entry(np.array(converted))
update("profiles.json", profiles)
