package dev.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.host.Watch;
import dev.muster.host.Watch.Kind;
import dev.muster.transport.Effect.Seen;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The exit code alone is never success: what is seen of the managed process decides. */
interface EffectContract {

  String AGENT = "/tmp/agent/bin/agentd";
  String PID_FILE = "/tmp/agent/agentd.pid";
  String STOP = "pkill -KILL -f '^/tmp/agent/bin/agentd' || :; ";
  String START =
      "/tmp/agent/bin/agentd 7766 >/dev/null 2>&1 & echo $! >/tmp/agent/agentd.pid; "
          + "until [ /proc/$!/exe -ef /tmp/agent/bin/agentd ]; do sleep 0.01; done; ";

  Bench bench();

  private void install() {
    bench()
        .script(STOP + "rm -rf /tmp/agent; mkdir -p /tmp/agent/bin; cp /bin/sleep \"$1\"", AGENT);
  }

  private void remove() {
    bench().script(STOP + "rm -rf /tmp/agent");
  }

  /** Runs the script under the eyes of the watch, and answers what it was and is. */
  private Effect effectOf(Watch watch, String script) throws Exception {
    RunOrder plain = bench().order(bench().key(), script);
    RunOrder order =
        new RunOrder(plain.key(), "digest", plain.token(), watch, "", plain.commands());
    assertThat(bench().complete(order)).isEqualTo(new RunState.Done(0));
    return bench().session().effect(order.key(), watch);
  }

  @Test
  default void a_process_is_restarted_only_if_another_one_runs_now() throws Exception {
    for (Watch watch :
        List.of(new Watch(Kind.PIDFILE, PID_FILE), new Watch(Kind.EXECUTABLE, AGENT))) {
      install();
      Effect absent = effectOf(watch, ":");
      assertThat(absent.was()).isEqualTo(new Seen.Absent());
      assertThat(absent.is()).isEqualTo(new Seen.Absent());
      assertThat(absent.restarted()).isFalse();

      Effect begun = effectOf(watch, START);
      assertThat(begun.was()).isEqualTo(new Seen.Absent());
      assertThat(begun.restarted()).as("%s", begun).isTrue();

      Effect untouched = effectOf(watch, "sleep 0.05");
      assertThat(untouched.was()).isEqualTo(begun.is()).isEqualTo(untouched.is());
      assertThat(untouched.running()).isTrue();
      assertThat(untouched.restarted()).isFalse();

      Effect restarted = effectOf(watch, STOP + START);
      assertThat(restarted.was()).isEqualTo(begun.is());
      assertThat(restarted.is()).isNotEqualTo(begun.is());
      assertThat(restarted.restarted()).isTrue();

      Effect stopped = effectOf(watch, STOP);
      assertThat(stopped.was()).isEqualTo(restarted.is());
      assertThat(stopped.running()).isFalse();
      assertThat(stopped.restarted()).isFalse();
    }
    remove();
  }

  @Test
  default void an_elder_process_of_the_same_file_means_not_restarted() throws Exception {
    Watch watch = new Watch(Kind.EXECUTABLE, AGENT);
    install();
    Effect first = effectOf(watch, START);
    // The binary was replaced: the old process runs a file that no longer exists.
    Effect second =
        effectOf(watch, "cp /bin/sleep /tmp/agent/new; mv /tmp/agent/new " + AGENT + "; " + START);
    assertThat(second.is()).isEqualTo(first.is());
    assertThat(second.restarted()).isFalse();
    remove();
  }

  @Test
  default void after_a_reboot_whatever_runs_is_another_process() throws Exception {
    Watch watch = new Watch(Kind.EXECUTABLE, AGENT);
    install();
    RunOrder plain = bench().order(bench().key(), START);
    RunOrder order =
        new RunOrder(plain.key(), "digest", plain.token(), watch, "", plain.commands());
    assertThat(bench().complete(order)).isEqualTo(new RunState.Done(0));
    // As if the command had begun late in the life of an earlier boot.
    bench()
        .script(
            """
            cd "$1"
            read -r digest boot began rest <started
            echo "$digest another-boot 99999999999 $rest" >started
            echo "$2" >before
            """,
            Bench.DIRECTORY + "/runs/" + order.key(),
            "running 7 99999999998 -");
    Effect effect = bench().session().effect(order.key(), watch);
    assertThat(effect.restarted()).as("%s", effect).isTrue();
    remove();
  }

  @Test
  default void a_pid_file_that_names_no_process_is_no_process() throws Exception {
    Watch watch = new Watch(Kind.PIDFILE, PID_FILE);
    install();
    for (String content : List.of("", "0", "4194305", "-1", "no pid", "1.5", "1;2")) {
      Effect effect = effectOf(watch, "printf %s '" + content + "' >" + PID_FILE);
      assertThat(effect.is()).as(content).isEqualTo(new Seen.Absent());
    }
    Effect zombie =
        effectOf(
            watch,
            """
            sh -c 'sleep 0.2 & echo $! >/tmp/agent/agentd.pid; exec env sleep 7765' >/dev/null 2>&1 &
            sleep 0.5
            """);
    assertThat(bench().script("ps -o stat= -p $(cat /tmp/agent/agentd.pid)")).startsWith("Z");
    assertThat(zombie.is()).isEqualTo(new Seen.Absent());
    bench().exec("pkill", "-f", "-x", "sleep 7765").orThrow();
    remove();
  }

  @Test
  default void a_unit_is_told_by_its_invocation() throws Exception {
    Watch watch = new Watch(Kind.UNIT, "agent.service");
    assertThat(effectOf(watch, ":").is()).isEqualTo(new Seen.Absent());
    String answer = "/usr/bin/systemctl";
    String says =
        """
        printf '#!/bin/sh\\n[ "$*" = "show -p ActiveState -p MainPID -p InvocationID -- agent.service" ] &&\\n' >"$1.new"
        printf 'printf "ActiveState=%s\\\\nMainPID=%s\\\\nInvocationID=%s\\\\n"\\n' "$2" "$3" "$4" >>"$1.new"
        chmod 755 "$1.new"; mv "$1.new" "$1"
        """;
    bench().script(says, answer, "active", "1", "aaaa");
    try {
      Effect same = effectOf(watch, ":");
      assertThat(same.is()).isInstanceOf(Seen.Running.class);
      assertThat(((Seen.Running) same.is()).invocation()).isEqualTo("aaaa");
      assertThat(same.restarted()).isFalse();
      bench().script(says, answer, "inactive", "0", "");
      assertThat(effectOf(watch, ":").is()).isEqualTo(new Seen.Absent());
      bench().script(says, answer, "active", "0", "bbbb");
      assertThat(effectOf(watch, ":").is()).isEqualTo(new Seen.Running(0, 0, "bbbb"));
    } finally {
      bench().exec("rm", answer).orThrow();
    }
    await().until(() -> bench().exec("systemctl").exit() != 0);
  }
}
