/** Writing the features of data sets and streams. */
package dev.wta.models.encoding;
