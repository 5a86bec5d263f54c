package dev.muster.host;

import java.util.List;

/** One filter of a cross-page selection; all filters of a selection must hold. */
public sealed interface Condition {

  /** The host's inner IPv4 address is one of these; none matches nothing. */
  record InnerIp(List<String> addresses) implements Condition {
    public InnerIp {
      addresses = List.copyOf(addresses);
    }
  }

  /** The host is in one of these cloud areas; none is no restriction. */
  record Cloud(List<Long> ids) implements Condition {
    public Cloud {
      ids = List.copyOf(ids);
    }
  }

  /** The host belongs to one of these businesses; none matches nothing. */
  record Business(List<Long> ids) implements Condition {
    public Business {
      ids = List.copyOf(ids);
    }
  }
}
