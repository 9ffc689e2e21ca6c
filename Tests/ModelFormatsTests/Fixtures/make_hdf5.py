"""Makes the HDF5 files of the tests: what h5py writes by default, and what the reader must refuse.

Run beside the folder `HDF5`; needs h5py and numpy.
"""

import os

import h5py
import numpy as np

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "HDF5"))
values = np.arange(6).reshape(2, 3)

with h5py.File("numbers.h5", "w") as file:
    for kind in ["<f4", "<f8", "<f2", ">f4", "<i8", "<i4", ">i2", "|u1"]:
        file[f"numbers/{kind[1:]}{'big' if kind[0] == '>' else ''}"] = values.astype(kind)
    file["scalar"] = np.float32(2.5)
    file["empty"] = np.zeros((0, 3), "<f4")
    many = file.create_group("many")
    for index in range(40):
        many[str(index)] = np.float32(index)

with h5py.File("latest.h5", "w", libver="latest") as file:
    file["a/b"] = values.astype("<f4")

with h5py.File("refused.h5", "w") as file:
    file["target"] = values.astype("<f4")
    file["soft"] = h5py.SoftLink("/target")
    file["links/external_link"] = h5py.ExternalLink("/etc/passwd", "/target")
    file["group/inside"] = np.float32(1)
    file["through"] = h5py.SoftLink("/group")
    file.create_dataset("chunked", data=values.astype("<f4"), chunks=(1, 3), compression="gzip")
    file.create_dataset("bomb", shape=(1 << 40,), dtype="<f4", chunks=(1 << 10,))
    file.create_dataset("unallocated", shape=(1 << 40,), dtype="<f4")
    file.create_dataset("text", data="words")
    file.create_dataset("compound", data=np.zeros(2, [("a", "<f4"), ("b", "<i4")]))
    file.create_dataset("opaque", data=np.zeros(2, "V2"))
    file.create_dataset("complex", data=np.zeros(2, "<c8"))
    file["null"] = h5py.Empty("<f4")
    file.create_dataset("raw_outside", shape=(6,), dtype="<f4", external=[("/etc/passwd", 0, 24)])
    layout = h5py.VirtualLayout(shape=(6,), dtype="<f4")
    layout[:] = h5py.VirtualSource("other.h5", "target", shape=(6,))
    file.create_virtual_dataset("virtual", layout)
