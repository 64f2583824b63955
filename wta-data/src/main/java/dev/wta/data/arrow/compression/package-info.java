/** Compressed buffers of Arrow files. */
package dev.wta.data.arrow.compression;
