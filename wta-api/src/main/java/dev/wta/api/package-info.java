/**
 * The tensor and operation SPI that models are written against and backends implement.
 *
 * <p>Everything is float32, row-major, eager and writes into tensors that the caller allocated. A
 * {@link dev.wta.api.Backend} is seven small groups of operations; {@link dev.wta.api.Backends}
 * finds the backends on the class path. The scalar backend in {@link dev.wta.api.reference} spells
 * each operation's meaning out.
 */
package dev.wta.api;
