"""How fast others make 64 x 64 inputs of the JPEGs in a folder: images a second, files in the cache of the system.

Usage: python peers_images.py FOLDER [--every N] [--threads N]

Each route reads a file, decodes it, resizes it and makes floats from 0 to 1 of it; the best of three rounds counts. Routes
that run in threads are also run in processes, and the better of both is printed. Packages that are missing are left out.
The first line is libjpeg-turbo alone, which only decodes (needs cc and its header).
"""

import argparse
import concurrent.futures as futures
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

SIZE = 64
arguments = argparse.ArgumentParser()
arguments.add_argument("folder", type=pathlib.Path)
arguments.add_argument("--every", type=int, default=1)
arguments.add_argument("--threads", type=int, default=2)


def bare(paths, denominator, threads):
    with tempfile.TemporaryDirectory() as folder:
        program = folder + "/bare_jpeg"
        source = pathlib.Path(__file__).parent / "bare_jpeg.c"
        subprocess.run(["cc", "-O2", "-pthread", source, "-o", program, "-ljpeg"], check=True)
        answer = subprocess.run([program, str(denominator), str(threads)], input="\n".join(paths), text=True,
                                capture_output=True, check=True)
        return float(answer.stdout)


def opencv(path, flag, interpolation):
    import cv2
    cv2.setNumThreads(1)
    image = cv2.resize(cv2.imread(path, flag), (SIZE, SIZE), interpolation=interpolation)
    return np.multiply(image[..., ::-1], np.float32(1 / 255), dtype=np.float32)


def opencv_reduced(path):
    return opencv(path, 33, 3)  # IMREAD_REDUCED_COLOR_4, INTER_AREA


def opencv_reduced_bilinear(path):
    return opencv(path, 33, 1)  # IMREAD_REDUCED_COLOR_4, INTER_LINEAR


def opencv_full(path):
    return opencv(path, 1, 1)  # IMREAD_COLOR, INTER_LINEAR


def opencv_full_bytes(path):
    import cv2
    cv2.setNumThreads(1)
    return cv2.resize(cv2.imread(path), (SIZE, SIZE))


def pillow_draft(path):
    from PIL import Image
    with Image.open(path) as image:
        image.draft("RGB", (SIZE, SIZE))
        return np.asarray(image.convert("RGB").resize((SIZE, SIZE), Image.Resampling.BILINEAR), np.float32) / 255


def pillow_full(path):
    from PIL import Image
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB").resize((SIZE, SIZE), Image.Resampling.BILINEAR), np.float32) / 255


def rate(run, count):
    best = 0.0
    for _ in range(3):
        start = time.perf_counter()
        run()
        best = max(best, count / (time.perf_counter() - start))
    return best


def pooled(route, paths, threads):
    route(paths[0])
    rates = []
    for kind in (futures.ThreadPoolExecutor, futures.ProcessPoolExecutor):
        with kind(threads) as pool:
            list(pool.map(route, paths[:64], chunksize=8))
            rates.append(rate(lambda: [None for _ in pool.map(route, paths, chunksize=32)], len(paths)))
    return max(rates)


def tensorflow(paths, threads, ratio):
    import tensorflow as tf

    def load(path):
        image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3, ratio=ratio)
        return tf.image.resize(image, (SIZE, SIZE), antialias=True) / 255

    data = tf.data.Dataset.from_tensor_slices(paths).map(load, num_parallel_calls=threads).batch(32).prefetch(2)
    return rate(lambda: [None for _ in data], len(paths))


def main():
    options = arguments.parse_args()
    paths = sorted(str(p) for p in options.folder.rglob("*.jpg"))[::options.every]
    threads = options.threads
    for path in paths:
        pathlib.Path(path).read_bytes()
    routes = [
        ("libjpeg-turbo alone at 1/4", lambda: bare(paths, 4, threads)),
        ("libjpeg-turbo alone at full size", lambda: bare(paths, 1, threads)),
        ("OpenCV, decoded at 1/4, area", lambda: pooled(opencv_reduced, paths, threads)),
        ("OpenCV, decoded at 1/4, bilinear", lambda: pooled(opencv_reduced_bilinear, paths, threads)),
        ("Pillow, draft", lambda: pooled(pillow_draft, paths, threads)),
        ("tf.data, decoded at 1/4", lambda: tensorflow(paths, threads, 4)),
        ("OpenCV, full size, bilinear, to floats", lambda: pooled(opencv_full, paths, threads)),
        ("OpenCV, imread and resize alone", lambda: pooled(opencv_full_bytes, paths, threads)),
        ("Pillow, full size", lambda: pooled(pillow_full, paths, threads)),
    ]
    for name, route in routes:
        try:
            print(f"{name:42} {route():8.0f} images/s", flush=True)
        except (ImportError, subprocess.CalledProcessError, FileNotFoundError) as problem:
            print(f"{name:42} left out: {problem}", file=sys.stderr)


if __name__ == "__main__":
    main()
