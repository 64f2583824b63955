"""Writes the files beside it, with NumPy and SciPy: python3 make.py"""

import numpy
import scipy.io

n = 5
x = numpy.zeros((32, 32, 3, n), dtype=numpy.uint8)
row, column, channel, sample = numpy.indices(x.shape)
x[:] = (row + 2 * column + 50 * channel + 20 * sample) % 256
y = numpy.array([[10], [1], [9], [2], [10]], dtype=numpy.uint8)
for compressed in (False, True):
    scipy.io.savemat(
        "svhn-compressed.mat" if compressed else "svhn.mat",
        {"note": "not read", "X": x, "y": y},
        do_compression=compressed,
    )

counting = numpy.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
numpy.save("uint8.npy", counting.astype(numpy.uint8))
numpy.save("fortran-float64.npy", numpy.asfortranarray(counting / 2))
numpy.save("big-endian-float32.npy", (counting / 2).astype(">f4"))
numpy.save("labels-int64.npy", numpy.array([3, 0]))
