/**
 * What a machine with a GPU is asked: whether the backend keeps its contract there, whether models
 * learn as on the reference, and how fast steps are. {@code gpu-check.sh} runs it.
 */
package dev.wta.backend.cuda.check;
