/**
 * Fitted pre-processing: scaling, centering, standardising, contrast normalisation, ZCA whitening.
 */
package dev.wta.data.preprocessing;
