package dev.muster.inventory;

import dev.muster.job.Limits;

/** An import would make the inventory larger than it may be; nothing of it was kept. */
public final class InventoryFullException extends RuntimeException {

  InventoryFullException(long hosts) {
    super(
        "the inventory would hold %d hosts, at most %d; nothing was imported"
            .formatted(hosts, Limits.HOSTS_IN_INVENTORY));
  }
}
