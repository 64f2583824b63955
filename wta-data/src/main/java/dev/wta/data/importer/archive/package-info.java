/**
 * Folders, tar and zip archives and single files, read as one tree of files, with their checksums.
 */
package dev.wta.data.importer.archive;
