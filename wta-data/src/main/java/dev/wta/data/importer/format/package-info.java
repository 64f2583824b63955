/** Importers of IDX, CIFAR-10, SVHN (MATLAB), NumPy and CSV files. */
package dev.wta.data.importer.format;
