"""Makes the files beside it with pyarrow and Hugging Face datasets.

Every file has 11 samples of 12 values that count on from 0, and labels 0 to 9, then 0. The names
end in .ipc so that the tools' own .arrow files stay apart from them.

    pip install pyarrow==25.0.1 datasets==5.0.1 pillow && python make.py
"""

import pathlib
import shutil
import tempfile

import numpy as np
import pyarrow as pa
import pyarrow.feather
from datasets import Array2D, Array3D, ClassLabel, Dataset, Features, Image, LargeList, List, Value

HERE = pathlib.Path(__file__).parent
ROWS, WIDTH = 11, 12
VALUES = np.arange(ROWS * WIDTH).reshape(ROWS, WIDTH)
LABELS = [row % 10 for row in range(ROWS)]
CLASSES = ClassLabel(names=[f"class {i}" for i in range(10)])


def hugging_face(name, feature, values):
    """What Dataset.save_to_disk writes: the stream format, with its own metadata in the schema."""
    features = Features({"label": CLASSES, "image": feature})
    data = Dataset.from_dict({"label": LABELS, "image": values}, features=features)
    with tempfile.TemporaryDirectory() as folder:
        data.save_to_disk(folder)
        shutil.copyfile(next(pathlib.Path(folder).glob("data-*.arrow")), HERE / f"{name}.ipc")


def tensors(dtype, shape):
    values = VALUES.astype(dtype).reshape(ROWS, *shape)
    return pa.FixedShapeTensorArray.from_numpy_ndarray(values)


def file_format(name, table, rows=4, **options):
    with pa.ipc.new_file(HERE / f"{name}.ipc", table.schema, options=pa.ipc.IpcWriteOptions(**options)) as out:
        out.write_table(table, max_chunksize=rows)


def stream_format(name, table, rows=4):
    with pa.ipc.new_stream(HERE / f"{name}.ipc", table.schema) as out:
        out.write_table(table, max_chunksize=rows)


def main():
    rows = VALUES.tolist()
    hugging_face("hf-array2d", Array2D((3, 4), "uint8"), VALUES.reshape(ROWS, 3, 4).tolist())
    hugging_face("hf-array3d", Array3D((1, 3, 4), "float32"), VALUES.reshape(ROWS, 1, 3, 4).tolist())
    hugging_face("hf-list", List(Value("uint8")), rows)
    hugging_face("hf-list-of-12", List(Value("float32"), length=12), rows)
    hugging_face("hf-large-list", LargeList(Value("uint8")), rows)
    hugging_face("hf-image", Image(), [np.uint8(VALUES.reshape(ROWS, 3, 4)[i]) for i in range(ROWS)])

    labels = pa.array(LABELS, pa.int32())
    file_format("tensor-uint8", pa.table({"image": tensors(np.uint8, (1, 3, 4)), "label": labels}))
    stream_format("tensor-float32", pa.table({"image": tensors(np.float32, (3, 4)), "label": labels}))

    names = pa.array([f"class {label}" for label in LABELS]).dictionary_encode()
    neighbours = {
        "id": pa.array([f"row {i}" for i in range(ROWS)], pa.string_view()),
        "nothing": pa.nulls(ROWS),
        "box": pa.array([{"left": i, "right": [i] * (i % 3)} for i in range(ROWS)]),
    }
    image = pa.array(rows, pa.list_(pa.uint8(), 12))
    file_format("among-others", pa.table({**neighbours, "image": image, "label": names}))

    # Slices begin in the middle of the arrays that they were cut from.
    longer = pa.array([[-1.0] * 12] * 3 + rows + [[-1.0] * 12] * 2, pa.list_(pa.float32()))
    sliced = pa.table({"image": longer, "label": pa.array([9] * 3 + LABELS + [9] * 2)}).slice(3, ROWS)
    file_format("sliced", sliced)

    table = pa.table({"image": image, "label": labels})
    pa.feather.write_feather(table, str(HERE / "feather-lz4.ipc"), compression="lz4")
    pa.feather.write_feather(table, str(HERE / "feather.ipc"), compression="uncompressed", chunksize=4)


if __name__ == "__main__":
    main()
