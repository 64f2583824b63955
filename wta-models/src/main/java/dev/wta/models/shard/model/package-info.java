/**
 * Models whose units are divided among ranks: a family's training step, written once more against
 * what the ranks compute together.
 */
package dev.wta.models.shard.model;
