/**
 * Exact winners by products in bfloat16: what a proven bound cannot exclude is computed exactly.
 */
package dev.wta.backend.cpu.screen;
