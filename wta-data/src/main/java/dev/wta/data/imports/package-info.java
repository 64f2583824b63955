/** Importers: the world's formats turned into Arrow files. */
package dev.wta.data.imports;
