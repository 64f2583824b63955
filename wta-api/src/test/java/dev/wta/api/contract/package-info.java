/**
 * The contract that every backend passes, for use by whoever writes one: subclass {@link
 * dev.wta.api.contract.BackendContract} and return your backend.
 *
 * <p>Each operation runs on the backend under test and on the reference, on awkward sizes, with
 * every tensor a view into a larger one whose surroundings must neither be read nor written. How
 * far the two may differ follows from the number of terms in a sum and their magnitudes.
 */
package dev.wta.api.contract;
