/**
 * Linear probes: SVM, softmax regression, choice of the regularisation, few labels, confusion
 * matrix.
 */
package dev.wta.eval.probe;
