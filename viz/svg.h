/* svg.h - make Cairo's SVG one that can stand in an HTML page. */
#ifndef CROSSBILL_VIZ_SVG_H
#define CROSSBILL_VIZ_SVG_H

#include <glib.h>

/* Cairo numbers its ids by a count that goes on from drawing to drawing, and uses the
 * same ones in every file. Here they become unique to the contents. Style attributes
 * become presentation attributes, which a content security policy has nothing against.
 * The XML declaration goes; role, label and description come. `title` and `description`
 * are plain text. */
GString *svg_for_page(const char *cairo_svg, const char *title, const char *description);

#endif
