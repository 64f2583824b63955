/** Building blocks of the report: elements, pages, inline images, number formats. */
package dev.wta.eval.report.html;
