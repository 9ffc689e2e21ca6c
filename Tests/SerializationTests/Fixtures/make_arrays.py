"""Makes the .npy and .safetensors files of the tests with NumPy and the reference writer of safetensors.

Run anywhere; needs numpy and safetensors.
"""

import os

import numpy as np
from safetensors.numpy import save_file

os.chdir(os.path.dirname(os.path.abspath(__file__)))
values = np.array([[0, 1, 2], [3, 4, 100]])

for kind in ["<f2", "<f4", "<f8", "|i1", "<i2", "<i4", "<i8", "|u1"]:
    np.save(f"NPY/{kind[1:]}.npy", values.astype(kind))
for kind in [">f2", ">f4", ">f8", ">i2", ">i4", ">i8", ">u2"]:
    np.save(f"NPY/big_{kind[1:]}.npy", values.astype(kind))
np.save("NPY/bool.npy", values > 1)
np.save("NPY/fortran.npy", np.asfortranarray(values.astype("<f4")))
np.save("NPY/scalar.npy", np.float32(2.5))
np.save("NPY/vector.npy", np.arange(4, dtype="<f4"))
np.save("NPY/empty.npy", np.zeros((0, 3), "<f4"))
with open("NPY/version2.npy", "wb") as file:
    np.lib.format.write_array(file, values.astype("<f4"), version=(2, 0))

np.save("NPY/refused_complex.npy", values.astype("<c8"))
np.save("NPY/refused_object.npy", np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
np.save("NPY/refused_struct.npy", np.zeros(2, [("a", "<f4"), ("b", "<i4")]))

save_file(
    {kind: values.astype(kind) for kind in ["<f2", "<f4", "<f8", "|i1", "<i2", "<i4", "<i8", "|u1"]}
    | {"scalar": np.array(2.5, "<f4"), "empty": np.zeros((0, 3), "<f4")},
    "Safetensors/types.safetensors",
    metadata={"words": "größe \"quoted\"", "epoch": "7"},
)
