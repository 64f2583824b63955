/**
 * Backends: what implements the operations, how it is found on the class path and opened. {@link
 * dev.wta.api.backend.Backends} puts {@link dev.wta.api.backend.CheckedBackend} in front of
 * whatever it opens.
 */
package dev.wta.api.backend;
