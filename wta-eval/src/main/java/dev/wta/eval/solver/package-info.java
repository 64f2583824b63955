/** The probes' solver: Newton's method with conjugate gradients over a design matrix. */
package dev.wta.eval.solver;
