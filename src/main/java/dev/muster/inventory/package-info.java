/** Where hosts come from: import, and selectors turned into SQL. */
@NullMarked
package dev.muster.inventory;

import org.jspecify.annotations.NullMarked;
