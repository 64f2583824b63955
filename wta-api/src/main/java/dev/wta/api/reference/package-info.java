/**
 * The reference backend: what every operation means, in plain loops.
 *
 * <p>It is the specification that the contract tests hold other backends to, and runs wherever a
 * JVM runs. One thread, {@code float[]} storage, every sum accumulated in double precision and
 * rounded once. Nothing here is tuned, and nothing should be: a reader must be able to tell at a
 * glance that a loop says what the operation's documentation says.
 */
package dev.wta.api.reference;
