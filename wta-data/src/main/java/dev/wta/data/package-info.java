/** Data sets in Apache Arrow: reading, writing, importing, pre-processing, batching. */
package dev.wta.data;
