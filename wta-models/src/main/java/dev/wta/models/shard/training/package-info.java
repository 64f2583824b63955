/** Training of divided models, their checkpoints, and the runs that these become. */
package dev.wta.models.shard.training;
