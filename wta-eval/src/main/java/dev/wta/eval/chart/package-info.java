/**
 * Charts as SVG: lines with error bars, bars and histograms, for reports and files of their own.
 */
package dev.wta.eval.chart;
