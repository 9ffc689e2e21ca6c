"""Colour profiles: made by Little CMS of primaries and a curve, and one of CMYK with a table of two values for each ink."""

import ctypes
import itertools
import struct

import numpy as np


def lcms_profile(make):
    lcms = ctypes.CDLL("liblcms2.so.2")
    for function in (lcms.cmsCreateRGBProfile, lcms.cmsCreateGrayProfile, lcms.cmsBuildGamma, lcms.cmsBuildParametricToneCurve):
        function.restype = ctypes.c_void_p
    profile = ctypes.c_void_p(make(lcms))
    count = ctypes.c_uint32()
    lcms.cmsSaveProfileToMem(profile, None, ctypes.byref(count))
    content = ctypes.create_string_buffer(count.value)
    lcms.cmsSaveProfileToMem(profile, content, ctypes.byref(count))
    return content.raw


def numbers(*values):
    return (ctypes.c_double * len(values))(*values)


def rgb_profile(white, primaries, curve):
    def make(lcms):
        tone = ctypes.c_void_p(curve(lcms))
        return lcms.cmsCreateRGBProfile(
            numbers(*white, 1), numbers(*(v for p in primaries for v in (*p, 1))), (ctypes.c_void_p * 3)(tone, tone, tone))
    return lcms_profile(make)


def gamma(value):
    return lambda lcms: lcms.cmsBuildGamma(None, ctypes.c_double(value))


def srgb_curve(lcms):
    return lcms.cmsBuildParametricToneCurve(None, 4, numbers(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))


def cmyk_profile():
    """A profile of class `prtr` with one table of 16 bits, from ink to Lab: each ink at 0, 50 and 100 %."""
    white, inks = np.array([100, 0, 0]), [(-45, -37, -50), (-52, 74, -3), (-11, -5, 93), (-84, 0, 0)]
    corners = []
    for shares in itertools.product([0, 0.5, 1], repeat=4):
        lab = white + sum((share * np.array(ink) for share, ink in zip(shares, inks)), np.zeros(3))
        lab = lab.clip([0, -128, -128], [100, 127, 127])
        corners += [round(lab[0] * 652.8), round((lab[1] + 128) * 256), round((lab[2] + 128) * 256)]
    table = (b"mft2" + bytes(4) + bytes([4, 3, 3, 0]) + struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
             + struct.pack(">2H", 2, 2) + struct.pack(">2H", 0, 65535) * 4 + struct.pack(f">{len(corners)}H", *corners)
             + struct.pack(">2H", 0, 65535) * 3)
    tags = [(b"desc", b"desc" + bytes(4) + struct.pack(">I", 5) + b"inks\0" + bytes(78)), (b"A2B0", table),
            (b"wtpt", b"XYZ " + bytes(4) + struct.pack(">3i", 63190, 65536, 54061))]
    place, directory, content = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, data in tags:
        data += b"\0" * (-len(data) % 4)
        directory += struct.pack(">4sII", name, place + len(content), len(data))
        content += data
    header = struct.pack(">I4sI4s4s4s12x4s", place + len(content), bytes(4), 0x02400000, b"prtr", b"CMYK", b"Lab ", b"acsp")
    header = header.ljust(68, b"\0") + struct.pack(">3i", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + directory + content


d65, d50 = (0.3127, 0.3290), (0.34567, 0.35850)
rec709 = [(0.64, 0.33), (0.30, 0.60), (0.15, 0.06)]
p3 = rgb_profile(d65, [(0.680, 0.320), (0.265, 0.690), (0.150, 0.060)], srgb_curve)
adobe = rgb_profile(d65, [(0.64, 0.33), (0.21, 0.71), (0.15, 0.06)], gamma(563 / 256))
pro = rgb_profile(d50, [(0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001)], gamma(1.8))
srgb = rgb_profile(d65, rec709, srgb_curve)
gray_profile = lcms_profile(lambda lcms: lcms.cmsCreateGrayProfile(
    (ctypes.c_double * 3)(*d50, 1), ctypes.c_void_p(gamma(1.4)(lcms))))
cmyk = cmyk_profile()
