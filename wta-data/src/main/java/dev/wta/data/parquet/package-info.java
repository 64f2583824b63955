/** Reading numbers and lists of them from Parquet files, a page at a time. */
package dev.wta.data.parquet;
