package dev.muster.demo;

import dev.muster.demo.HostPlan.Nature;
import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;

/**
 * A host of the demo: an SSH server on a port of its own with a host key of its own, a directory in
 * which commands run as real processes, and an agent.
 *
 * @param hostKey as {@code known_hosts} has it
 * @param port where it listens, or would
 * @param door what holds the port
 */
record DemoHost(HostPlan plan, Agent agent, Path home, String hostKey, int port, Closeable door)
    implements AutoCloseable {

  /** Opens the host to whoever has the caller's key, with its agent running. */
  static DemoHost start(HostPlan plan, Path directory, PublicKey caller)
      throws IOException, GeneralSecurityException, InterruptedException {
    Account account = Account.create(directory);
    Path home = account.home();
    Agent agent = new Agent(account);
    agent.start();
    KeyPair key = Keys.of(home.resolve("host_key"));
    String hostKey = PublicKeyEntry.toString(key.getPublic());
    if (plan.nature() == Nature.UNREACHABLE) {
      // Bound and never listening: refuses every connection, and nobody else can take the port.
      Socket socket = new Socket();
      socket.bind(Loopback.at(0));
      return new DemoHost(plan, agent, home, hostKey, socket.getLocalPort(), socket);
    }
    SshServer server = server(account, key, caller);
    server.start();
    return new DemoHost(plan, agent, home, hostKey, server.getPort(), server);
  }

  private static SshServer server(Account account, KeyPair key, PublicKey caller) {
    SshServer server = SshServer.setUpDefaultServer();
    server.setHost(Loopback.ADDRESS);
    server.setPort(0);
    server.setKeyPairProvider(KeyPairProvider.wrap(key));
    server.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
    server.setPublickeyAuthenticator(
        (user, offered, session) ->
            user.equals(Account.NAME) && KeyUtils.compareKeys(offered, caller));
    server.setCommandFactory((channel, command) -> new ExecCommand(account, command));
    CoreModuleProperties.TCP_NODELAY.set(server, true);
    CoreModuleProperties.NIO_WORKERS.set(server, 1);
    return server;
  }

  /** Ends the agent and closes the door. */
  @Override
  public void close() {
    agent.end();
    try {
      door.close();
    } catch (IOException e) {
      // It is as closed as it can be.
    }
  }
}
