"""Runs sealed files with onnxruntime, and writes what they give.

Usage: check_sealed.py FOLDER

FOLDER holds files NAME.onnx, and for each photos NAME.0.npy, NAME.1.npy, … of bytes [height, width, 3]. The outputs of NAME for photo i
are written to NAME.i.OUTPUT.npy, texts to NAME.i.OUTPUT.txt with a line for each.
"""

import glob
import os
import sys

import numpy as np
import onnx
import onnxruntime

os.chdir(sys.argv[1])
onnxruntime.set_default_logger_severity(3)


def unused(graph):
    """The constants of a graph and of those inside that no node takes: onnxruntime warns of them."""
    used, given = set(), []

    def walk(part):
        given.extend(tensor.name for tensor in part.initializer)
        for node in part.node:
            used.update(node.input)
            for attribute in node.attribute:
                if attribute.type == onnx.AttributeProto.GRAPH:
                    walk(attribute.g)

    walk(graph)
    return [name for name in given if name not in used]


options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 2
for file in sorted(glob.glob("*.onnx")):
    name = file.removesuffix(".onnx")
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    assert not unused(model.graph), f"{name}: {unused(model.graph)}"
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    for photo in sorted(glob.glob(f"{name}.[0-9]*.npy")):
        pixels = np.load(photo)
        assert session.get_inputs()[0].type == "tensor(uint8)"
        for output, value in zip(session.get_outputs(), session.run(None, {"photo": pixels.astype(np.uint8)})):
            stem = f"{photo.removesuffix('.npy')}.{output.name}"
            if value.dtype == object:
                with open(f"{stem}.txt", "w") as texts:
                    texts.write("\n".join(value.tolist()))
            else:
                np.save(f"{stem}.npy", value.astype(np.float32))
