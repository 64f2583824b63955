/** Importer of image folders: decoding, orientation, fitting, resampling. */
package dev.wta.data.importer.image;
