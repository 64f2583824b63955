/**
 * The papers' tables as values: what each system was reported to reach, and the experiment that
 * measures it here.
 */
package dev.wta.reproduce;
