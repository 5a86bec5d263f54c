/** What job_url opens: the live stream behind the page. */
@NullMarked
package dev.muster.page;

import org.jspecify.annotations.NullMarked;
