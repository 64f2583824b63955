/** A run's report: one HTML page, a section a file. */
package dev.wta.eval.report;
