"""Prints what TensorBoard's own reader finds in the folder of a run, as JSON."""

import json
import math
import sys
import pathlib

from tensorboard.backend.event_processing import event_accumulator
from tensorboard.compat.proto import graph_pb2
from tensorboard.plugins.hparams import plugin_data_pb2


def finite(value):
    """The number, or nothing where JSON has no number."""
    return value if math.isfinite(value) else None


def content(folder):
    reader = event_accumulator.EventAccumulator(str(folder), size_guidance={"scalars": 0, "histograms": 0, "images": 0})
    reader.Reload()
    tags = reader.Tags()
    found = {
        "scalars": {tag: [[event.step, finite(event.value)] for event in reader.Scalars(tag)] for tag in tags["scalars"]},
        "images": {tag: [[event.step, event.width, event.height, list(event.encoded_image_string[:4])]
                         for event in reader.Images(tag)] for tag in tags["images"]},
        "histograms": {}, "nodes": [], "settings": {}, "ends": [],
    }
    for tag in tags["histograms"]:
        events = reader.Histograms(tag)
        found["histograms"][tag] = [
            {"step": event.step, "min": event.histogram_value.min, "max": event.histogram_value.max,
             "num": event.histogram_value.num, "sum": event.histogram_value.sum,
             "squares": event.histogram_value.sum_squares, "limits": list(event.histogram_value.bucket_limit),
             "counts": list(event.histogram_value.bucket)} for event in events]
    if tags["graph"]:
        graph = reader.Graph()
        assert isinstance(graph, graph_pb2.GraphDef)
        for node in graph.node:
            shapes = [[axis.size for axis in shape.dim] for shape in node.attr["_output_shapes"].list.shape]
            found["nodes"].append({"name": node.name, "op": node.op, "inputs": list(node.input), "shapes": shapes})
    for tag in tags["tensors"]:
        metadata = reader.SummaryMetadata(tag)
        if metadata.plugin_data.plugin_name != "hparams":
            continue
        data = plugin_data_pb2.HParamsPluginData.FromString(metadata.plugin_data.content)
        assert data.version == 0
        if data.HasField("session_start_info"):
            for name, value in data.session_start_info.hparams.items():
                found["settings"][name] = str(getattr(value, value.WhichOneof("kind")))
        if data.HasField("session_end_info"):
            found["ends"].append(data.session_end_info.status)
    return found


root = pathlib.Path(sys.argv[1])
folders = sorted({path.parent for path in root.rglob("*tfevents*")})
print(json.dumps({str(folder.relative_to(root)): content(folder) for folder in folders}))
