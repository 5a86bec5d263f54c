package dev.muster.host;

import java.util.List;
import java.util.Set;

/**
 * One filter of a selection; all filters of a selection must hold. Text is compared letter by
 * letter, unless it says otherwise.
 */
public sealed interface Condition {

  /** This text of the host is one of the values; none matches nothing. */
  record Has(Attribute attribute, List<String> values) implements Condition {
    public Has {
      values = List.copyOf(values);
    }
  }

  enum Attribute {
    NAME,
    AGENT_ID,
    /** Empty where it is not known. */
    OS_TYPE,
    NODE_TYPE,
    NODE_FROM,
    /** {@code static} or {@code dynamic}. */
    ADDRESSING
  }

  /**
   * One of the host's inner addresses is among those of its kind; none matches nothing.
   *
   * @param v6 in any spelling; what is no IPv6 address matches nothing
   */
  record Addressed(List<String> v4, List<String> v6) implements Condition {
    public Addressed {
      v4 = List.copyOf(v4);
      v6 = List.copyOf(v6);
    }
  }

  /** The host belongs to one of these; what none means, the owner says. */
  record Belongs(Owner to, List<Long> ids) implements Condition {
    public Belongs {
      ids = List.copyOf(ids);
    }
  }

  enum Owner {
    /** None matches nothing. */
    BUSINESS,
    /** None is no restriction. */
    CLOUD,
    /** None is no restriction. */
    INSTALL_CHANNEL
  }

  /** The host was installed by hand, or was not; none matches nothing. */
  record Manual(Set<Boolean> values) implements Condition {
    public Manual {
      values = Set.copyOf(values);
    }
  }

  /** The host is in one of these places; none matches nothing. */
  record Placed(List<Place> places) implements Condition {
    public Placed {
      places = List.copyOf(places);
    }
  }

  /**
   * A part of a business: its hosts in one of the modules; without modules, those in one of the
   * sets; without sets, all.
   */
  record Place(long business, List<Long> sets, List<Long> modules) {
    public Place {
      sets = List.copyOf(sets);
      modules = List.copyOf(modules);
    }
  }

  /** One of these is found; none matches nothing. */
  record Mentions(List<Search> searches) implements Condition {
    public Mentions {
      searches = List.copyOf(searches);
    }
  }

  /** One of the words is a part of one of these texts, whatever the case of its letters. */
  record Search(List<String> words, Set<Text> texts) {
    public Search {
      words = List.copyOf(words);
      texts = Set.copyOf(texts);
    }
  }

  enum Text {
    INNER_IP,
    /** As it was written; a word that is a whole address matches any spelling. */
    INNER_IPV6,
    NAME,
    AGENT_ID,
    OS_TYPE,
    AGENT_STATUS,
    AGENT_VERSION,
    CLOUD_NAME
  }

  /** One process of this kind has all of these traits. */
  record Runs(Kind kind, List<Trait> traits) implements Condition {
    public Runs {
      traits = List.copyOf(traits);
    }
  }

  enum Kind {
    AGENT,
    PLUGIN
  }

  /** One of the values; none is had by no process. */
  record Trait(Property of, List<String> values) {
    public Trait {
      values = List.copyOf(values);
    }
  }

  enum Property {
    NAME,
    STATUS,
    VERSION,
    SOURCE
  }
}
