/** Files that are mapped into memory, and files that are replaced as a whole. */
package dev.wta.data.io;
