/** SAELens: its configurations of all versions, its models in and out. */
package dev.wta.models.exchange.saelens;
