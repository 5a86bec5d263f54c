package dev.muster.local;

import java.io.IOException;
import java.util.List;

/** What {@link LocalServer} has to know about one kind of server. */
interface ServerKind {

  /** For people: {@code PostgreSQL}. */
  String title();

  /** For files: {@code postgres}. */
  String name();

  /** One for each port it listens on; the first is the one clients use. */
  List<Integer> preferredPorts();

  /** For people: where a server with these ports is reached. */
  String address(List<Integer> ports);

  /** The same ports give the same command. */
  List<String> command(List<Integer> ports);

  /** Called before every start, when no process of this server runs. */
  default void prepare() throws IOException {}

  /**
   * Returns once the server serves on these ports. Called again and again; takes seconds at most.
   *
   * @throws Exception while it does not, with the reason as message
   */
  void check(List<Integer> ports) throws Exception;

  /** The signal that ends it cleanly and soon, whoever is still connected. */
  String stopSignal();

  /** Ends the line that reports a server that does not start: {@code configure spring.…}. */
  String remedy();
}
