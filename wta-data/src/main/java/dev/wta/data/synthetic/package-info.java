/** Data made of known features, to measure what a dictionary recovers of them. */
package dev.wta.data.synthetic;
