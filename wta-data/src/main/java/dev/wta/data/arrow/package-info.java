/** Data sets in Apache Arrow files and streams: reading and writing. */
package dev.wta.data.arrow;
