/** Measuring the papers' tables, and writing what was measured. */
package dev.wta.reproduce.run;
