/** An experiment with a linear probe, from data to the record in the run. */
package dev.wta.eval;
