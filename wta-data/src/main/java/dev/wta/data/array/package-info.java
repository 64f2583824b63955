/** Samples in NumPy's and safetensors' files, read in place, and data sets of several files. */
package dev.wta.data.array;
