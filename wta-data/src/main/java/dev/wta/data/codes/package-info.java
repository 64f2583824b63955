/** Writing sparse codes: Arrow lists, SciPy's CSR matrices, JSON lines. */
package dev.wta.data.codes;
