"""Copies training oracles into the tests' resources: what the tests read, and nothing else.

Usage: trim.py FOLDER_OF_ORACLES wta-models/src/test/resources/oracles/training
Needs the standard library alone. FOLDER_OF_ORACLES is what make_training.py writes.
"""

import array
import json
import pathlib
import struct
import sys

CODES = {"F32": "f", "F64": "d", "U8": "B", "I64": "q"}
KEPT = ("initial.", "gradient.", "after1.", "after10.", "loss")


def read(file):
    data = file.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = array.array(CODES[entry["dtype"]])
        values.frombytes(data[8 + length + begin : 8 + length + end])
        tensors[name] = (entry["shape"], values)
    return tensors


def write(file, tensors):
    header, body = {}, b""
    for name, (shape, values) in sorted(tensors.items()):
        data = array.array("f", values).tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": shape,
            "data_offsets": [len(body), len(body) + len(data)],
        }
        body += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    file.write_bytes(struct.pack("<Q", len(text)) + text + body)


def trimmed(tensors):
    kept = {
        name: tensor
        for name, tensor in tensors.items()
        if name.startswith(KEPT) or name in ("features", "reconstruction")
    }
    if "dead" in tensors:
        shape, values = tensors["dead"]
        kept["dead"] = ([shape[-1]], values[: shape[-1]])
    if "tokens_since_fired" in tensors:
        shape, values = tensors["tokens_since_fired"]
        kept["dead"] = ([shape[-1]], [float(v >= 10_000_000) for v in values[: shape[-1]]])
    return kept


def main():
    source, target = map(pathlib.Path, sys.argv[1:])
    target.mkdir(parents=True, exist_ok=True)
    for name in ("batches.safetensors", "targets.safetensors"):
        if (source / name).exists():
            write(target / name, read(source / name))
    for folder in sorted(source.iterdir()):
        if (folder / "oracle.safetensors").exists():
            write(target / (folder.name + ".safetensors"), trimmed(read(folder / "oracle.safetensors")))


main()
