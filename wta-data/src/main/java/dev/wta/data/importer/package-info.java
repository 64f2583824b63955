/**
 * What importers share: source, target, progress, class names. An importer turns one format into an
 * Arrow file.
 */
package dev.wta.data.importer;
