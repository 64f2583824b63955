"""Writes the small Parquet files that wta's tests read.

Usage: make_parquet.py FOLDER

Number i of all samples together is (i % 251 - 125) / 8, which float16 holds exactly; samples have
four numbers, and the label of row r is r % 3. Needs numpy, pyarrow and datasets.
"""

import pathlib
import sys

import datasets
import numpy
import pyarrow
import pyarrow.parquet

ROWS, WIDTH = 300, 4

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
numbers = (numpy.arange(ROWS * WIDTH) % 251 - 125) / 8
labels = pyarrow.array([row % 3 for row in range(ROWS)], pyarrow.int64())
text = pyarrow.array([f"row {row}" for row in range(ROWS)])


def lists(kind):
    return pyarrow.array(
        [numbers[row * WIDTH : (row + 1) * WIDTH].astype(kind) for row in range(ROWS)],
        pyarrow.list_(pyarrow.from_numpy_dtype(kind)),
    )


def write(name, columns, **options):
    pyarrow.parquet.write_table(pyarrow.table(columns), folder / f"{name}.parquet", **options)


plain = {"text": text, "acts": lists("float32"), "label": labels}
write("snappy", plain, write_page_checksum=True)
write(
    "half-zstd",
    {"acts": lists("float16")},
    compression="zstd",
    use_dictionary=False,
    row_group_size=70,
    data_page_size=128,
    write_batch_size=16,
)
write(
    "double-gzip",
    {"acts": lists("float64"), "label": labels},
    compression="gzip",
    data_page_version="2.0",
    data_page_size=256,
    write_batch_size=16,
)
write("split", {"acts": lists("float32")}, use_dictionary=False, use_byte_stream_split=True)
write("brotli", {"acts": lists("float32")}, compression="brotli")
tensor = pyarrow.fixed_shape_tensor(pyarrow.float32(), [2, 2])
storage = pyarrow.FixedSizeListArray.from_arrays(
    pyarrow.array(numbers.astype("float32")), WIDTH
)
write(
    "tensor-lz4",
    {"acts": pyarrow.ExtensionArray.from_storage(tensor, storage)},
    compression="lz4",
)
# Sequences of 0, 1, 2, ... samples, with a token for each.
lengths = [row % 5 for row in range(40)]
ends = numpy.cumsum([0] + lengths)
inner = lists("float32").slice(0, int(ends[-1]))
write(
    "sequences",
    {
        "acts": pyarrow.ListArray.from_arrays(pyarrow.array(ends, pyarrow.int32()), inner),
        "token_ids": pyarrow.ListArray.from_arrays(
            pyarrow.array(ends, pyarrow.int32()),
            pyarrow.array(numpy.arange(ends[-1]) % 7, pyarrow.int32()),
        ),
    },
    compression="none",
    data_page_size=64,
    write_batch_size=4,
)
holes = lists("float32").to_pylist()
holes[17] = None
write("null-row", {"acts": pyarrow.array(holes, pyarrow.list_(pyarrow.float32()))})
holes[17] = [1.0, None, 2.0, 3.0]
write("null-number", {"acts": pyarrow.array(holes, pyarrow.list_(pyarrow.float32()))})
datasets.Dataset.from_dict(
    {
        "image": (numpy.arange(ROWS * WIDTH) % 251).astype("uint8").reshape(ROWS, 2, 2),
        "label": [row % 3 for row in range(ROWS)],
    },
    features=datasets.Features(
        {
            "image": datasets.Array2D((2, 2), "uint8"),
            "label": datasets.ClassLabel(names=["cat", "dog", "owl"]),
        }
    ),
).to_parquet(folder / "huggingface.parquet")
