package dev.muster.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * The account of one demo host: its home is the host's own directory, and nothing of the demo's
 * environment reaches what runs there.
 */
record Account(Path home) {

  static final String NAME = "demo";

  /** Puts the home and the programs in it in place; what runs there goes on. */
  static Account create(Path directory) throws IOException {
    DemoHome.create(directory);
    Path home = directory.toRealPath();
    DemoHome.create(home.resolve("bin"));
    DemoHome.writeProgram(home.resolve("bin/id"), DemoHome.resource("id"));
    DemoHome.writeProgram(home.resolve("agent"), DemoHome.resource("agent"));
    return new Account(home);
  }

  /** A command line as a login would run it. */
  ProcessBuilder shell(String command) {
    ProcessBuilder shell = new ProcessBuilder("/bin/sh", "-c", command).directory(home.toFile());
    Map<String, String> environment = shell.environment();
    environment.clear();
    environment.put("HOME", home.toString());
    environment.put("USER", NAME);
    environment.put("LOGNAME", NAME);
    environment.put("SHELL", "/bin/sh");
    environment.put(
        "PATH",
        home.resolve("bin") + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    return shell;
  }
}
