/**
 * Training and encoding that are spread over several processes by units: each rank owns a share of
 * the units and sees the whole mini-batch. Results do not depend on the number of ranks.
 */
package dev.wta.models.shard;
