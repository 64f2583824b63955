/** Importers of IDX, CIFAR-10, SVHN (MATLAB) and NumPy files. */
package dev.wta.data.importer.format;
