/** What training writes as it goes: {@code metrics.jsonl} and TensorBoard event files. */
package dev.wta.models.run.metrics;
