/**
 * Charts as SVG: lines with error bars, scattered points, bars and histograms, for reports and
 * files of their own.
 */
package dev.wta.eval.chart;
